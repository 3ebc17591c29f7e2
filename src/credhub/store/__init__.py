"""The only SQL: tables, transactions, one repository per thing, and the sequencer.

Invariants:
- A ledgered change is a ``Unit``, and only the ``Sequencer`` writes it: rows and ledger entries
  in one transaction.
- Nobody hears of a unit before its rows are durable, read back, hashed again and under a signed
  checkpoint.
- Every statement on a tenant's rows names one ``hub_id``.
- Repositories take and return values; nobody above this package sees SQL.
- The code that reads back shares no state with the code that wrote.
"""
