"""Tokens that a rule of RFC 9901 is about: each made by hand, as a bad issuer would."""

import json
from collections.abc import Callable, Iterable
from hashlib import sha256

from credhub import base64url
from credhub.jsontypes import JsonValue


def salts(start: int = 0) -> Callable[[int], bytes]:
    """Give bytes that look random, and are the same in every run."""
    count = start

    def next_bytes(length: int) -> bytes:
        nonlocal count
        count += 1
        return sha256(count.to_bytes(8, "big")).digest()[:length]

    return next_bytes


def disclosure(*parts: JsonValue) -> str:
    return base64url.encode(json.dumps(parts).encode())


def digest(text: str) -> str:
    return base64url.encode(sha256(text.encode()).digest())


def digests(texts: Iterable[str]) -> list[JsonValue]:
    return [digest(text) for text in texts]
