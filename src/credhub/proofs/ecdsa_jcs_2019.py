"""The ecdsa-jcs-2019 cryptosuite: P-256 or P-384 over RFC 8785 bytes (VC-DI-ECDSA 1.0, 3.3)."""

from typing import Final

from credhub.jsontypes import canonical
from credhub.proofs.hashed import HashedSuite
from credhub.public_key import KeyType

NAME: Final = "ecdsa-jcs-2019"


def suite() -> HashedSuite:
    """Make the cryptosuite."""
    return HashedSuite(
        NAME,
        key_types=frozenset({KeyType.P256, KeyType.P384}),
        canonical=canonical,
        names_context=True,
    )
