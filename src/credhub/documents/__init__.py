"""What a person holds or hands in: certificates, QR codes, rosters, rows.

Invariants:
- A certificate is never the credential: it carries it, unchanged, and says so.
- What a hub or a learner wrote reaches a document as data, never as markup or as a path.
- The same content gives the same bytes.
- Whatever a name is written in, there is a certificate; whether it is an archival one is told.
- Nothing here opens a connection, or any file but the ones of this package.
"""
