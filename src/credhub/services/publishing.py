"""Publish a log as files: what the service itself serves, where no fault of ours can reach it.

(1) What is published is read first, and nothing is remembered besides: a publication that was cut
    off anywhere goes on from the checkpoint that it finds.
(2) That checkpoint must be signed by the log and be how the log began. A place that is ahead, or
    holds another history, is an alarm and stays as it is. After a rollback that was accepted it
    is what everybody expects, and stays as it is as well.
(3) The new entries are hashed again up to the signed root before anything of them is written.
(4) Tiles, then entries, then the checkpoint: it never counts what is not there.
"""

from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from credhub.egress.objects import Objects, Served
from credhub.errors import LedgerError, ObjectConflictError, PublicationRefusedError
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint
from credhub.ledger.merkle import EMPTY_ROOT
from credhub.ledger.note import VerifierKey
from credhub.services import ledgers
from credhub.services.new_files import Advance, NewFiles
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.store import Store

ATTEMPTS: Final = 3

_FOR_EVER: Final = Served(
    content_type="application/octet-stream",
    cache_control="public, max-age=31536000, immutable",
)
_FOR_SECONDS: Final = Served(
    content_type="text/plain; charset=utf-8", cache_control="public, max-age=2"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What is published of one log, and what is signed.

    Attributes:
        hub: Whose log it is.
        log: Which log.
        note: The newest signed checkpoint, whole.
        signed: What it says.
        found: The note that is published; none where nothing is.
        published: What that one says.
        is_beyond: Whether the place holds what the log lost before a rollback was accepted.
    """

    hub: Hub
    log: LedgerLog
    note: bytes = field(repr=False)
    signed: Checkpoint
    found: bytes | None = field(repr=False)
    published: Checkpoint
    is_beyond: bool

    @property
    def is_due(self) -> bool:
        """Whether there is anything to write."""
        return self.found != self.note and not self.is_beyond

    @property
    def address(self) -> str:
        """Where the files of the log are, in the service and everywhere else."""
        return f"ledger/{self.hub.slug}/{self.log.log}/"

    def new_files(self, store: Store) -> NewFiles:
        """Give what is not published."""
        return NewFiles(store, self.log, self.published, self.signed)


def prepare(store: Store, target: Objects, hub: Hub, log: LedgerLog) -> Publication:
    """Compare what is published of a log with what is signed. Nothing is written.

    Raises:
        LogNotFoundError: The log is empty.
        PublicationRefusedError: What is published is not how this log began.
        ObjectsUnavailableError: The place cannot be reached.
    """
    found = target.read(f"ledger/{hub.slug}/{log.log}/checkpoint")  # (1)
    note = ledgers.checkpoint(store, hub, log.log)
    signed, published = _opened(log, note), _published(log, found)
    is_beyond = published.size >= signed.size and published.root != signed.root
    if is_beyond and not _is_accepted(store, log):  # (2)
        raise PublicationRefusedError(
            log.origin,
            f"{published.size} entries are published that are not among the {signed.size} that "
            "this database has signed.",
        )
    return Publication(
        hub=hub,
        log=log,
        note=note.encode(),
        signed=signed,
        found=found,
        published=published,
        is_beyond=is_beyond,
    )


def carry_out(
    store: Store,
    target: Objects,
    publication: Publication,
    *,
    advance: Advance = lambda _: None,
    attempts: int = ATTEMPTS,
) -> int:
    """Write what is not published yet. Whoever else publishes meanwhile is no trouble.

    Args:
        store: The database.
        target: Where to.
        publication: What ``prepare`` found.
        advance: Told of each step.
        attempts: How often others may be first.

    Returns:
        The number of files that were written.

    Raises:
        PublicationRefusedError: What is published is not how this log began, or the rows are not
            those that were signed.
        ObjectConflictError: Something else is there.
        ObjectsUnavailableError: The place cannot be reached; to try again is safe.
    """
    files = publication.new_files(store)
    files.prove(advance)  # (2), (3)
    written = 0
    for some in chain(files.tiles(), files.bundles()):  # (4)
        target.add({publication.address + path: data for path, data in some.items()}, _FOR_EVER)
        written += len(some)
        advance(len(some))
    try:
        _swap(target, publication)
    except ObjectConflictError:
        newer = prepare(store, target, publication.hub, publication.log)
        if not newer.is_due:
            return written
        if attempts == 1:
            raise
        return written + carry_out(store, target, newer, advance=advance, attempts=attempts - 1)
    return written + 1


def _is_accepted(store: Store, log: LedgerLog) -> bool:
    with store.read() as tx:
        return ledgers.lost_entries(tx, log)


def _swap(target: Objects, publication: Publication) -> None:
    target.swap(
        f"{publication.address}checkpoint",
        old=publication.found,
        new=publication.note,
        served=_FOR_SECONDS,
    )


def _published(log: LedgerLog, found: bytes | None) -> Checkpoint:
    if found is None:
        return Checkpoint(origin=log.origin, size=0, root=EMPTY_ROOT)
    try:
        return _opened(log, found.decode())
    except (LedgerError, UnicodeDecodeError) as error:
        raise PublicationRefusedError(
            log.origin, "the published checkpoint is not one that this log signed."
        ) from error


def _opened(log: LedgerLog, note: str) -> Checkpoint:
    return open_checkpoint(note, (VerifierKey.parse(log.vkey),))
