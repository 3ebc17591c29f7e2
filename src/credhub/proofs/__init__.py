"""How a credential is signed, and how a signature is checked.

Invariants:
- A signature covers everything in the document: what the canonical form would drop is refused.
- The meaning of words comes from context files whose SHA-256 stands in the code; none is fetched.
- The work that a stranger's document costs is bounded before it is done.
- Checks raise; they never return a boolean.
"""
