"""The published specifications of SD-JWTs: what is issued, what is shown, what is then read."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path as File
from typing import Any

import yaml
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credhub import base64url
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.sd_jwt.disclosures import Path
from credhub.public_key import KeyType
from tests import vectors


@dataclass(frozen=True, slots=True)
class Hidden:
    """A name or an element that is tagged as selectively disclosable."""

    value: object


class Loader(yaml.SafeLoader):
    """Reads the tag of the specifications."""


def _hidden(loader: Loader, node: yaml.Node) -> Hidden:
    return Hidden(loader.construct_object(_without_tag(loader, node), deep=True))


def _without_tag(loader: Loader, node: yaml.Node) -> yaml.Node:
    if isinstance(node, yaml.MappingNode):
        return yaml.MappingNode(loader.DEFAULT_MAPPING_TAG, node.value)
    if isinstance(node, yaml.SequenceNode):
        return yaml.SequenceNode(loader.DEFAULT_SEQUENCE_TAG, node.value)
    assert isinstance(node, yaml.ScalarNode)
    # What a scalar is depends on whether it was quoted.
    resolved = loader.resolve(yaml.ScalarNode, node.value, (node.style is None, True))  # type: ignore[no-untyped-call]  # PyYAML
    return yaml.ScalarNode(resolved, node.value, style=node.style)


Loader.add_constructor("!sd", _hidden)


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """One of them.

    Attributes:
        hidden: The places of what is tagged.
        shown: Those of them that the holder shows.
        expected: What is then read, where the specification says it.
    """

    name: str
    claims: JsonObject
    hidden: frozenset[Path]
    shown: frozenset[Path]
    expected: JsonObject | None
    key_binding: bool
    json_serialization: bool
    decoys: int


class JwkSigner:
    """Signs with one of the keys of the settings."""

    key_type = KeyType.P256

    def __init__(self, members: dict[str, str]) -> None:
        number = int.from_bytes(base64url.decode(members["d"]), "big")
        self._key: EllipticCurvePrivateKey = derive_private_key(number, SECP256R1())

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    def sign(self, message: bytes) -> bytes:
        numbers = decode_dss_signature(self._key.sign(message, ECDSA(SHA256())))
        return b"".join(number.to_bytes(32, "big") for number in numbers)


def names() -> list[str]:
    """List the specifications; one name that says so where they are missing."""
    folder = vectors.folder() / "sd-jwt"
    return [str(file.parent.relative_to(folder)) for file in sorted(folder.glob("*/*/*.yml"))]


@cache
def issuer() -> JwkSigner:
    return JwkSigner(_key_settings()["issuer_keys"][0])


@cache
def holder() -> JwkSigner:
    return JwkSigner(_key_settings()["holder_key"])


def read(name: str) -> Specification:
    members: dict[str, Any] = _load(vectors.path(f"sd-jwt/{name}/specification.yml"))
    tagged = members["user_claims"]
    claims = _untagged(tagged)
    hidden = frozenset(_places(tagged, ()))
    wanted = frozenset(_wanted(claims, members["holder_disclosed_claims"], ()))
    assert isinstance(claims, dict)
    return Specification(
        name=name,
        claims=claims,
        hidden=hidden,
        shown=hidden & wanted,
        expected=members.get("expect_verified_user_claims"),
        key_binding=bool(members.get("key_binding")),
        json_serialization=members.get("serialization_format") == "json",
        decoys=2 if members.get("add_decoy_claims") else 0,
    )


def _key_settings() -> dict[str, Any]:
    settings: dict[str, Any] = _load(vectors.path("sd-jwt/testcases/settings.yml"))["key_settings"]
    return settings


def _load(file: File) -> dict[str, Any]:  # YAML is what it is.
    loaded: dict[str, Any] = yaml.load(file.read_text("utf-8"), Loader)  # noqa: S506 - safe
    return loaded


def _untagged(value: object) -> JsonValue:
    if isinstance(value, Hidden):
        return _untagged(value.value)
    if isinstance(value, dict):
        return {str(_untagged(name)): _untagged(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_untagged(item) for item in value]
    assert value is None or isinstance(value, str | int | float)
    return value


def _places(value: object, path: Path) -> Iterator[Path]:
    if isinstance(value, Hidden):
        value = value.value
    items: list[tuple[object, object]] = []
    if isinstance(value, dict):
        items = [*value.items()]
    elif isinstance(value, list):
        items = [*enumerate(value)]
    for key, item in items:
        name = _untagged(key)
        assert isinstance(name, str | int)
        if isinstance(key, Hidden) or isinstance(item, Hidden):
            yield (*path, name)
        yield from _places(item, (*path, name))


def _wanted(value: JsonValue, wanted: object, path: Path) -> Iterator[Path]:
    """List every place that the holder names; ``null`` and ``false`` show nothing."""
    if isinstance(value, dict) and isinstance(wanted, dict):
        pairs: list[tuple[str | int, object]] = [(str(name), one) for name, one in wanted.items()]
    elif isinstance(value, list) and isinstance(wanted, list):
        pairs = [*enumerate(wanted)]
    else:
        return
    for name, one in pairs:
        if one not in (False, None):
            yield (*path, name)
        if isinstance(value, dict) and name in value:
            yield from _wanted(value[str(name)], one, (*path, name))
        elif isinstance(value, list) and isinstance(name, int) and name < len(value):
            yield from _wanted(value[name], one, (*path, name))
