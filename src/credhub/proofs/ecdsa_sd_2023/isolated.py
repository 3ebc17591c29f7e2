"""Grouping for a worker process: its contexts arrive as one message, each document as another."""

from collections.abc import Callable, Collection

import orjson

from credhub.jsontypes import JsonObject
from credhub.proofs import isolated
from credhub.proofs.ecdsa_sd_2023.grouping import Grouped, LocalGrouping
from credhub.proofs.own_words import own_words_canonicalizer


def grouping(packed: bytes) -> Callable[[bytes], bytes]:
    """Make the function that answers requests.

    Args:
        packed: The contexts, as ``isolated.pack`` writes them.

    Raises:
        TamperedFileError: A context is not the one that the code was written for.
    """
    return _answering(LocalGrouping(isolated.safe_canonicalizer(packed)))


def own_words_grouping(packed: bytes) -> Callable[[bytes], bytes]:
    """Make the same for documents that define words of their own.

    Raises:
        TamperedFileError: A context is not the one that the code was written for.
    """
    return _answering(LocalGrouping(own_words_canonicalizer(packed)))


def _answering(local: LocalGrouping) -> Callable[[bytes], bytes]:
    def group(request: bytes) -> bytes:
        asked = orjson.loads(request)
        grouped = local.group(
            asked["document"],
            hmac_key=bytes.fromhex(asked["hmacKey"]),
            mandatory=asked["mandatory"],
            shown=asked["shown"],
        )
        return orjson.dumps(
            {
                "statements": grouped.statements,
                "mandatory": grouped.mandatory,
                "shown": grouped.shown,
                "labels": [digest.hex() for digest in grouped.labels],
            }
        )

    return group


def request(
    document: JsonObject, *, hmac_key: bytes, mandatory: Collection[str], shown: Collection[str]
) -> bytes:
    """Write what the function reads."""
    return orjson.dumps(
        {
            "document": document,
            "hmacKey": hmac_key.hex(),
            "mandatory": list(mandatory),
            "shown": list(shown),
        }
    )


def answered(answer: bytes) -> Grouped:
    """Read what the function writes."""
    said = orjson.loads(answer)
    return Grouped(
        statements=tuple(said["statements"]),
        mandatory=tuple(said["mandatory"]),
        shown=tuple(said["shown"]),
        labels=tuple(map(bytes.fromhex, said["labels"])),
    )
