"""Copy lists of issuers that others publish. Only an operator's command does this."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from credhub.egress.client import Egress
from credhub.errors import NotReachedError, TrustListError
from credhub.services.trust.trust_copies import TrustCopy
from credhub.verification.trust_index import TrustIndex
from credhub.verification.trust_list import MAX_BYTES, TrustList

_SECONDS: Final = 30.0
_OK: Final = 200
_ACCEPT: Final = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """One list that was copied.

    Attributes:
        file: Where it is now.
        digest: The SHA-256 of its text, in hexadecimal digits.
        issuers: How many issuers it names.
    """

    file: Path
    url: str
    digest: str
    issuers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What was copied, and what an index calls the lists that cannot be read here."""

    copied: tuple[Copied, ...]
    not_read: tuple[str, ...] = ()


def update(url: str, folder: Path, name: str, *, egress: Egress, now: datetime) -> Update:
    """Copy a list, or every list of an index, into files of a folder.

    All of them are fetched and read before the first file is written. Of an index, files of an
    earlier copy that has more lists stay where they are.

    Args:
        url: The address of a list, or of a list of lists.
        folder: Where to write; made when it is not there.
        name: The name of the file without its suffix. Lists of an index get a number too.
        egress: Asks; it may ask this address.
        now: The time of the copy.

    Raises:
        EgressError: An address does not answer with a file.
        TrustListError: What it answers is not a list.
    """
    first = fetched(url, egress)
    index = TrustIndex.parse(first.encode(), source=url)
    found = [(name, url, first)] if index is None else list(_of_index(index, name, egress))
    read = [(stem, at, text, TrustList.parse(text.encode(), source=at)) for stem, at, text in found]
    folder.mkdir(parents=True, exist_ok=True)
    copied = [
        write(folder / f"{stem}.json", TrustCopy(url=at, fetched_at=now, text=text), known)
        for stem, at, text, known in read
    ]
    return Update(copied=tuple(copied), not_read=() if index is None else index.others)


def _of_index(index: TrustIndex, name: str, egress: Egress) -> Iterator[tuple[str, str, str]]:
    for number, url in enumerate(index.urls, 1):
        yield f"{name}-{number:02}", url, fetched(url, egress)


def fetched(url: str, egress: Egress) -> str:
    """Fetch a text.

    Raises:
        EgressError: The address does not answer with a file.
        TrustListError: What it answers is no text.
    """
    answer = egress.get(url, accept=_ACCEPT, limit=MAX_BYTES, seconds=_SECONDS)
    if answer.status != _OK:
        raise NotReachedError(f"{url} answered with status {answer.status}.")
    try:
        return answer.body.decode()
    except UnicodeDecodeError as error:
        raise TrustListError(url, "it is not UTF-8") from error


def write(file: Path, copy: TrustCopy, known: TrustList) -> Copied:
    """Put a copy in its place."""
    unfinished = file.with_suffix(".new")
    unfinished.write_bytes(copy.to_file())
    os.replace(unfinished, file)  # noqa: PTH105 - a service that starts now finds either
    return Copied(file=file, url=copy.url, digest=copy.digest, issuers=len(known.issuers))
