"""What is inside a file that a stranger hands in: one credential, or one address, or nothing.

Invariants:
- What a file is, its bytes say; its name and its declared type say nothing.
- A file holds exactly one credential, or it is refused: no choice among several is made.
- Nothing here opens a connection or a file, and nothing that a file refers to is fetched.
- Pixels are decoded only to find a QR code, after their number is known to be bearable.
- All of it runs in a worker process: a parser may be slow, or end its process, and nothing else.
- A refusal is an error with a permanent code. Whether a credential is genuine is said elsewhere.
"""
