"""What credhub does, one module per verb: called by web, cli and jobs alike.

Invariants:
- A service takes ``Resources`` and values; it reads no settings, no clock of its own, no request.
  What only reads public rows, and the audit, take the ``Store`` alone.
- Every ledgered change is a ``Unit``, signed and checked before it is submitted, while no
  connection is held.
- The hub is an argument, always that of the caller; every query is scoped by it.
"""
