"""CBOR as values, read strictly: bytes that mean the same to every reader.

Source:
    RFC 8949, sections 4.2.1 (deterministic encoding) and 5.3.1 (well-formedness).
"""

from collections.abc import Callable
from typing import Final, Never, TypeAlias

import cbor2

from credhub.errors import MalformedCborError

CborScalar: TypeAlias = int | float | bool | str | bytes | None
CborKey: TypeAlias = int | str | bytes
CborValue: TypeAlias = "CborScalar | list[CborValue] | dict[CborKey, CborValue]"

MAX_DEPTH: Final = 8


def encode(value: CborValue) -> bytes:
    """Write a value with definite lengths and the shortest integers; members keep their order."""
    return cbor2.dumps(value)


def decode(data: bytes, *, max_depth: int = MAX_DEPTH) -> CborValue:
    """Read what ``encode`` writes, and nothing else.

    Args:
        data: The whole text.
        max_depth: How many arrays and maps may be nested.

    Raises:
        MalformedCborError: The data is not CBOR, has a tag, an indefinite length, a member twice
            or a number that is not in its shortest form, nests too deeply, or goes on.
    """
    try:
        value: CborValue = cbor2.loads(
            data,
            max_depth=max_depth,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            semantic_decoders=_NO_TAGS,
        )
        again = cbor2.dumps(value)
    except (cbor2.CBORError, OverflowError) as error:
        raise MalformedCborError("The data is not strict CBOR.") from error
    if again != data:
        raise MalformedCborError("The data is not CBOR in its one form.")
    return value


class _NoTags(dict[int, Callable[..., Never]]):
    """Refuses every tag: some stand for regular expressions, or for values in themselves."""

    def __missing__(self, tag: int) -> Callable[..., Never]:
        return _refuse


def _refuse(*_: object) -> Never:
    raise cbor2.CBORDecodeError("a tag")


_NO_TAGS: Final = _NoTags()
