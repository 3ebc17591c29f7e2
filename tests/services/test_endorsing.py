"""What partners say of a hub and of its achievements: proved, recorded, shown, withdrawn."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.ledger.endorsement_events import EndorsementChange
from credhub.services import api_keys, endorsements, endorsing, ledgers, partners
from credhub.services.api_keys import Caller, Scope
from credhub.services.audit import auditing
from credhub.services.endorsements import GivenEndorsement, State
from credhub.services.endorsing import NewConfirmation
from credhub.services.idempotency import Once
from credhub.services.partners import NewPartner
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from tests.running import Member, Service, make_member, publish, unique
from tests.services.sinks import endorsement
from tests.unit import factories
from tests.unit.factories import MemorySigner

WELDERS = MemorySigner(71)
STRANGER = MemorySigner(72)
COMMENT = "We hire whoever has this."


@dataclass(frozen=True)
class Place:
    """A hub with a partner that has a key of its own, on a service that others use too."""

    service: Service
    member: Member
    achievement_id: str

    @property
    def resources(self) -> Resources:
        return self.service.resources

    @property
    def hub(self) -> Hub:
        return self.member.hub

    @property
    def address(self) -> str:
        return endorsements.endorsed_address(self.hub, self.achievement_id)

    @property
    def software(self) -> Caller:
        return api_keys.authenticate(self.resources, self.member.token)

    def account(self, did: str = WELDERS.did) -> Caller:
        _, token = api_keys.create(
            self.resources, self.hub.number, label="a", scopes=[Scope.ENDORSE], partner=did
        )
        return api_keys.authenticate(self.resources, token)

    def once(self, key: str | None = None, **body: JsonValue) -> Once:
        return Once(
            self.resources, self.hub.number, route="test", key=key or unique("k"), body=body
        )

    def receive(
        self, sent: str | JsonObject | None = None, *, caller: Caller | None = None
    ) -> GivenEndorsement:
        return endorsing.receive(
            self.resources, caller or self.software, sent or self.signed(), self.once()
        )

    def confirm(self, caller: Caller | None = None, **changes: object) -> GivenEndorsement:
        said = replace(NewConfirmation(endorsed=self.address, comment=COMMENT), **changes)  # type: ignore[arg-type]  # a test may name any member
        return endorsing.confirm(self.resources, caller or self.account(), said, self.once())

    def withdraw(self, one: GivenEndorsement, *, partner: str | None = None) -> GivenEndorsement:
        return endorsing.withdraw(
            self.resources,
            self.hub,
            one.stored.endorsement_id,
            partner=partner,
            reason="Asked for.",
        )

    def signed(
        self, *, about: str | None = None, signer: MemorySigner = WELDERS, **changes: JsonValue
    ) -> JsonObject:
        return factories.signed(self.unsigned(about=about, signer=signer, **changes), signer=signer)

    def unsigned(
        self, *, about: str | None = None, signer: MemorySigner = WELDERS, **changes: JsonValue
    ) -> JsonObject:
        subject: JsonObject = {
            "id": about or self.address,
            "type": ["EndorsementSubject"],
            "endorsementComment": COMMENT,
        }
        identity = f"urn:example:{unique('endorsement')}"
        made = endorsement(signer.did, id=identity, credentialSubject=subject)
        return made | changes

    def shown(self) -> list[State]:
        found = endorsements.of_achievement(self.resources, self.hub, self.achievement_id)
        return [one.state for one in found]

    def audit(self) -> None:
        log = ledgers.newest_log(self.resources.store, self.hub)
        auditing.audit(self.resources.store, self.resources.keyring, log, advance=lambda _: None)


def make_place(service: Service) -> Place:
    member = make_member(service.runtime, unique("hub"))
    partners.add(service.resources, member.hub, NewPartner(did=WELDERS.did, name="Welders"))
    return Place(service, member, publish(service.client(member)))


@pytest.fixture
def place(service_on_each: Service) -> Iterator[Place]:
    made = make_place(service_on_each)
    yield made
    made.audit()


def test_what_a_partner_signed_is_kept_as_it_was_and_shown(place: Place) -> None:
    document = place.signed()

    made = place.receive(document)

    assert made.stored.document == canonical(document)
    assert (made.how, made.state, made.name) == (
        EndorsementChange.SIGNED,
        State.VALID,
        "Welders",
    )
    assert (made.endorsed, made.comment) == (place.address, COMMENT)
    assert place.shown() == [State.VALID]
    found = endorsements.published(place.resources, place.hub, made.stored.endorsement_id)
    assert found == made
