"""Making hubs: complete, or completed later."""

import pytest

from credhub import multikey
from credhub.errors import (
    HubExistsError,
    HubNotFoundError,
    HubSlugError,
    InvalidClaimError,
    KeyStoreError,
    LogNotFoundError,
    SequencerClosedError,
)
from credhub.ledger.entry import Kind, LedgerEntry
from credhub.ledger.events import StatusListPublished
from credhub.services import did_documents, hubs, ledgers, status_lists
from credhub.services.hubs import NewHub
from credhub.store.hubs import HubNumber
from credhub.store.sequencer import Sequencer
from credhub.store.unit import Placement, Unit
from tests.running import Service
from tests.services.ordering import issue

BAD_SLUGS = (
    "", "a", "ab", "a" * 41, "A-hub", "hub_one", "hub.one", "hub one", "-hub", "hub-", "a--b",
    "a" + "-b" * 20,
    "..", "../x", "%2e%2e", "hub/one", "hüb", "hub\n", "\uff48ub", "well-known", ".well-known",
    "api", "admin", "hubs", "verify", "www", "status", "static", "docs", "ledger", "v1",
)  # fmt: skip


def new(service: Service, slug: str, **changes: str) -> NewHub:
    values: dict[str, object] = {
        "slug": slug,
        "name": f"The {slug} hub",
        "base_url": service.origin,
    }
    return NewHub(**(values | changes))  # type: ignore[arg-type]  # a test may name any member


def test_a_hub_begins_with_its_keys_and_its_list_in_its_ledger(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub, service_on_each.resources

    document = did_documents.of(resources, hub)
    log = ledgers.newest_log(resources.store, hub)
    with resources.store.read() as tx:
        rows = [tx.ledger.entry(hub.number, log.log, seq) for seq in range(3)]
        keys = tx.signing_keys.of_hub(hub.number)

    entries = [LedgerEntry.parse(row.entry) for row in rows if row is not None]
    assert [entry.kind for entry in entries] == [Kind.STATUS_LIST, Kind.KEY, Kind.KEY]
    public = b"".join(entry.public for entry in entries)
    assert all(multikey.encode_ed25519(key.public_key).encode() in public for key in keys)
    assert document.id == hub.did
    assert [method.id for method in document.methods] == [f"{hub.did}#key-1"]
    first = StatusListPublished.parse(entries[0].public)
    assert (first.url, first.version) == (status_lists.address_of(hub, 1), 1)
    assert ledgers.size(resources.store, log) >= 3


@pytest.mark.parametrize("slug", BAD_SLUGS)
def test_t88_a_name_that_could_be_taken_for_another_is_refused(service: Service, slug: str) -> None:
    with pytest.raises(HubSlugError):
        hubs.create(service.resources, new(service, slug))


def test_t88_a_name_is_given_once(service_on_each: Service) -> None:
    before = hubs.count(service_on_each.resources)

    with pytest.raises(HubExistsError):
        hubs.create(service_on_each.resources, new(service_on_each, "riverside"))

    assert hubs.count(service_on_each.resources) == before


@pytest.mark.parametrize("name", ["", " ", "a\u202eb", "a\nb", "x" * 201])
def test_a_name_that_no_credential_could_carry_is_refused(service: Service, name: str) -> None:
    with pytest.raises(InvalidClaimError):
        hubs.create(service.resources, new(service, "uplands", name=name))
    with pytest.raises(HubNotFoundError):
        hubs.find(service.resources, "uplands")


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "javascript:alert(1)"},
        {"url": "hub.example"},
        {"email": "nobody"},
        {"description": "a\u202eb"},
    ],
    ids=str,
)
def test_t37_what_no_page_could_show_is_refused(service: Service, changes: dict[str, str]) -> None:
    with pytest.raises(InvalidClaimError):
        hubs.create(service.resources, new(service, "uplands", **changes))
    with pytest.raises(HubNotFoundError):
        hubs.find(service.resources, "uplands")


def test_a_hub_says_what_it_wants(fresh_service: Service) -> None:
    told = {"url": "https://hub.example", "email": "hi@hub.example", "description": "We teach."}

    hub = hubs.create(fresh_service.resources, new(fresh_service, "a" + "-b" * 18, **told))

    assert (hub.url, hub.email, hub.description) == tuple(told.values())


def test_a_hub_whose_making_was_cut_off_is_completed(fresh_service: Service) -> None:
    resources = fresh_service.resources
    stopped = Sequencer(
        resources.store,
        second_store=resources.second_store,
        clock=fresh_service.clock,
        log_signer=resources.keyring.ledger_signer,
    )
    stopped.close()
    with pytest.raises(SequencerClosedError):
        hubs.create(fresh_service.with_resources(sequencer=stopped), new(fresh_service, "lakeside"))
    unfinished = hubs.find(resources, "lakeside")

    hub = hubs.create(resources, new(fresh_service, "lakeside"))

    assert hub == unfinished
    assert status_lists.newest(resources, hub, 1).version == 1


def test_a_hub_that_two_processes_complete_is_completed_once(fresh_service: Service) -> None:
    resources = fresh_service.resources
    inner = resources.sequencer

    class Late:
        """Submits after another process has done the same."""

        def submit(self, unit: Unit) -> Placement:
            inner.submit(unit)
            return inner.submit(unit)

    late = fresh_service.with_resources(sequencer=Late())
    with pytest.raises(HubExistsError):
        hubs.create(late, new(fresh_service, "lakeside"))

    with resources.store.read() as tx:
        made = hubs.find(resources, "lakeside")
        assert len(tx.status.lists(made.number)) == 1


def test_a_hub_whose_making_was_cut_off_issues_nothing(fresh_service: Service) -> None:
    resources = fresh_service.resources
    stopped = Sequencer(
        resources.store,
        second_store=resources.second_store,
        clock=fresh_service.clock,
        log_signer=resources.keyring.ledger_signer,
    )
    stopped.close()
    with pytest.raises(SequencerClosedError):
        hubs.create(fresh_service.with_resources(sequencer=stopped), new(fresh_service, "lakeside"))
    unfinished = hubs.find(resources, "lakeside")

    # Its first list would hide that the entries of its keys are missing.
    with pytest.raises(HubNotFoundError):
        issue(resources, unfinished.number)

    assert hubs.create(resources, new(fresh_service, "lakeside")) == unfinished


def test_a_log_without_entries_has_no_checkpoint(fresh_service: Service) -> None:
    resources = fresh_service.resources
    stopped = Sequencer(
        resources.store,
        second_store=resources.second_store,
        clock=fresh_service.clock,
        log_signer=resources.keyring.ledger_signer,
    )
    stopped.close()
    with pytest.raises(SequencerClosedError):
        hubs.create(fresh_service.with_resources(sequencer=stopped), new(fresh_service, "lakeside"))
    hub = hubs.find(resources, "lakeside")
    log = ledgers.newest_log(resources.store, hub)

    assert ledgers.size(resources.store, log) == 0
    with pytest.raises(LogNotFoundError):
        ledgers.checkpoint(resources.store, hub, log.log)


def test_a_hub_that_is_not_there_has_no_keys(service: Service) -> None:
    with pytest.raises(KeyStoreError):
        service.resources.keyring.of(HubNumber(999))
    with pytest.raises(HubNotFoundError):
        hubs.find(service.resources, "nowhere")


def test_every_hub_is_listed(service: Service) -> None:
    slugs = {hub.slug for hub in hubs.all_hubs(service.resources)}

    assert {"riverside", "hilltop"} <= slugs
    assert {hub.slug for hub, _ in ledgers.logs(service.resources.store)} >= slugs
