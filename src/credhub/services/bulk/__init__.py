"""Many at once: batches that issue, change or correct, from their first byte to their last row.

Invariants:
- A row is done when its credential is, in one transaction; a kill loses no row and doubles none.
- What arrives is read and checked as a stream; memory is bounded by a part, not by the file.
- A trial says what the batch would do, by the same code, and writes nothing.
"""
