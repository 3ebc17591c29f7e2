"""Related resources: files outside a credential that it names together with their digests.

Nothing is fetched. The files that we ship are compared; of all others only the shape is checked,
and the report says that they were not.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from credhub import multikey
from credhub.errors import (
    MalformedKeyError,
    MalformedRelatedResourceError,
    RelatedResourceDiffersError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification import members

_SRI: Final = re.compile(r"sha(?P<bits>256|384|512)-(?P<digest>[A-Za-z0-9+/]+={0,2})")
_BYTES: Final = {"256": 32, "384": 48, "512": 64}
# Multihash: the code of the function, then the length (SHA2-256, SHA2-384, SHA2-512).
_MULTIHASHES: Final = {b"\x12\x20": 32, b"\x20\x30": 48, b"\x13\x40": 64}
_MAX_DIGEST: Final = 200

# SHA-256 and SHA-384 of the editions that W3C published, and of the copy that we ship.
_EDITIONS: Final = (
    # 24 February 2025, the Recommendation.
    bytes.fromhex("59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    bytes.fromhex(
        "97f1eb8e5042356c805fdd61afa2c557663785e0794dcafa21e138fd38def18c"
        "b360133c221aa31d6896a6bf3e65b614"
    ),
    # 20 July 2024, a Candidate Recommendation.
    bytes.fromhex("24a18c90e9856d526111f29376e302d970b2bd10182e33959995b0207d7043b9"),
    bytes.fromhex(
        "35239c36999d2155312091af194a1edb61634d6ad789a5e5b19f2aebdd762dd9"
        "d1dcaada40eda7ef921c6b8c0ae107a0"
    ),
    # Ours: the Recommendation with other white space.
    bytes.fromhex("8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f"),
    bytes.fromhex(
        "7b6018d05072e8a500819deb31acfb523fc6a746e4208201fdb8e0995412d8f3"
        "d23abf947f1f4fe6656b554fa3c455d1"
    ),
)
KNOWN: Final[Mapping[str, frozenset[bytes]]] = MappingProxyType(
    {"https://www.w3.org/ns/credentials/v2": frozenset(_EDITIONS)}
)


def check_related(document: JsonObject) -> bool:
    """Check the related resources that a credential names.

    Returns:
        Whether each of them was compared with its digest; true when there are none.

    Raises:
        MalformedRelatedResourceError: One has no address or no digest, or is there twice.
        RelatedResourceDiffersError: A digest is that of something else than the file we know.

    Source:
        W3C VCDM 2.0, section 5.3.
    """
    if "relatedResource" not in document:
        return True
    listed = members.objects(document, "relatedResource")
    addresses = [item.get("id") for item in listed]
    if not listed or not all(map(members.is_url, addresses)):
        raise MalformedRelatedResourceError("A related resource is not named by an absolute URL.")
    if len(set(map(str, addresses))) != len(addresses):
        raise MalformedRelatedResourceError("A related resource is named twice.")
    compared = [_check_one(item, str(item["id"])) for item in listed]
    return all(compared)


def _check_one(item: JsonObject, address: str) -> bool:
    if not isinstance(item.get("mediaType", ""), str):
        raise MalformedRelatedResourceError("The mediaType of a related resource is not a text.")
    digests = [
        *map(_sri, _texts(item.get("digestSRI", []))),
        *map(_multibase, _texts(item.get("digestMultibase", []))),
    ]
    if not digests:
        raise MalformedRelatedResourceError("A related resource has no digest.")
    known = KNOWN.get(address)
    if known is None or any(len(digest) == _BYTES["512"] for digest in digests):
        return False
    if not known >= set(digests):
        raise RelatedResourceDiffersError
    return True


def _texts(value: JsonValue) -> list[str]:
    items = value if isinstance(value, list) else [value]
    texts = [part for item in items if isinstance(item, str) for part in item.split()]
    if not all(isinstance(item, str) for item in items) or len(texts) > members.MAX_ITEMS:
        raise MalformedRelatedResourceError("The digest of a related resource is not a text.")
    return texts


def _sri(text: str) -> bytes:
    match = _SRI.fullmatch(text)
    if match is not None:
        try:
            digest = base64.b64decode(match["digest"], validate=True)
        except binascii.Error:
            digest = b""
        if len(digest) == _BYTES[match["bits"]]:
            return digest
    raise MalformedRelatedResourceError("A digestSRI is not a hash expression.")


def _multibase(text: str) -> bytes:
    raw = _decoded(text)
    wanted = _MULTIHASHES.get(raw[:2])
    if wanted is not None and len(raw) == 2 + wanted:
        return raw[2:]
    if len(raw) in _BYTES.values():  # As published software writes it, without the function.
        return raw
    raise MalformedRelatedResourceError("A digestMultibase is not a digest.")


def _decoded(text: str) -> bytes:
    try:
        if text.startswith("u") and len(text) <= _MAX_DIGEST:
            digits = text[1:] + "=" * (-len(text[1:]) % 4)
            return base64.b64decode(digits.encode("ascii"), altchars=b"-_", validate=True)
        return multikey.decode_base58(text)
    except (binascii.Error, UnicodeEncodeError, MalformedKeyError) as error:
        raise MalformedRelatedResourceError("A digestMultibase is not a digest.") from error
