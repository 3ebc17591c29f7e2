"""What a credential says: Open Badges 3.0 over the W3C data model 2.0, unsigned.

Invariants:
- A value that exists can be written into a credential: its addresses are addresses, its texts
  are not empty, its type is one that Open Badges names.
- A document holds texts and integers only, so that it has one form for every reader.
- Nothing of the hub's own bookkeeping about a learner (external ids) enters a document.
- ``to_document`` is a function of its arguments; time and salt are among them.
"""
