"""Who is behind an address: what a file of names says, and hashes of addresses."""

from collections.abc import Iterable
from hashlib import md5, new
from typing import Final

from credhub.documents.imports.faults import ImportCode, credential_refused, import_fault
from credhub.documents.rows.choices import Choices, Form
from credhub.documents.rows.outcome import ReadRow
from credhub.documents.rows.reader import RowReader
from credhub.errors import RowFault, RowsError

MAX_HASHES: Final = 5_000_000
"""So many addresses are tried; a file whose salts are all different needs one for each name."""

MAX_REMEMBERED: Final = 200_000
"""So many hashes are kept for the next credentials, which often have the salt of these."""

_SHA256: Final = "sha256"
_ALGORITHMS: Final = frozenset({_SHA256, "md5"})


class KnownNames:
    """Names by address. Addresses are compared without regard to case."""

    def __init__(self, names: Iterable[tuple[str, str]] = ()) -> None:
        self._names: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        for address, name in names:
            self._names[address.casefold()] = name
            self._addresses[address.casefold()] = address
        self._hashed: dict[tuple[str, str], dict[str, str]] = {}
        self._remembered = 0
        self._tried = 0

    def name_of(self, address: str) -> str | None:
        """Give the name of whoever has an address, if it is known."""
        return self._names.get(address.casefold())

    def address_of(self, hashed: str, salt: str) -> str | None:
        """Find the address behind a hash, if somebody who is known has it.

        Raises:
            RowRefusedError: It is no hash that is known, or there are too many to be tried.

        Source:
            Open Badges 2.0, "IdentityHash"; Open Badges 3.0, section B.2.6.
        """
        algorithm, _, digest = hashed.partition("$")
        if algorithm not in _ALGORITHMS or not digest:
            raise credential_refused(ImportCode.HASH_UNKNOWN, value=hashed)
        if (algorithm, salt) not in self._hashed:
            self._remember(algorithm, salt)
        return self._hashed[algorithm, salt].get(digest.lower())

    def _remember(self, algorithm: str, salt: str) -> None:
        found = self._all_hashed(algorithm, salt)
        self._remembered += len(found)
        while self._hashed and self._remembered > MAX_REMEMBERED:
            self._remembered -= len(self._hashed.pop(next(iter(self._hashed))))
        self._hashed[algorithm, salt] = found

    def _all_hashed(self, algorithm: str, salt: str) -> dict[str, str]:
        self._tried += len(self._addresses)
        if self._tried > MAX_HASHES:
            raise credential_refused(ImportCode.TOO_MANY_HASHES)
        found = {}
        for address in self._addresses.values():
            # As it was typed, and as most systems hash it.
            for spelt in {address, address.lower()}:
                found[_digest(algorithm, spelt + salt)] = address
        return found


def read_names(content: bytes) -> KnownNames:
    """Read a file of names and addresses: CSV with at least a name and an e-mail column.

    Raises:
        RowsError: With its faults; an address that has two names is one.
    """
    found: dict[str, tuple[int, str]] = {}
    faults: list[RowFault] = []
    names: list[tuple[str, str]] = []
    for item in RowReader([content], Form.CSV, Choices()):
        if isinstance(item, RowFault):
            if item.code not in _HARMLESS:
                faults.append(item)
        elif item.recipient.email is not None:
            faults += _differences(found, item, item.recipient.email)
            names.append((item.recipient.email, item.recipient.name))
    if faults:
        raise RowsError(tuple(faults))
    return KnownNames(names)


# Somebody who stands there twice has one name all the same.
_HARMLESS: Final = frozenset({"duplicate-key", "duplicate-learner"})


def _differences(
    found: dict[str, tuple[int, str]], row: ReadRow, address: str
) -> Iterable[RowFault]:
    first, name = found.setdefault(address.casefold(), (row.row, row.recipient.name))
    if name != row.recipient.name:
        yield import_fault(ImportCode.NAMES_DIFFER, row=row.row, value=f"row {first}")


def _digest(algorithm: str, text: str) -> str:
    if algorithm == _SHA256:
        return new(_SHA256, text.encode()).hexdigest()
    # What old badges are hashed with, which nothing here relies on.
    return md5(text.encode(), usedforsecurity=False).hexdigest()
