"""The REST surface under ``/v1``, for hub software and verifiers.

Invariants:
- The hub is that of the caller's API key, never of the request.
- Bodies hold the documented members and nothing else.
- What creates something takes an Idempotency-Key.
"""
