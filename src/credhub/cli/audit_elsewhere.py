"""``credhub audit --witness``: the database beside everybody who knows its ledgers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from credhub import witnesses
from credhub.cli.audit_report import Report
from credhub.config import Settings
from credhub.egress.reading import open_reader
from credhub.runtime_read_only import open_to_audit
from credhub.services import elsewhere, ledgers
from credhub.services.elsewhere import Agreement, Elsewhere, Source
from credhub.store.second_store.opening import open_second_store
from credhub.store.store import Store

_SENTENCES: Final = {
    Agreement.EQUAL: "holds the same tree",
    Agreement.BEHIND: "holds the beginning of this tree",
    Agreement.NOTHING: "knows nothing of it yet",
    Agreement.AHEAD: "holds MORE entries: this database was put back, or a copy of it went on",
    Agreement.ACCEPTED: "holds what was lost before the rollback that was accepted",
    Agreement.FORK: "holds OTHER entries: one of the two was rewritten",
    Agreement.FORGED: "holds a checkpoint that this log did not sign",
    Agreement.UNKNOWN: "did not answer",
}
_MARKS: Final = {True: "[green]Sound:[/green]", False: "[red]Not sound:[/red]"}


def audit_elsewhere(report: Report, settings: Settings) -> None:
    """Compare every log with the second store, the published files and the witnesses."""
    with open_to_audit(settings, public_only=True) as (store, _), _sources(settings, store) as all_:
        for hub, log in ledgers.logs(store):
            for one in elsewhere.compare(store, hub, log, all_):
                _tell(report, log.origin, one)


@contextmanager
def _sources(settings: Settings, store: Store) -> Iterator[list[Source]]:
    second_store = open_second_store(settings.second_store_url)
    try:
        sources = [elsewhere.second_store_source(second_store)]
        if settings.publish_to:
            read = open_reader(settings.publish_to)
            sources.append(elsewhere.published_source(settings.publish_to, read))
        sources += [elsewhere.witness_source(desk) for desk in witnesses.chosen(settings, store)]
        yield sources
    finally:
        second_store.close()


def _tell(report: Report, origin: str, one: Elsewhere) -> None:
    checkpoint, unknown = one.checkpoint, one.agreement is Agreement.UNKNOWN
    sound = None if unknown else one.agreement.is_sound
    size = "" if checkpoint is None else f", {checkpoint.size} entries"
    mark = "[yellow]Not known:[/yellow]" if sound is None else _MARKS[sound]
    report.say(mark, f"{origin}: {one.place} {_SENTENCES[one.agreement]}{size}")
    report.add(
        log=origin,
        sound=sound,
        place=one.place,
        agreement=one.agreement.value,
        size=None if checkpoint is None else checkpoint.size,
        root=None if checkpoint is None else checkpoint.root.hex(),
    )
