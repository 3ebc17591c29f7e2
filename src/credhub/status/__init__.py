"""Whether a credential still stands: lists of bits, published and signed.

Invariants:
- The first bit of a list is the left-most one; an index outside the list is an error.
- What a list unpacks to is bounded before it is unpacked.
- A list that cannot be read says nothing: it never reads as "not revoked".
"""
