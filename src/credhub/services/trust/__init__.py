"""Trust lists: whose issuers we and others believe, signed, copied and kept up to date."""
