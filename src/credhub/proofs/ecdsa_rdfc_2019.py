"""The ecdsa-rdfc-2019 cryptosuite: P-256 or P-384 over canonical N-Quads (VC-DI-ECDSA 1.0, 3.2)."""

from typing import Final

from credhub.proofs.canonicalizer import Canonicalizer
from credhub.proofs.hashed import HashedSuite
from credhub.public_key import KeyType

NAME: Final = "ecdsa-rdfc-2019"


def suite(canonicalizer: Canonicalizer) -> HashedSuite:
    """Make the cryptosuite with the canonicalizer that it uses."""
    return HashedSuite(
        NAME,
        key_types=frozenset({KeyType.P256, KeyType.P384}),
        canonical=canonicalizer.canonical,
        names_context=False,
    )
