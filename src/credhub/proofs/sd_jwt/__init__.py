"""Tokens of which a holder shows only a part (RFC 9901, SD-JWT).

Invariants:
- Only the compact serialization is read and written.
- What cannot be told from the signed token alone is refused: a disclosure that nothing refers to,
  a digest that occurs twice, a name that would replace another one.
- The depth and number of what a stranger sends is bounded before it is put together.
- Whether a holder must prove a key is decided before the token is read.
"""
