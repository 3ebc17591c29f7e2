"""Hubs are told what happens, by Standard Webhooks.

Invariants:
- Nothing is written when something happens: the ledger is the queue, and an endpoint has a place in
  it. So nothing is lost between commit and send, and nothing is told that was not committed.
- Only what a signed checkpoint covers is told, so its id is that of one entry for ever.
- What is told are ids and addresses: no name, no e-mail address, no reason.
- Of one credential, or one achievement, events arrive in their order.
"""
