"""The HTTP surface: routes that read a request, call one service, and show the result.

Invariants:
- Every absolute address comes from a hub or from the settings, never from a request.
- Every body is bounded before it is read and parsed strictly, once.
- Every error is a problem document with a permanent code; an unknown exception is a bare 500.
"""
