"""What can never be unsaid: the entries, the tree over them, and what proves them to strangers.

Invariants:
- An entry is 47 bytes and what it says in public; personal data is in its opening only.
- The RFC 6962 tree is the only proof. The row chain is a check of our own.
- Every text and every byte string has one spelling: a parser refuses, or reads exactly.
- A signature counts for the origin that its key is named after, and for no other.
- Nothing here knows the time, a disk or a private key.
"""
