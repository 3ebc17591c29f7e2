"""Who signed: DID documents, made and read.

Invariants:
- A document that was read is about the DID that was asked for.
- A key is used only where its owner lists it for signing credentials.
- Nothing here fetches anything: a DID gives an address, or the document itself.
"""
