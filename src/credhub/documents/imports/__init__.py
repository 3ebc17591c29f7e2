"""Imports: credentials that another system issued, as it exports them.

Invariants:
- Every byte is a stranger's: files are read strictly, within caps, and never written or run.
- Nothing is fetched: what a file refers to and does not hold is missing.
- Nothing is made up: who has no name, no achievement or a state that nobody knows is a fault.
- An old date is what the file says. It becomes a claim, never the time of a signature.
- What no longer stood when it was exported is passed over, and told with its reason.
- Nothing here opens a connection, a file or a clock.
"""
