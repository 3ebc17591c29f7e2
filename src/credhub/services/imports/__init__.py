"""Taking over credentials that other systems issued.

Invariants:
- Everything is tried out first; with one fault nothing is made.
- Old dates are claims (``awardedDate``), never the time of an entry.
"""
