"""Issue Open Badges 3.0 credentials, keep them in a ledger anyone can check, verify them."""
