"""Rows: what a hub sends to issue many credentials at once, as CSV, as JSON lines or as JSON.

Invariants:
- A row is read whole or not at all; what is wrong with it is told by row and column.
- Memory is bounded by the block and the longest row, not by the file; of the rows that were
  passed, digests are kept.
- How a file was cut into chunks changes nothing.
- Nothing is guessed that could spell a name, or tell a day, in another way: it is asked.
- What was guessed, and what was passed over, is in the summary.
- Nothing here opens a connection, a file or a clock.
"""
