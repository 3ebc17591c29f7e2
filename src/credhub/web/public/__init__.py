"""Documents for software, without login: DIDs, status lists, ledgers, schemas, health.

Invariants:
- What is signed is served as it was signed; a GET never signs.
- No query string changes an answer.
"""
