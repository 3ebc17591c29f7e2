"""The eddsa-rdfc-2022 cryptosuite: Ed25519 over canonical N-Quads (W3C VC-DI-EdDSA 1.0, 3.2)."""

from typing import Final

from credhub.proofs.canonicalizer import Canonicalizer
from credhub.proofs.hashed import HashedSuite
from credhub.public_key import KeyType

NAME: Final = "eddsa-rdfc-2022"


def suite(canonicalizer: Canonicalizer) -> HashedSuite:
    """Make the cryptosuite with the canonicalizer that it uses."""
    return HashedSuite(
        NAME,
        key_types=frozenset({KeyType.ED25519}),
        canonical=canonicalizer.canonical,
        names_context=False,
    )
