"""The ecdsa-rdfc-2019 cryptosuite: P-256 or P-384 over canonical N-Quads (VC-DI-ECDSA 1.0, 3.2)."""

from hashlib import sha384
from typing import Final

from credhub.jsontypes import JsonObject
from credhub.proofs import rdfc10
from credhub.proofs.canonicalizer import Canonicalizer
from credhub.proofs.hashed import HashedSuite
from credhub.public_key import KeyType

NAME: Final = "ecdsa-rdfc-2019"


def suite(canonicalizer: Canonicalizer) -> HashedSuite:
    """Make the cryptosuite with the canonicalizer that it uses.

    With P-384 the labels of blank nodes come from SHA-384 too (section 3.2.3), so they are given
    again: the quads are the same.
    """

    def canonical_384(document: JsonObject) -> bytes:
        lines = rdfc10.lines_of(canonicalizer.canonical(document).decode())
        return rdfc10.canonical_text(lines, hashed=sha384).encode()

    return HashedSuite(
        NAME,
        key_types=frozenset({KeyType.P256, KeyType.P384}),
        canonical=canonicalizer.canonical,
        canonical_384=canonical_384,
        names_context=False,
    )
