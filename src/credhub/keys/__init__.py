"""Private keys and sealed values: made, kept encrypted, used.

Invariants:
- A private key leaves this package only sealed; nothing here prints one, and no ``repr`` shows it.
- There is no default master key: it comes from the operator or from a file of their own.
- What is sealed opens only with its key and in its place (``context``).
"""
