"""Ed25519Signature2020, which eddsa-rdfc-2022 came from: to verify the badges that carry it.

A proof of this type names no cryptosuite. It is made and checked like eddsa-rdfc-2022.
"""

from typing import Final

from credhub.proofs.canonicalizer import Canonicalizer
from credhub.proofs.hashed import HashedSuite
from credhub.public_key import KeyType

NAME: Final = "Ed25519Signature2020"


def suite(canonicalizer: Canonicalizer) -> HashedSuite:
    """Make the cryptosuite with the canonicalizer that it uses.

    Source:
        W3C VC-DI-EdDSA 1.0, appendix on the Ed25519Signature2020 Suite.
    """
    return HashedSuite(
        NAME,
        key_types=frozenset({KeyType.ED25519}),
        canonical=canonicalizer.canonical,
        names_context=False,
    )
