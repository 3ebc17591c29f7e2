"""The vectors that W3C publishes for its cryptosuites, by name."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    SECP384R1,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from credhub import multikey
from credhub.jsontypes import JsonObject
from credhub.proofs import (
    ecdsa_jcs_2019,
    ecdsa_rdfc_2019,
    ed25519_signature_2020,
    eddsa_jcs_2022,
    eddsa_rdfc_2022,
)
from credhub.proofs.contexts import BASES, Contexts
from credhub.proofs.hashed import HashedSuite
from credhub.proofs.rdfc import SafeCanonicalizer
from credhub.public_key import LENGTHS, KeyType, PublicKey
from tests import vectors
from tests.unit import factories

CITIZENSHIP: Final = "https://w3id.org/citizenship/v4rc1"
_EDDSA: Final = "vc-di-eddsa/TestVectors"
_ECDSA: Final = "vc-di-ecdsa/TestVectors"


@cache
def canonicalizer() -> SafeCanonicalizer:
    """Make the canonicalizer with the one more context that the vectors use."""
    citizenship = vectors.document("contexts/citizenship-v4rc1.json")["@context"]
    definitions = {**factories.contexts().definitions, CITIZENSHIP: citizenship}
    return SafeCanonicalizer(Contexts(definitions, BASES))


class Signer:
    """The secret key of a vector. ECDSA signs without randomness, as the authors did."""

    def __init__(self, pair: JsonObject) -> None:
        text = pair.get("secretKeyMultibase", pair.get("privateKeyMultibase"))
        self.key: PublicKey = multikey.decode(str(pair["publicKeyMultibase"]))
        self._secret = multikey.decode_base58(str(text))[2:]

    @property
    def key_type(self) -> KeyType:
        return self.key.type

    @property
    def public_key(self) -> bytes:
        return self.key.raw

    def sign(self, message: bytes) -> bytes:
        if self.key_type is KeyType.ED25519:
            return Ed25519PrivateKey.from_private_bytes(self._secret).sign(message)
        p256 = self.key_type is KeyType.P256
        secret = derive_private_key(
            int.from_bytes(self._secret, "big"), SECP256R1() if p256 else SECP384R1()
        )
        algorithm = ECDSA(SHA256() if p256 else SHA384(), deterministic_signing=True)
        numbers = decode_dss_signature(secret.sign(message, algorithm))
        return b"".join(number.to_bytes(LENGTHS[self.key_type] - 1, "big") for number in numbers)


@dataclass(frozen=True, slots=True)
class Case:
    """One signed document and every value on the way to it.

    Attributes:
        suite_name: The cryptosuite.
        unsigned: The file of the document.
        folder: The folder of the values.
        mark: How the names of their files end.
        keys: The file of the key pair.
    """

    suite_name: str
    unsigned: str
    folder: str
    mark: str
    keys: str

    def suite(self) -> HashedSuite:
        match self.suite_name:
            case eddsa_rdfc_2022.NAME:
                return eddsa_rdfc_2022.suite(canonicalizer())
            case eddsa_jcs_2022.NAME:
                return eddsa_jcs_2022.suite()
            case ecdsa_rdfc_2019.NAME:
                return ecdsa_rdfc_2019.suite(canonicalizer())
            case ecdsa_jcs_2019.NAME:
                return ecdsa_jcs_2019.suite()
            case _:
                return ed25519_signature_2020.suite(canonicalizer())

    def document(self) -> JsonObject:
        return vectors.document(self.unsigned)

    def signed(self) -> JsonObject:
        return vectors.document(f"{self.folder}/signed{self.mark}.json")

    def configuration(self) -> JsonObject:
        return vectors.document(f"{self.folder}/proofConfig{self.mark}.json")

    def value(self, name: str) -> str:
        return vectors.text(f"{self.folder}/{name}{self.mark}.txt")

    def signer(self) -> Signer:
        return Signer(vectors.document(self.keys))


def _eddsa(name: str, folder: str, mark: str, document: str = "unsigned") -> Case:
    return Case(
        name, f"{_EDDSA}/{document}.json", f"{_EDDSA}/{folder}", mark, f"{_EDDSA}/keyPair.json"
    )


def _ecdsa(name: str, curve: str, mark: str, *, employ: bool = False) -> Case:
    return Case(
        name,
        f"{_ECDSA}/{'employmentAuth' if employ else 'unsigned'}.json",
        f"{_ECDSA}/{name}-{curve.lower()}{'/employ' if employ else ''}",
        f"{mark}{curve}",
        f"{_ECDSA}/{curve.lower()}KeyPair.json",
    )


CASES: Final = {
    "eddsa-rdfc": _eddsa(eddsa_rdfc_2022.NAME, "eddsa-rdfc-2022", "DataInt"),
    "eddsa-rdfc employ": _eddsa(
        eddsa_rdfc_2022.NAME, "eddsa-rdfc-2022/employ", "DataInt", "employmentAuth"
    ),
    "eddsa-jcs": _eddsa(eddsa_jcs_2022.NAME, "eddsa-jcs-2022", "JCS"),
    "ecdsa-rdfc P-256": _ecdsa(ecdsa_rdfc_2019.NAME, "P256", "ECDSA"),
    "ecdsa-rdfc P-256 employ": _ecdsa(ecdsa_rdfc_2019.NAME, "P256", "ECDSA", employ=True),
    "ecdsa-rdfc P-384": _ecdsa(ecdsa_rdfc_2019.NAME, "P384", "ECDSA"),
    "ecdsa-rdfc P-384 employ": _ecdsa(ecdsa_rdfc_2019.NAME, "P384", "ECDSA", employ=True),
    "ecdsa-jcs P-256": _ecdsa(ecdsa_jcs_2019.NAME, "P256", "JCSECDSA"),
    "ecdsa-jcs P-384": _ecdsa(ecdsa_jcs_2019.NAME, "P384", "JCSECDSA"),
    "Ed25519Signature2020": _eddsa(ed25519_signature_2020.NAME, "Ed25519Signature2020", "EdSig"),
}
