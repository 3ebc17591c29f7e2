"""The documents of others: over https, remembered for a while, and never confused."""

from datetime import timedelta

import pytest

from credhub.errors import (
    DidLogError,
    DidMethodNotKnownError,
    DidMismatchError,
    DidNotResolvedError,
    DidSyntaxError,
)
from credhub.jsontypes import JsonObject
from credhub.proofs.signer import key_of
from credhub.services.foreign_dids import FORGIVEN, KEPT
from tests.connections import watched
from tests.did_sites import SIGNER, WELL_KNOWN, dids_of, document_of
from tests.running import START, Clock
from tests.sites import Site, certificate, site
from tests.unit.dids.webvh_writing import LogWriter, witness_file, witness_rule
from tests.unit.factories import MemorySigner

__all__ = ["certificate", "site"]

SECOND = timedelta(seconds=1)


def test_a_document_is_fetched_from_where_its_did_says(site: Site) -> None:
    site.publish(WELL_KNOWN, document_of(site.did))
    site.publish("/hubs/demo/did.json", document_of(f"{site.did}:hubs:demo"))
    dids = dids_of(site)

    assert dids.resolve(site.did).methods[0].public_key == key_of(SIGNER)
    assert dids.resolve(f"{site.did}:hubs:demo").id == f"{site.did}:hubs:demo"
    assert site.asked == [WELL_KNOWN, "/hubs/demo/did.json"]


def test_a_did_that_holds_its_key_is_worked_out(site: Site) -> None:
    dids = dids_of(site)

    with watched() as seen:
        assert dids.resolve(SIGNER.did).methods[0].public_key == key_of(SIGNER)
        jwk = "did:jwk:eyJjcnYiOiJFZDI1NTE5Iiwia3R5IjoiT0tQIiwieCI6IkFBIn0"
        with pytest.raises(DidSyntaxError):
            dids.resolve(jwk)
    assert seen == []


@pytest.mark.parametrize(
    "did", ["did:example:1", "https://school.example/#key", "did:web", "", "x"]
)
def test_other_ways_to_name_a_signer_are_not_known(site: Site, did: str) -> None:
    with watched() as seen, pytest.raises(DidMethodNotKnownError):
        dids_of(site).resolve(did)
    assert seen == []


# Remembering


def test_a_document_is_remembered_for_a_while(site: Site) -> None:
    clock = Clock(START)
    dids = dids_of(site, clock)
    site.publish(WELL_KNOWN, document_of(site.did))

    first = dids.resolve(site.did)
    site.publish(WELL_KNOWN, document_of(site.did, assertionMethod=[]))
    clock.move(seconds=(KEPT - SECOND).total_seconds())
    assert dids.resolve(site.did) == first
    assert len(site.asked) == 1

    clock.move(seconds=2)
    assert dids.resolve(site.did).assertion == frozenset()
    assert len(site.asked) == 2


def test_who_did_not_answer_is_left_alone_for_a_while(site: Site) -> None:
    clock = Clock(START)
    dids = dids_of(site, clock)
    for _ in range(3):
        with pytest.raises(DidNotResolvedError):
            dids.resolve(site.did)
    assert len(site.asked) == 1

    site.publish(WELL_KNOWN, document_of(site.did))
    clock.move(seconds=(FORGIVEN + SECOND).total_seconds())
    assert dids.resolve(site.did).id == site.did


def test_a_document_that_is_wrong_is_not_remembered(site: Site) -> None:
    dids = dids_of(site)
    site.publish(WELL_KNOWN, document_of("did:web:other.example"))
    with pytest.raises(DidMismatchError):
        dids.resolve(site.did)

    site.publish(WELL_KNOWN, document_of(site.did))
    assert dids.resolve(site.did).id == site.did


def test_t30_a_document_that_was_remembered_does_not_outlive_its_time(site: Site) -> None:
    clock = Clock(START)
    dids = dids_of(site, clock)
    site.publish(WELL_KNOWN, document_of(site.did))
    dids.resolve(site.did)
    del site.pages[WELL_KNOWN]

    clock.move(seconds=(KEPT + SECOND).total_seconds())
    with pytest.raises(DidNotResolvedError):
        dids.resolve(site.did)


# Logs


def written_for(site: Site, parameters: JsonObject | None = None) -> LogWriter:
    return LogWriter(place=site.place).begin(parameters)


def test_the_log_of_a_did_is_fetched_and_checked(site: Site) -> None:
    written = written_for(site)
    site.pages["/.well-known/did.jsonl"] = written.data

    assert dids_of(site).resolve(written.did).methods[0].public_key == key_of(SIGNER)
    assert site.asked == ["/.well-known/did.jsonl"]


def test_the_log_of_another_did_is_refused(site: Site) -> None:
    written = written_for(site)
    site.pages["/.well-known/did.jsonl"] = written_for(site, {"ttl": 7}).data

    with pytest.raises(DidLogError):
        dids_of(site).resolve(written.did)


def test_the_witnesses_of_a_did_are_asked_for_when_it_has_some(site: Site) -> None:
    witness = MemorySigner(7)
    written = written_for(site, {"witness": witness_rule(1, witness)})
    site.pages["/.well-known/did.jsonl"] = written.data
    with pytest.raises(DidNotResolvedError):
        dids_of(site).resolve(written.did)
    assert site.asked == ["/.well-known/did.jsonl", "/.well-known/did-witness.json"]

    site.pages["/.well-known/did-witness.json"] = witness_file()
    with pytest.raises(DidLogError):
        dids_of(site).resolve(written.did)

    site.pages["/.well-known/did-witness.json"] = witness_file((written.id_of(1), witness))
    assert dids_of(site).resolve(written.did).id == written.did


@pytest.mark.parametrize(("ttl", "again"), [(0, 2), (60, 2), (120, 1), (10**6, 1)])
def test_the_owner_may_have_a_log_forgotten_sooner(site: Site, ttl: int, again: int) -> None:
    clock = Clock(START)
    dids = dids_of(site, clock)
    written = written_for(site, {"ttl": ttl})
    site.pages["/.well-known/did.jsonl"] = written.data

    dids.resolve(written.did)
    clock.move(minutes=1)
    dids.resolve(written.did)

    assert len(site.asked) == again


def test_no_log_is_remembered_longer_than_other_documents(site: Site) -> None:
    clock = Clock(START)
    dids = dids_of(site, clock)
    written = written_for(site, {"ttl": 10**6})
    site.pages["/.well-known/did.jsonl"] = written.data

    dids.resolve(written.did)
    clock.move(seconds=(KEPT + SECOND).total_seconds())
    dids.resolve(written.did)

    assert len(site.asked) == 2
