"""The canonicalizer for a worker process: its contexts arrive as one message."""

from collections.abc import Callable

import orjson

from credhub.jsontypes import parse_object
from credhub.proofs.contexts import PINNED, Contexts
from credhub.proofs.rdfc import SafeCanonicalizer


def pack(read: Callable[[str], bytes]) -> bytes:
    """Write the context files as one message for ``canonicalizer``.

    Args:
        read: Gives the bytes of a file by its name below ``schemas/``.
    """
    return orjson.dumps({name: read(name).decode() for name, _ in PINNED.values()})


def canonicalizer(packed: bytes) -> Callable[[bytes], bytes]:
    """Make the function that turns a document, as JSON text, into canonical N-Quads.

    Raises:
        TamperedFileError: A context is not the one that the code was written for.
    """
    safe = safe_canonicalizer(packed)

    def canonical(document: bytes) -> bytes:
        return safe.canonical(parse_object(document))

    return canonical


def safe_canonicalizer(packed: bytes) -> SafeCanonicalizer:
    """Make the canonicalizer itself.

    Raises:
        TamperedFileError: A context is not the one that the code was written for.
    """
    files: dict[str, str] = orjson.loads(packed)
    return SafeCanonicalizer(Contexts.load(lambda name: files[name].encode()))
