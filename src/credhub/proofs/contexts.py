"""The JSON-LD contexts that we ship, and the combinations in which we accept them."""

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
DID: Final = "https://www.w3.org/ns/did/v1"
MULTIKEY: Final = "https://w3id.org/security/multikey/v1"
DATA_INTEGRITY: Final = "https://w3id.org/security/data-integrity/v2"
_OB: Final = "https://purl.imsglobal.org/spec/ob/v3p0/"
OB_EXTENSIONS: Final = _OB + "extensions.json"
# 3.0.0 and 3.0.1 define words that credentials/v2 protects, so no engine reads them together.
OB_VERSIONS: Final = (_OB + "context-3.0.3.json", _OB + "context-3.0.2.json")

# Address: file below schemas/, SHA-256 of its bytes. schemas/README.md says where each is from.
PINNED: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        VC: (
            "contexts/credentials-v2.json",
            "8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f",
        ),
        DATA_INTEGRITY: (
            "contexts/data-integrity-v2.json",
            "0f77743daf5b4e8fc067fc5ba5b21044283053aa717fc6b0219843bed3b00363",
        ),
        MULTIKEY: (
            "contexts/multikey-v1.json",
            "c5f3806f8286920573221938917988a18a4cc5a09e968d29649613c7a1c2b1f6",
        ),
        DID: (
            "contexts/did-v1.json",
            "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f",
        ),
        _OB + "context-3.0.2.json": (
            "contexts/ob-3.0.2.json",
            "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
        ),
        _OB + "context-3.0.3.json": (
            "contexts/ob-3.0.3.json",
            "ef2fa9c7846dce233cc166b43639027278be4ee44f00bb1d45c75de2dd0cd761",
        ),
        OB_EXTENSIONS: (
            "contexts/ob-extensions.json",
            "2d013f981d1f4516081a6a04e55468ba2b071d4153b794f19a79715c45a89a5e",
        ),
    }
)

# What we issue, what other Open Badges issuers write, and the documents around them.
ALLOWED: Final[frozenset[Combination]] = frozenset(
    {
        (VC,),
        *((VC, badges) for badges in OB_VERSIONS),
        *((VC, badges, OB_EXTENSIONS) for badges in OB_VERSIONS),
        (VC, DATA_INTEGRITY),
        (DATA_INTEGRITY,),
        (DID,),
        (DID, MULTIKEY),
        (MULTIKEY,),
    }
)


@dataclass(frozen=True, slots=True)
class Contexts:
    """Context definitions by address, and the combinations of addresses that are accepted.

    Attributes:
        definitions: The value of ``@context`` in each file.
        allowed: Every accepted ``@context`` array, exactly.
    """

    definitions: Mapping[str, JsonValue]
    allowed: frozenset[Combination]

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
        return cls(MappingProxyType(definitions), ALLOWED)

    def combination(self, document: JsonObject) -> Combination:
        """Take a document's ``@context`` when it is one that we accept.

        Raises:
            ContextNotAllowedError: It is anything else than an accepted array of addresses.
        """
        value = document.get("@context")
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ContextNotAllowedError("The @context is not an array of addresses.")
        combination = tuple(str(item) for item in value)
        if combination not in self.allowed:
            raise ContextNotAllowedError("The @context is not a combination that we know.")
        return combination


def _pinned(name: str, data: bytes, digest: str) -> JsonValue:
    if sha256(data).hexdigest() != digest:
        raise TamperedFileError(name)
    definition: JsonValue = json.loads(data)["@context"]
    return definition
