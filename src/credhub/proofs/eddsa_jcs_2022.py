"""The eddsa-jcs-2022 cryptosuite: Ed25519 over RFC 8785 bytes (W3C VC-DI-EdDSA 1.0, 3.3)."""

from typing import Final

from credhub.jsontypes import canonical
from credhub.proofs.hashed import HashedSuite
from credhub.public_key import KeyType

NAME: Final = "eddsa-jcs-2022"


def suite() -> HashedSuite:
    """Make the cryptosuite."""
    return HashedSuite(
        NAME, key_types=frozenset({KeyType.ED25519}), canonical=canonical, names_context=True
    )
