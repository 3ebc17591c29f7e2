"""The audit: everything that the hub says, held against what its ledgers prove.

Invariants:
- It believes no row: entries are read from the log, documents are hashed again.
- It reads and never writes; what it finds is told as faults, not raised.
"""
