"""The operator's lists of issuers: files, read once at start."""

from pathlib import Path
from typing import Final

from credhub.errors import TrustListError
from credhub.services.trust.trust_copies import TrustCopy
from credhub.verification.partner_list import PartnerList
from credhub.verification.trust_list import MAX_BYTES, TrustList

_SUFFIX: Final = ".json"
# A copy is a list inside a JSON text, which takes two bytes for some of one.
_LONGEST: Final = 2 * MAX_BYTES


def read(path: Path | None) -> tuple[TrustList, ...]:
    """Read a list, or every list of a folder in the order of the files' names.

    Raises:
        TrustListError: A file cannot be read, or is not a list; or the folder holds none.
    """
    if path is None:
        return ()
    return tuple(map(_read_one, _files(path)))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.iterdir() if file.suffix == _SUFFIX)
    if not found:
        raise TrustListError(str(path), "there is no *.json in the folder")
    return found


def _read_one(file: Path) -> TrustList:
    try:
        with file.open("rb") as opened:
            data = opened.read(_LONGEST + 1)
    except OSError as error:
        raise TrustListError(str(file), error.strerror or "it cannot be read") from error
    copy = TrustCopy.parse(data, source=str(file))
    if copy is None:
        return TrustList.parse(data, source=file.stem)
    if copy.endorser is None:
        return TrustList.parse(copy.text.encode(), source=copy.url)
    # It was proved when it was copied; the digest says that it is still the same.
    listed = PartnerList.parse(copy.text.encode(), source=str(file))
    if listed.did != copy.endorser:
        raise TrustListError(str(file), "it is the list of another hub")
    return listed.to_trust_list(source=str(file))
