"""The vectors of docs/spec: made by our own code from fixed seeds, so that anybody can compare.

``python -m tests.ledger_vectors write`` writes them, ``check`` compares them with the files.

Invariants:
- Nothing here is random, and nothing depends on when it runs.
- What a case gives is computed; that it is accepted or refused is stated, and must come out so.
"""
