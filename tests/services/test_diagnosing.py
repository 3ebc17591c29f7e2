"""What the doctor says of every trouble, and what it advises."""

from dataclasses import replace

import pytest

from credhub.errors import SecondStoreUnavailableError, SequencerClosedError
from credhub.ledger.checkpoint import Checkpoint
from credhub.services import rollover
from credhub.services.diagnosing import Diagnosis, Health, diagnose
from credhub.store.ledger import LedgerLog
from tests.running import START, Service
from tests.services.ordering import issue
from tests.services.stopping import Stopping


class Shelf:
    """A second store that holds one text, or cannot be reached."""

    def __init__(self, text: str | None, *, away: bool = False) -> None:
        self._text = text
        self._away = away

    def read(self, key: str) -> str | None:
        if self._away:
            raise SecondStoreUnavailableError
        return self._text if key.startswith("log/") else None

    def swap(self, key: str, *, old: str | None, new: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def log_of(service: Service) -> LedgerLog:
    with service.resources.store.read() as tx:
        return tx.ledger.logs(service.one.hub.number)[-1]


def published(service: Service) -> Checkpoint:
    text = service.resources.second_store.read(f"log/{log_of(service).vkey}")
    assert text is not None
    return Checkpoint.parse(text)


def diagnosis_with(service: Service, shelf: Shelf, *witnessed: Checkpoint) -> Diagnosis:
    first, *_ = diagnose(service.resources.store, shelf, witnessed, now=START)
    assert first.hub == "riverside"
    return first


def advice(diagnosis: Diagnosis) -> str:
    return " ".join(f"{one.what} {one.command or ''}" for one in diagnosis.remedies)


def test_a_log_that_holds_all_is_open(service: Service) -> None:
    for diagnosis in diagnose(service.resources.store, service.resources.second_store, now=START):
        assert diagnosis.health is Health.OPEN
        assert diagnosis.size == diagnosis.signed_size == diagnosis.published_size
        assert diagnosis.remedies == ()


def test_a_witness_that_saw_more_is_named_by_its_size(service: Service) -> None:
    known = published(service)
    more = replace(known, size=known.size + 7)

    found = diagnosis_with(service, Shelf(known.text()), more)

    assert found.health is Health.REFUSED
    assert found.witnessed_sizes == (known.size + 7,)
    assert f"but {known.size + 7} were published" in found.sentence
    assert "newer backup" in advice(found)
    assert "accept-rollback riverside" in advice(found)


def test_other_entries_than_the_published_ones_are_a_contradiction(service: Service) -> None:
    other = replace(published(service), root=bytes(32))

    found = diagnosis_with(service, Shelf(other.text()))

    assert found.health is Health.REFUSED
    assert "are not those that were published" in found.sentence
    assert "went on" in advice(found)
    assert "credhub audit" in advice(found)


def test_a_spoiled_second_store_is_nothing_to_accept(service: Service) -> None:
    found = diagnosis_with(service, Shelf("no checkpoint"))

    assert found.health is Health.REFUSED
    assert "not what was written" in found.sentence
    assert "accept-rollback" not in advice(found)


def test_a_second_store_that_is_away_is_waited_for(service: Service) -> None:
    found = diagnosis_with(service, Shelf(None, away=True))

    assert (found.health, found.published_size) == (Health.WAITING, None)
    assert "CREDHUB_SECOND_STORE" in advice(found)


def test_an_empty_second_store_is_said(service: Service) -> None:
    found = diagnosis_with(service, Shelf(None))

    assert found.health is Health.OPEN
    assert "knows nothing" in found.sentence


def test_entries_that_are_not_published_yet_are_said(service: Service) -> None:
    before = published(service)
    issue(service.resources, service.one.hub.number)

    found = diagnosis_with(service, Shelf(before.text()))

    assert found.health is Health.OPEN
    assert "not signed yet" in found.sentence


def test_a_log_that_ended_without_a_next_one_waits_for_it(fresh_service: Service) -> None:
    hub, resources = fresh_service.one.hub, fresh_service.resources
    stopping = Stopping(resources.sequencer)
    with pytest.raises(SequencerClosedError):
        rollover.roll(fresh_service.with_resources(sequencer=stopping), hub)

    found, *_ = diagnose(resources.store, resources.second_store, now=START)

    assert found.health is Health.WAITING
    assert "credhub ledger roll riverside" in advice(found)
    rollover.roll(resources, hub)
    ended, began, *_ = diagnose(resources.store, resources.second_store, now=START)
    assert (ended.health, began.health) == (Health.ENDED, Health.OPEN)
    assert ended.sentence == f"It ended; {began.origin} goes on from it."
