"""Whom a hub vouches for: signed, in its ledger, published while it is in force."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from credhub import jsontypes
from credhub.errors import (
    ConflictError,
    ContendedError,
    EndorsementGoneError,
    EndorsementNotFoundError,
    InvalidClaimError,
    LedgerFaultError,
    LedgerNotReachedError,
    PartnerExistsError,
    PartnerNotFoundError,
    TooManyPartnersError,
)
from credhub.jsontypes import JsonObject
from credhub.ledger.entry import Kind
from credhub.ledger.events import Standing
from credhub.ledger.partner_events import PartnerChange, PartnersChanged, digest_of_list
from credhub.ledger.policy import Policy
from credhub.proofs.forms import DEFAULT
from credhub.services import ledgers, partners, policies, verifying
from credhub.services.audit import auditing
from credhub.services.forms import DataIntegrityForm
from credhub.services.partners import NewPartner, Partner
from credhub.services.recorded_endorsements import OwnEndorsements
from credhub.services.resolving import Dids
from credhub.services.resources import Resources
from credhub.services.trust import partner_lists
from credhub.store import partners as partner_store
from credhub.store.hubs import Hub
from credhub.store.unit import PendingEntry, Unit
from credhub.verification.partner_list import MAX_PARTNERS
from credhub.verification.partner_proof import PartnerProof
from credhub.verification.report import Check, Report, Verdict
from credhub.verification.trust_list import TrustList
from tests.running import Interruption, Service, make_member, unique

NORDIC = NewPartner(did="did:web:nordic.example", name="Nordic Coders", comment="With care.")
BALTIC = NewPartner(did="did:web:baltic.example", name="Baltic Welders")


@dataclass(frozen=True)
class Place:
    """A hub of its own on a service that others use too."""

    service: Service
    hub: Hub

    @property
    def resources(self) -> Resources:
        return self.service.resources

    def add(self, new: NewPartner = NORDIC) -> Partner:
        return partners.add(self.resources, self.hub, new)

    def end(self, new: NewPartner = NORDIC) -> Partner:
        return partners.end(self.resources, self.hub, new.did)

    def proved(self) -> TrustList:
        """Prove what is published, by the hub's own policy."""
        listed = partner_lists.published(self.resources, self.hub)
        policy = policies.of_hub(self.resources.store, self.hub, witnesses=Policy())
        proof = PartnerProof(
            suites=self.resources.suites,
            dids=Dids(self.resources, None),  # type: ignore[arg-type]  # nobody else is asked
            schemas=self.resources.schemas,
            policy=policy,
            now=self.service.clock(),
        )
        return proof.prove(listed, hub=self.hub.did, source="the list")

    def audit(self) -> None:
        log = ledgers.newest_log(self.resources.store, self.hub)
        auditing.audit(self.resources.store, self.resources.keyring, log, advance=lambda _: None)


@pytest.fixture
def place(service_on_each: Service) -> Iterator[Place]:
    made = Place(service_on_each, make_member(service_on_each.runtime, unique("hub")).hub)
    yield made
    made.audit()


def verified(place: Place, signed: bytes | JsonObject) -> Report:
    return verifying.verify_uploaded(place.resources, signed)


def test_a_partner_is_in_the_list_with_proofs_until_the_hub_ends_it(place: Place) -> None:
    assert partner_lists.published(place.resources, place.hub).version == 0
    place.add()
    place.add(BALTIC)

    assert {one.name for one in place.proved().issuers.values()} == {NORDIC.name, BALTIC.name}

    place.end()

    assert set(place.proved().issuers) == {BALTIC.did}
    assert partner_lists.published(place.resources, place.hub).version == 3

    place.end(BALTIC)

    assert place.proved().issuers == {}


def test_an_endorsement_is_an_open_badge_endorsement_of_the_partner(place: Place) -> None:
    made = place.add()

    document = jsontypes.parse_object(made.signed)

    assert document["type"] == ["VerifiableCredential", "EndorsementCredential"]
    assert document["id"] == partners.address_of(place.hub, made.stored.endorsement_id)
    assert document["credentialSubject"] == {
        "id": NORDIC.did,
        "type": ["EndorsementSubject"],
        "name": NORDIC.name,
        "endorsementComment": NORDIC.comment,
    }
    said = made.endorsement
    assert said.valid_until - said.valid_from == partners.VALIDITY


def test_an_endorsement_ends_when_the_hub_says(place: Place) -> None:
    until = place.service.clock().replace(microsecond=0) + timedelta(days=30)

    assert place.add(replace(NORDIC, until=until)).endorsement.valid_until == until


def test_a_partner_that_ended_can_be_added_again(place: Place) -> None:
    first = place.add()
    place.end()
    second = place.add(replace(NORDIC, name="Nordic Coders AS"))

    assert first.stored.endorsement_id != second.stored.endorsement_id
    assert place.proved().issuers[NORDIC.did].name == "Nordic Coders AS"


def test_what_cannot_be_is_refused_and_nothing_is_recorded(place: Place) -> None:
    place.add()
    past = place.service.clock() - timedelta(days=1)

    with pytest.raises(PartnerExistsError):
        place.add(replace(NORDIC, name="Another name"))
    with pytest.raises(PartnerNotFoundError):
        place.end(BALTIC)
    with pytest.raises(InvalidClaimError, match="himself"):
        place.add(replace(BALTIC, did=place.hub.did))
    with pytest.raises(InvalidClaimError):
        place.add(replace(BALTIC, until=past))
    with pytest.raises(InvalidClaimError, match="a letter or a digit"):
        place.add(replace(BALTIC, name="\u2060"))

    assert partner_lists.published(place.resources, place.hub).version == 1


def test_a_list_has_an_end(service: Service) -> None:
    place = Place(service, make_member(service.runtime, unique("hub")).hub)
    for number in range(MAX_PARTNERS):
        place.add(NewPartner(did=f"did:web:p{number}.example", name=f"Partner {number}"))

    with pytest.raises(TooManyPartnersError):
        place.add()
    assert len(place.proved().issuers) == MAX_PARTNERS

    place.end(NewPartner(did="did:web:p7.example", name=""))
    place.add()


def interrupted(place: Place, what: Interruption) -> Place:
    """Let something happen whenever an endorsement gets its id, or the clock is read."""

    def clock() -> object:
        what()
        return place.service.clock()

    resources = place.service.with_resources(clock=clock)
    return Place(
        replace(place.service, runtime=replace(place.service.runtime, resources=resources)),
        place.hub,
    )


def test_two_that_change_the_list_at_once_both_count(place: Place) -> None:
    def another() -> None:
        place.add(BALTIC)

    interrupted(place, Interruption(another)).add()

    assert set(place.proved().issuers) == {NORDIC.did, BALTIC.did}

    interrupted(place, Interruption(lambda: place.end(BALTIC))).end()

    assert place.proved().issuers == {}


def test_whoever_is_always_too_late_is_told(place: Place) -> None:
    def churn() -> None:
        place.add(BALTIC)
        place.end(BALTIC)

    place.add()
    busy = interrupted(place, Interruption(churn, times=100))

    with pytest.raises(ContendedError):
        busy.add(replace(NORDIC, did="did:web:other.example"))
    with pytest.raises(ContendedError):
        busy.end()


def test_one_endorsement_is_found_by_its_address_until_it_ends(place: Place) -> None:
    made = place.add()
    found = partners.endorsement(place.resources, place.hub, made.stored.endorsement_id)
    assert found.signed == made.signed

    place.end()

    with pytest.raises(EndorsementGoneError):
        partners.endorsement(place.resources, place.hub, made.stored.endorsement_id)
    with pytest.raises(EndorsementNotFoundError):
        partners.endorsement(place.resources, place.hub, "none")


def ledger_code(report: Report) -> str:
    return next(one.code for one in report.checks if one.check is Check.LEDGER)


def test_an_endorsement_that_is_uploaded_is_valid_until_it_ends(place: Place) -> None:
    made = place.add()

    report = verified(place, made.signed)

    assert report.verdict is Verdict.VALID
    assert report.ledger is not None
    assert report.ledger.seq == made.stored.seq
    assert report.status is Standing.ACTIVE

    place.end()
    report = verified(place, made.signed)

    assert (report.verdict, report.status) == (Verdict.REVOKED, Standing.REVOKED)
    assert ledger_code(report) == "passed"


def test_an_endorsement_that_a_stolen_key_signed_is_in_no_ledger(place: Place) -> None:
    made = place.add()
    document = jsontypes.parse_object(made.signed)
    del document["proof"]
    now = place.service.clock()
    key = place.resources.keyring.issuing_key(place.hub.number, DEFAULT.key_type, now)
    maker = DataIntegrityForm(DEFAULT, place.resources.suite)
    lies: tuple[JsonObject, ...] = (
        {"name": "Another"},
        {"id": made.endorsement.id + "x"},
        {"id": "https://elsewhere.example/1"},
    )
    for lie in lies:
        forged = maker.make(document | lie, key, now)
        report = verified(place, forged.signed)
        assert (report.verdict, ledger_code(report)) == (Verdict.INVALID, "not-in-ledger")


def test_before_it_is_under_a_checkpoint_nothing_is_known_of_an_endorsement(place: Place) -> None:
    made = place.add()
    document = jsontypes.parse_object(made.signed)
    later = replace(made.stored, seq=made.stored.seq + 1000)

    lookup = OwnEndorsements(place.resources, _Nowhere())
    with pytest.raises(LedgerNotReachedError):
        lookup.position((later,), jsontypes.digest(document))


class _Nowhere:
    def find(self, _credential: JsonObject, _digest: bytes) -> None:
        return None


def test_the_lookup_of_endorsements_leaves_others_alone(place: Place) -> None:
    lookup = OwnEndorsements(place.resources, _Nowhere())
    stranger: JsonObject = {"type": "EndorsementCredential", "issuer": "did:web:a.example"}

    assert lookup.find({"type": "OpenBadgeCredential"}, bytes(32)) is None
    assert lookup.find(stranger, bytes(32)) is None


def said_of(place: Place, **changes: object) -> PartnersChanged:
    values = PartnersChanged(
        change=PartnerChange.ADDED,
        endorsement=partners.address_of(place.hub, "e"),
        digest=jsontypes.digest({}),
        in_force=digest_of_list([jsontypes.digest({})]),
        version=1,
        at=place.service.clock(),
    )
    return replace(values, **changes)  # type: ignore[arg-type]  # a test may name any member


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"version": 2}, ("partner_change", "version")),
        ({"change": PartnerChange.ENDED}, ("partner_change", "change")),
        ({"endorsement": "https://a.example/"}, ("partner_change", "endorsement_id")),
        ({"digest": bytes(32)}, ("partner_change", "document")),
        ({"in_force": bytes(32)}, ("ledger_entry", "entry")),
    ],
    ids=["version", "change", "endorsement", "digest", "list"],
)
def test_t81_an_entry_that_says_something_else_than_its_row_is_found(
    service_on_each: Service, changes: dict[str, object], found: tuple[str, str]
) -> None:
    place = Place(service_on_each, make_member(service_on_each.runtime, unique("hub")).hub)
    row = partner_store.insert_of(
        place.hub.number,
        version=1,
        change=PartnerChange.ADDED,
        endorsement_id="e",
        document=b"{}",
        changed_at=place.service.clock(),
        entry=0,
    )
    entry = PendingEntry(kind=Kind.ENDORSEMENT, public=said_of(place, **changes).payload())

    place.resources.sequencer.submit(Unit(hub=place.hub.number, entries=(entry,), inserts=(row,)))

    with pytest.raises(LedgerFaultError) as caught:
        place.audit()
    assert (caught.value.table, caught.value.column) == found


def test_an_endorsement_is_ended_once(place: Place) -> None:
    made = place.add()
    place.end()
    again = partner_store.insert_of(
        place.hub.number,
        version=3,
        change=PartnerChange.ENDED,
        endorsement_id=made.stored.endorsement_id,
        document=None,
        changed_at=place.service.clock(),
        entry=0,
    )
    entry = PendingEntry(kind=Kind.ENDORSEMENT, public=said_of(place).payload())

    with pytest.raises(ConflictError):
        place.resources.sequencer.submit(
            Unit(hub=place.hub.number, entries=(entry,), inserts=(again,))
        )


def test_the_changes_of_a_hub_are_its_own(place: Place) -> None:
    place.add()
    with place.resources.store.read() as tx:
        changes = tx.partners.all_changes(place.hub.number)
        others = tx.partners.all_changes(place.service.other.hub.number)

    assert [one.version for one in changes] == [1]
    assert all(one.hub == place.service.other.hub.number for one in others)
