"""``/vcalm``: the names that the W3C's VCALM (VC-API) gives to issuing and verifying.

Invariants:
- A body is one strict JSON object; a member or an option that is not known here is refused.
- What is signed for a hub is in its ledger before it is answered, like everything it signs.
- The service for the W3C's test suites is an application that ``credhub serve`` never makes.
"""
