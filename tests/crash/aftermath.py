"""A service to harm, and what must be true of it afterwards."""

import shutil
from pathlib import Path

from credhub.egress.reading import open_reader
from credhub.ledger.checkpoint import Checkpoint
from credhub.runtime import open_runtime
from credhub.services import hubs, ledgers, reading, receipts
from credhub.services.audit import auditing, auditing_files
from credhub.services.resources import Resources
from credhub.store.migrating import upgrade
from tests.crash.victim import SLUG, Place, issue_one, publish
from tests.running import make_member
from tests.services.ordering import publish as publish_achievement


def make_place(folder: Path) -> Place:
    """Make a service that has issued and published before."""
    (folder / "data").mkdir(mode=0o700)
    settings = Place(folder=folder, achievement="").settings()
    upgrade(settings.database)
    with open_runtime(settings) as runtime:
        hub = make_member(runtime, SLUG).hub
        achievement = publish_achievement(runtime.resources, hub.number).achievement_id
        place = Place(folder=folder, achievement=achievement)
        issue_one(runtime.resources, place)
        publish(runtime.resources, place)
    return place


def copy_of(place: Place, folder: Path) -> Place:
    """Copy a service that does not run."""
    shutil.copytree(place.folder, folder)
    return Place(folder=folder, achievement=place.achievement)


def check_after(place: Place, acknowledged: tuple[str, ...]) -> None:
    """Start again and compare everything with everything."""
    before = publish_size(place)
    with open_runtime(place.settings()) as runtime:
        resources = runtime.resources
        assert resources.sequencer.refused == ()
        check_history(resources, place)
        number = hubs.find(resources, SLUG).number
        for credential_id in acknowledged:
            opened = reading.by_id(resources, number, credential_id)
            assert receipts.of(resources, opened).index == opened.form.seq
        # And it goes on.
        assert issue_one(resources, place)
        assert publish(resources, place) > before
        check_history(resources, place)


def check_history(resources: Resources, place: Place) -> None:
    """Audit the rows; what is in the second store and published is how they begin."""
    for _, log in ledgers.logs(resources.store):
        auditing.audit(resources.store, resources.keyring, log, advance=lambda _: None)
        elsewhere = resources.second_store.read(f"log/{log.vkey}")
        assert elsewhere is not None
        with resources.store.read() as tx:
            size = tx.ledger.head(log.hub, log.log).size
            signed = tx.ledger.latest_checkpoint(log.hub, log.log)
        # A start signs what a crash left, so all three are at the same place.
        assert signed is not None
        assert (
            Checkpoint.parse(elsewhere).text()
            == Checkpoint(origin=log.origin, size=size, root=signed.root).text()
        )
        assert signed.size == size
        read = open_reader(str(place.published / "ledger" / SLUG / log.log))
        published = auditing_files.audit_published(
            read, auditing_files.believing_key(log.vkey), lambda _: None
        )
        auditing_files.compare(resources.store, published)


def publish_size(place: Place) -> int:
    """Read how much was published."""
    note = next((place.published / "ledger" / SLUG).glob("*/checkpoint")).read_text()
    return int(note.splitlines()[1])
