"""The second store: the last checkpoint of every log, kept outside the database.

- A text is replaced by compare-and-swap alone, so of two writers exactly one goes on.
- What was swapped in is durable when ``swap`` returns.
- After ``SecondStoreUnavailableError`` nothing is known: the swap may have happened.
"""
