"""Copy the list of partners that a hub signs. Only an operator's command does this.

The list is proved before it is copied, and refused when it is older than a copy of it that is in
the folder already, under whatever name.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from credhub.dids.document import DidDocument
from credhub.egress.client import Egress
from credhub.errors import PartnerListOlderError, TrustListError
from credhub.services.fetching import Errand, Fetcher
from credhub.services.foreign_dids import ForeignDids
from credhub.services.trust import trust_updating
from credhub.services.trust.trust_copies import TrustCopy
from credhub.services.trust.trust_updating import Copied
from credhub.verification.partner_list import PartnerList
from credhub.verification.partner_proof import PartnerProof
from credhub.verification.trust_list import MAX_BYTES, TrustList

_COPIES: Final = "*.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCopy:
    """A list that was proved and copied."""

    copied: Copied
    listed: PartnerList
    known: TrustList


@dataclass(frozen=True, slots=True)
class AskedDids:
    """Where the keys of a hub are found, when an operator asks for its list."""

    egress: Egress
    foreign: ForeignDids

    def resolve(self, did: str) -> DidDocument:
        """Find the document of a DID.

        Raises:
            OutcomeUnknownError: It could not be had.
            VerificationError: The text is no DID, or what is published is not its document.
        """
        return self.foreign.resolve(did, Errand(Fetcher(self.egress)))


def add_signed(  # noqa: PLR0913 - what is copied, of whom, and where to
    text: str, folder: Path, name: str, *, source: str, hub: str, proof: PartnerProof, now: datetime
) -> SignedCopy:
    """Prove a list of partners, and copy it.

    Args:
        text: The list as it was fetched or read.
        folder: Where to write; made when it is not there.
        name: The name of the file without its suffix.
        source: Where the list is from.
        hub: The DID of the hub that must have signed it.
        proof: What it is judged by.
        now: The time of the copy.

    Raises:
        TrustListError: It is not a list of partners, another list has the name, or a copy that is
            there cannot be read.
        PartnerListError: It is not genuine, or of another hub.
        PartnerListNotProvedError: That could not be found out.
        PartnerListOlderError: A newer one is there already.
    """
    listed = PartnerList.parse(text.encode(), source=source)
    known = proof.prove(listed, hub=hub, source=source)
    file = folder / f"{name}.json"
    for path in sorted(folder.glob(_COPIES)):
        copied = TrustCopy.parse(path.read_bytes(), source=str(path))
        if copied is not None and copied.endorser == hub:
            _check_newer(listed, copied, source=source, there=path)
        elif path == file:
            raise TrustListError(source, f"{file} is another list, so choose another name")
    folder.mkdir(parents=True, exist_ok=True)
    copy = TrustCopy(url=source, fetched_at=now, text=text, endorser=hub)
    return SignedCopy(copied=trust_updating.write(file, copy, known), listed=listed, known=known)


def read_text(path: Path) -> str:
    """Read a list that somebody handed over as a file.

    Raises:
        TrustListError: It cannot be read.
    """
    try:
        with path.open("rb") as opened:
            return opened.read(MAX_BYTES + 1).decode()
    except OSError as error:
        raise TrustListError(str(path), error.strerror or "it cannot be read") from error
    except UnicodeDecodeError as error:
        raise TrustListError(str(path), "it is not UTF-8") from error


def _check_newer(listed: PartnerList, copied: TrustCopy, *, source: str, there: Path) -> None:
    version = PartnerList.parse(copied.text.encode(), source=str(there)).version
    if listed.version < version:
        raise PartnerListOlderError(source, version=listed.version, copied=version)
