"""Loops that do what is due.

Invariants:
- They end when they are told to.
- Losing one loses nothing: what is due follows from rows.
"""
