"""Public keys as text, under the name by which issuing code knows them."""

from credhub.multikey import decode, encode_ed25519

__all__ = ["decode", "encode_ed25519"]
