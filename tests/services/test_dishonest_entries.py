"""Entries that the ledger took, and that do not say what entries of their kind say.

The key of the ledger signed them and every hash fits, so only reading them finds it: this is what
an insider can do who holds the keys and appends by the front door.
"""

from datetime import timedelta
from hashlib import sha256

import pytest

from credhub import jsontypes
from credhub.errors import LedgerFaultError
from credhub.ledger.commitment import ENTRY_ID_LENGTH, InnerKind
from credhub.ledger.entry import Kind
from credhub.ledger.events import StatusListPublished
from credhub.services import ledgers, status_lists
from credhub.services.audit import auditing
from credhub.services.private_entries import private_entry
from credhub.services.resources import Resources
from credhub.status import bitstring
from credhub.status.document import Purpose, StatusList
from credhub.store.hubs import Hub
from credhub.store.status_writing import insert_version_of
from credhub.store.unit import PendingEntry, Unit
from tests.running import Service, make_member, unique

VERSION = 7


@pytest.fixture
def resources(service_on_each: Service) -> Resources:
    return service_on_each.resources


@pytest.fixture
def hub(service_on_each: Service) -> Hub:
    return make_member(service_on_each.runtime, unique("hub")).hub


def audit(resources: Resources, hub: Hub) -> None:
    log = ledgers.newest_log(resources.store, hub)
    auditing.audit(resources.store, resources.keyring, log, advance=lambda _: None)


def fault_after(resources: Resources, hub: Hub, unit: Unit) -> tuple[str, str | None]:
    """Append a unit, and say which table and column the audit names."""
    audit(resources, hub)
    resources.sequencer.submit(unit)
    with pytest.raises(LedgerFaultError) as caught:
        audit(resources, hub)
    return caught.value.table, caught.value.column


@pytest.mark.parametrize("kind", [Kind.DEFINITION, Kind.STATUS_LIST, Kind.KEY, Kind.ENDORSEMENT])
def test_t81_a_public_entry_that_says_nothing_of_its_kind(
    resources: Resources, hub: Hub, kind: Kind
) -> None:
    unit = Unit(hub=hub.number, entries=(PendingEntry(kind=kind, public=b"{}"),))

    assert fault_after(resources, hub, unit) == ("ledger_entry", "entry")


def private_unit(resources: Resources, hub: Hub, kind: InnerKind) -> Unit:
    entry = private_entry(
        hub.number,
        kind,
        b"{}",
        subject_key=resources.keyring.of(hub.number).secret,
        learner_id=None,
        entry_id=resources.random(ENTRY_ID_LENGTH),
    )
    return Unit(hub=hub.number, entries=(entry,))


@pytest.mark.parametrize("kind", [InnerKind.ISSUE, InnerKind.STATUS])
def test_t81_a_private_entry_that_says_nothing_of_its_kind(
    resources: Resources, hub: Hub, kind: InnerKind
) -> None:
    unit = private_unit(resources, hub, kind)

    assert fault_after(resources, hub, unit) == ("ledger_opening", "sealed")


def test_t94_an_entry_of_an_erasure_stands_alone(resources: Resources, hub: Hub) -> None:
    resources.sequencer.submit(private_unit(resources, hub, InnerKind.ERASURE))

    audit(resources, hub)


def list_unit(resources: Resources, hub: Hub, document: bytes) -> Unit:
    """Publish bytes as a version of the first list, in the ledger as it should be."""
    now = resources.clock()
    published = StatusListPublished(
        url=status_lists.address_of(hub, 1), version=VERSION, digest=sha256(document).digest()
    )
    row = insert_version_of(
        hub.number,
        number=1,
        version=VERSION,
        changes=0,
        document=document,
        valid_from=now,
        valid_until=now + timedelta(days=7),
        entry=0,
    )
    entry = PendingEntry(kind=Kind.STATUS_LIST, public=published.payload())
    return Unit(hub=hub.number, entries=(entry,), inserts=(row,))


def test_t91_a_published_list_that_is_none(resources: Resources, hub: Hub) -> None:
    unit = list_unit(resources, hub, b"{}")

    assert fault_after(resources, hub, unit) == ("status_list_version", "document")


@pytest.mark.parametrize(
    ("purpose", "length", "column"),
    [(Purpose.SUSPENSION, 131_072, "purpose"), (Purpose.REVOCATION, 262_144, "length")],
)
def test_t91_a_published_list_that_is_not_the_one_of_its_row(
    resources: Resources, hub: Hub, purpose: Purpose, length: int, column: str
) -> None:
    now = resources.clock()
    document = StatusList(
        url=status_lists.address_of(hub, 1),
        issuer=hub.did,
        purpose=purpose,
        encoded=bitstring.encode((), length=length),
        valid_from=now,
        valid_until=now + timedelta(days=7),
    ).to_document()

    unit = list_unit(resources, hub, jsontypes.canonical(document))

    assert fault_after(resources, hub, unit) == ("status_list", column)
