"""Whether to believe a credential: nine checks in a fixed order, and one verdict over them.

Invariants:
- A verdict is ``valid`` only if every check passed, or was skipped where that is allowed. A check
  that is missing, unknown or failed is never valid.
- "We could not find out" is never told as "it is forged", and never as "it is genuine".
- A report holds nothing of a document whose signature and issuer are not proved.
- Nothing is asked of anyone before the proof has passed, except for the signer's keys.
- The sentences of a report are ours: no text of an unproved document is in them.
- A bug of ours is an exception, never a verdict.
"""
