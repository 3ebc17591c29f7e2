"""The JSON-LD contexts that we ship, and how a document may combine them.

Any of them may follow a base: no two give one meaning to two words, and where two give two
meanings to a word that one protects, the array is refused as no JSON-LD at all.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Final, Self

from credhub.errors import ContextNotAllowedError, TamperedFileError
from credhub.jsontypes import JsonObject, JsonValue

Combination = tuple[str, ...]

VC: Final = "https://www.w3.org/ns/credentials/v2"
VC_1: Final = "https://www.w3.org/2018/credentials/v1"
EXAMPLES: Final = "https://www.w3.org/ns/credentials/examples/v2"
UNDEFINED_TERMS: Final = "https://www.w3.org/ns/credentials/undefined-terms/v2"
STATUS: Final = "https://www.w3.org/ns/credentials/status/v1"
STATUS_2021: Final = "https://w3id.org/vc/status-list/2021/v1"
DID: Final = "https://www.w3.org/ns/did/v1"
MULTIKEY: Final = "https://w3id.org/security/multikey/v1"
DATA_INTEGRITY_1: Final = "https://w3id.org/security/data-integrity/v1"
DATA_INTEGRITY: Final = "https://w3id.org/security/data-integrity/v2"
ED25519_2020: Final = "https://w3id.org/security/suites/ed25519-2020/v1"
_OB: Final = "https://purl.imsglobal.org/spec/ob/v3p0/"
OB_EXTENSIONS: Final = _OB + "extensions.json"
# 3.0.0 and 3.0.1 define words that credentials/v2 protects: they go with credentials/v1 only.
OB_VERSIONS: Final = tuple(
    _OB + name
    for name in ("context-3.0.3.json", "context-3.0.2.json", "context-3.0.1.json", "context.json")
)

# Address: file below schemas/, SHA-256 of its bytes. schemas/README.md says where each is from.
PINNED: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        VC: (
            "contexts/credentials-v2.json",
            "8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f",
        ),
        VC_1: (
            "contexts/credentials-v1.json",
            "00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8",
        ),
        EXAMPLES: (
            "contexts/examples-v2.json",
            "57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c",
        ),
        UNDEFINED_TERMS: (
            "contexts/undefined-terms-v2.json",
            "82dab514ba44eb18f5d1b0f638c5e140c6a556fbfb5089601bdc0fa5eb8b2581",
        ),
        STATUS: (
            "contexts/bitstring-status-list-v1.json",
            "fd08cbf28ddd829ab2f1978c48f43ab07a112c1c90245a0cfac7ba721c65170c",
        ),
        STATUS_2021: (
            "contexts/status-list-2021-v1.json",
            "634d71c159289f068c96012e4511c657fdf82ac4231900081bda3ba24e2e1160",
        ),
        DATA_INTEGRITY_1: (
            "contexts/data-integrity-v1.json",
            "b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554",
        ),
        DATA_INTEGRITY: (
            "contexts/data-integrity-v2.json",
            "0f77743daf5b4e8fc067fc5ba5b21044283053aa717fc6b0219843bed3b00363",
        ),
        ED25519_2020: (
            "contexts/ed25519-2020-v1.json",
            "b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588",
        ),
        MULTIKEY: (
            "contexts/multikey-v1.json",
            "c5f3806f8286920573221938917988a18a4cc5a09e968d29649613c7a1c2b1f6",
        ),
        DID: (
            "contexts/did-v1.json",
            "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f",
        ),
        OB_VERSIONS[3]: (
            "contexts/ob-3.0.0.json",
            "9f1c8f9f361ba2994b9b50701f41149919542c50c7b7455b2846d87959295d72",
        ),
        OB_VERSIONS[2]: (
            "contexts/ob-3.0.1.json",
            "af095468326d3449160509b26ca71576e6321d13c85b0369cfe3b654c9a48fba",
        ),
        OB_VERSIONS[1]: (
            "contexts/ob-3.0.2.json",
            "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
        ),
        OB_VERSIONS[0]: (
            "contexts/ob-3.0.3.json",
            "ef2fa9c7846dce233cc166b43639027278be4ee44f00bb1d45c75de2dd0cd761",
        ),
        OB_EXTENSIONS: (
            "contexts/ob-extensions.json",
            "2d013f981d1f4516081a6a04e55468ba2b071d4153b794f19a79715c45a89a5e",
        ),
    }
)

BASES: Final[frozenset[str]] = frozenset({VC, VC_1, DID, MULTIKEY, DATA_INTEGRITY})
"""The contexts that a document can begin with."""

MAX_CONTEXTS: Final = 8


@dataclass(frozen=True, slots=True)
class Contexts:
    """Context definitions by address, and which of them a document can begin with.

    Attributes:
        definitions: The value of ``@context`` in each file.
        bases: The first address of every accepted ``@context`` array.
    """

    definitions: Mapping[str, JsonValue]
    bases: frozenset[str]

    @classmethod
    def load(cls, read: Callable[[str], bytes]) -> Self:
        """Read the pinned files.

        Args:
            read: Gives the bytes of a file by its name below ``schemas/``.

        Raises:
            TamperedFileError: A file is not the one that the code was written for.
        """
        definitions = {
            address: _pinned(name, read(name), digest) for address, (name, digest) in PINNED.items()
        }
        return cls(MappingProxyType(definitions), BASES)

    def combination(self, document: JsonObject) -> Combination:
        """Take a document's ``@context`` when it is one that we accept.

        Raises:
            ContextNotAllowedError: It is anything else than an array of a base and up to seven
                more of the addresses that we know, each once.
        """
        value = document.get("@context")
        if not isinstance(value, list) or not 1 <= len(value) <= MAX_CONTEXTS:
            raise ContextNotAllowedError("The @context is not a short array of addresses.")
        combination = tuple(item for item in value if isinstance(item, str))
        if len(set(combination)) < len(value) or combination[0] not in self.bases:
            raise ContextNotAllowedError("The @context begins otherwise, or repeats an address.")
        if not set(combination) <= self.definitions.keys():
            raise ContextNotAllowedError("The @context names an address that we do not know.")
        return combination


def _pinned(name: str, data: bytes, digest: str) -> JsonValue:
    if sha256(data).hexdigest() != digest:
        raise TamperedFileError(name)
    definition: JsonValue = json.loads(data)["@context"]
    return definition
