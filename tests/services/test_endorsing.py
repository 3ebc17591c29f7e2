"""What partners say of a hub and of its achievements: proved, recorded, shown, withdrawn."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from credhub.errors import (
    ContendedError,
    EndorsedAlreadyError,
    EndorsedNotFoundError,
    EndorsementGoneError,
    EndorsementNotFoundError,
    EndorsementNotProvedError,
    EndorsementRefusedError,
    EndorsementWithdrawnError,
    EndorserNotPartnerError,
    IdempotencyKeyReusedError,
    InvalidClaimError,
    NotAnAccountError,
    PartnerNotFoundError,
    ReceiptError,
)
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.ledger.endorsement_events import ChangedBy, EndorsementChange
from credhub.ledger.note import VerifierKey
from credhub.ledger.receipt import verify_receipt
from credhub.proofs import data_integrity, vc_jwt
from credhub.services import (
    access_tokens,
    api_keys,
    endorsements,
    endorsing,
    ledgers,
    partners,
    receipts,
    verifying,
)
from credhub.services.api_keys import Caller, Scope
from credhub.services.audit import auditing
from credhub.services.endorsements import GivenEndorsement, State
from credhub.services.endorsing import NewConfirmation
from credhub.services.idempotency import Once
from credhub.services.partners import NewPartner
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.verification.partner_list import MAX_CREDENTIAL
from credhub.verification.report import Endorsed, Verdict
from tests.running import (
    Interruption,
    Member,
    Service,
    achievement_body,
    code_of,
    issue,
    make_member,
    post,
    publish,
    unique,
)
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

    def token(self) -> str:
        return vc_jwt.sign(self.unsigned(), signer=WELDERS, verification_method=WELDERS.method)

    def envelope_of_nothing(self) -> JsonObject:
        return {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": "data:application/x-unknown,x",
        }

    def new_version(self) -> None:
        client = self.service.client(self.member)
        path = f"/v1/achievements/{self.achievement_id}/versions"
        post(client, path, achievement_body(name="Another name"))

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


def test_a_token_is_kept_as_it_was_signed(place: Place) -> None:
    token = place.token()

    made = place.receive(f" {token}\n")

    assert made.stored.document == token.encode()
    assert (made.state, made.comment) == (State.VALID, COMMENT)


@pytest.mark.parametrize("by_did", [True, False])
def test_the_hub_itself_is_endorsed_by_its_identifier_or_its_page(
    place: Place, *, by_did: bool
) -> None:
    page = f"{place.hub.base_url}/hubs/{place.hub.slug}"

    made = place.receive(place.signed(about=place.hub.did if by_did else page))

    assert (made.endorsed, made.is_of_hub) == (place.hub.did, True)
    assert len(endorsements.of_hub(place.resources, place.hub)) == 1
    assert place.shown() == []


def test_t02_whoever_is_no_partner_is_refused_and_nobody_is_asked(place: Place) -> None:
    strangers = place.signed(signer=STRANGER)

    with pytest.raises(EndorserNotPartnerError):
        place.receive(strangers)
    partners.add(place.resources, place.hub, NewPartner(did=STRANGER.did, name="Late"))

    assert place.receive(strangers).name == "Late"


def test_t02_a_partner_of_another_hub_is_no_partner_here(place: Place) -> None:
    partners.add(
        place.resources,
        make_member(place.service.runtime, unique("hub")).hub,
        NewPartner(did=STRANGER.did, name="Elsewhere"),
    )

    with pytest.raises(EndorserNotPartnerError):
        place.receive(place.signed(signer=STRANGER))


def test_t02_a_partner_that_was_ended_or_whose_time_is_over_endorses_no_more(
    place: Place,
) -> None:
    until = place.service.clock() + timedelta(hours=1)
    partners.add(place.resources, place.hub, NewPartner(did=STRANGER.did, name="S", until=until))
    partners.end(place.resources, place.hub, WELDERS.did)

    with pytest.raises(EndorserNotPartnerError):
        place.receive()

    place.service.clock.move(hours=2)
    with pytest.raises(EndorserNotPartnerError):
        place.receive(place.signed(signer=STRANGER))


def test_t01_a_key_that_is_not_the_partners_own_is_refused(place: Place) -> None:
    forged = factories.signed(place.unsigned(signer=WELDERS), signer=STRANGER)

    with pytest.raises(EndorsementRefusedError) as caught:
        place.receive(forged)

    assert caught.value.check == "issuer-key-mismatch"


def test_t01_what_was_changed_after_it_was_signed_is_refused(place: Place) -> None:
    changed = place.signed() | {"validUntil": "2099-01-01T00:00:00Z"}

    with pytest.raises(EndorsementRefusedError):
        place.receive(changed)


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        ({"validUntil": "2026-11-02T00:00:00Z"}, "expired"),
        ({"validFrom": "2098-11-02T00:00:00Z"}, "not-yet-valid"),
    ],
)
def test_what_is_not_in_force_is_refused(place: Place, dates: JsonObject, code: str) -> None:
    with pytest.raises(EndorsementRefusedError) as caught:
        place.receive(factories.signed(place.unsigned() | dates, signer=WELDERS))

    assert caught.value.check == code


def test_t32_more_than_five_proofs_are_refused_and_five_are_not(place: Place) -> None:
    body = place.unsigned()
    proofs: list[JsonValue] = []
    for minute in range(6):
        one = data_integrity.sign(
            body,
            suite=factories.suite(),
            signer=WELDERS,
            verification_method=WELDERS.method,
            created=factories.NOON - timedelta(minutes=minute),
        )["proof"]
        proofs += one if isinstance(one, list) else [one]

    with pytest.raises(EndorsementRefusedError):
        place.receive(body | {"proof": proofs})

    assert place.receive(body | {"proof": proofs[:5]}).state is State.VALID


def test_t32_what_is_too_long_is_refused_before_anything_is_checked(place: Place) -> None:
    with pytest.raises(InvalidClaimError):
        place.receive({"x": "y" * MAX_CREDENTIAL})
    with pytest.raises(InvalidClaimError):
        place.receive("e" * (MAX_CREDENTIAL + 1))


def test_what_is_no_endorsement_in_a_form_that_we_take_is_refused(place: Place) -> None:
    token = place.token()
    envelope: JsonObject = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+jwt,{token}",
    }

    with pytest.raises(InvalidClaimError):
        place.receive(envelope)
    with pytest.raises(InvalidClaimError):
        place.receive(place.signed(type=["VerifiableCredential"]))
    with pytest.raises(EndorsementRefusedError):
        place.receive("no token")
    with pytest.raises(EndorsementNotProvedError):
        place.receive({"type": "EnvelopedVerifiableCredential", **place.envelope_of_nothing()})
    with pytest.raises(InvalidClaimError, match="credentialStatus"):
        place.receive(place.signed() | {"credentialStatus": {"id": "https://a.example/1"}})


def test_an_unknown_cryptosuite_is_not_called_forged(place: Place) -> None:
    document = place.signed()
    proofs = document["proof"]
    one = proofs[0] if isinstance(proofs, list) else proofs
    assert isinstance(one, dict)

    with pytest.raises(EndorsementNotProvedError):
        place.receive(document | {"proof": one | {"cryptosuite": "tomorrow-2030"}})


def test_t55_what_is_about_another_hub_is_not_found(place: Place) -> None:
    other = place.service.other
    theirs = publish(place.service.client(other))

    for about in (
        other.hub.did,
        endorsements.endorsed_address(other.hub, theirs),
        f"{place.address}x",
        "https://elsewhere.example/achievements/a",
    ):
        with pytest.raises(EndorsedNotFoundError):
            place.receive(place.signed(about=about))


def test_the_same_thing_is_endorsed_once_at_a_time_and_each_version_by_itself(
    place: Place,
) -> None:
    first = place.receive()
    with pytest.raises(EndorsedAlreadyError):
        place.receive()
    place.withdraw(first)
    again = place.receive()
    place.new_version()
    second = place.receive()

    versions = {again.stored.achievement_version, second.stored.achievement_version}
    assert versions == {1, 2}


def test_after_its_end_it_is_withdrawn_before_it_is_endorsed_anew(place: Place) -> None:
    soon = place.service.clock() + timedelta(hours=1)
    account = place.account()
    first = place.confirm(account, until=soon)
    place.service.clock.move(hours=2)

    assert place.shown() == [State.EXPIRED]
    with pytest.raises(EndorsedAlreadyError):
        place.confirm(account)
    place.withdraw(first, partner=account.partner)
    place.confirm(account)

    assert place.shown() == [State.VALID]


def test_what_was_withdrawn_cannot_be_handed_in_again(place: Place) -> None:
    document = place.signed()
    made = place.receive(document)
    place.withdraw(made, partner=WELDERS.did)

    with pytest.raises(EndorsedAlreadyError):
        place.receive(document)

    assert place.shown() == []


def test_t61_the_same_request_records_once(place: Place) -> None:
    once = place.once("same", a=1)
    document = place.signed()
    first = endorsing.receive(place.resources, place.software, document, once)
    again = endorsing.receive(place.resources, place.software, document, place.once("same", a=1))

    assert again == first
    with pytest.raises(IdempotencyKeyReusedError):
        endorsing.receive(place.resources, place.software, document, place.once("same", a=2))
    account = place.account()
    said = NewConfirmation(endorsed=place.hub.did)
    confirmed = [
        endorsing.confirm(place.resources, account, said, place.once("other")) for _ in range(2)
    ]
    assert confirmed[0] == confirmed[1]


def test_an_account_confirms_and_that_is_no_signature(place: Place) -> None:
    made = place.confirm()

    assert (made.how, made.state, made.comment) == (
        EndorsementChange.CONFIRMED,
        State.VALID,
        COMMENT,
    )
    assert b"proof" not in made.stored.document
    assert made.valid_until is not None


def test_only_an_account_confirms_and_only_for_its_partner(place: Place) -> None:
    with pytest.raises(NotAnAccountError):
        place.confirm(place.software)
    partners.add(place.resources, place.hub, NewPartner(did=STRANGER.did, name="S"))
    account = place.account(STRANGER.did)

    with pytest.raises(EndorserNotPartnerError):
        place.receive(caller=account)

    assert place.receive(place.signed(signer=STRANGER), caller=account).name == "S"


def test_an_account_ends_with_its_partner_but_may_still_withdraw(place: Place) -> None:
    account = place.account()
    made = place.confirm(account)
    partners.end(place.resources, place.hub, WELDERS.did)

    with pytest.raises(EndorserNotPartnerError):
        place.confirm(account)

    assert place.withdraw(made, partner=account.partner).state is State.WITHDRAWN


@pytest.mark.parametrize("scopes", [[Scope.READ], [Scope.ENDORSE, Scope.READ], []])
def test_an_account_does_nothing_but_endorse(place: Place, scopes: list[Scope]) -> None:
    with pytest.raises(InvalidClaimError):
        api_keys.create(
            place.resources, place.hub.number, label="a", scopes=scopes, partner=WELDERS.did
        )


def test_an_account_is_of_a_partner(place: Place) -> None:
    with pytest.raises(PartnerNotFoundError):
        place.account(STRANGER.did)


def test_an_access_token_of_an_account_is_bound_as_well(place: Place) -> None:
    key, secret = api_keys.create(
        place.resources, place.hub.number, label="a", scopes=[Scope.ENDORSE], partner=WELDERS.did
    )
    token = access_tokens.issue(place.resources, key.key_id, secret)

    caller = access_tokens.authenticate(place.resources, token.text)

    assert (caller.partner, caller.scopes) == (WELDERS.did, frozenset({"endorse"}))


@pytest.mark.parametrize("partner", [None, WELDERS.did])
def test_what_is_withdrawn_is_not_shown_and_says_who_and_why(
    place: Place, partner: str | None
) -> None:
    made = place.receive()
    done = place.withdraw(made, partner=partner)

    by = ChangedBy.HUB if partner is None else ChangedBy.PARTNER
    assert (done.state, done.reason, done.stored.withdrawn_by) == (
        State.WITHDRAWN,
        "Asked for.",
        by,
    )
    assert place.shown() == []
    with pytest.raises(EndorsementWithdrawnError):
        endorsements.published(place.resources, place.hub, made.stored.endorsement_id)
    with pytest.raises(EndorsementWithdrawnError):
        place.withdraw(made, partner=partner)


def test_another_partner_finds_and_withdraws_nothing_of_it(place: Place) -> None:
    made = place.receive()

    with pytest.raises(EndorsementNotFoundError):
        place.withdraw(made, partner=STRANGER.did)
    with pytest.raises(EndorsementNotFoundError):
        endorsements.find(
            place.resources, place.hub, made.stored.endorsement_id, endorser=STRANGER.did
        )

    assert place.shown() == [State.VALID]


def test_it_does_not_count_while_its_partner_is_none_and_counts_again(place: Place) -> None:
    place.receive()
    partners.end(place.resources, place.hub, WELDERS.did)
    (gone,) = endorsements.of_achievement(place.resources, place.hub, place.achievement_id)
    partners.add(place.resources, place.hub, NewPartner(did=WELDERS.did, name="New name"))
    (back,) = endorsements.of_achievement(place.resources, place.hub, place.achievement_id)

    assert (gone.state, gone.name) == (State.NOT_A_PARTNER, None)
    assert (back.state, back.name) == (State.VALID, "New name")


def interrupted(place: Place, what: Interruption) -> Place:
    """Let something happen whenever the clock is read."""

    def clock() -> object:
        what()
        return place.service.clock()

    resources = place.service.with_resources(clock=clock)
    runtime = replace(place.service.runtime, resources=resources)
    return replace(place, service=replace(place.service, runtime=runtime))


def test_two_at_once_both_count(place: Place) -> None:
    account = place.account()
    made = place.receive()
    during = Interruption(lambda: place.confirm(account, endorsed=place.hub.did))

    interrupted(place, during).withdraw(made)

    assert place.shown() == []
    assert len(endorsements.of_hub(place.resources, place.hub)) == 1


def test_whoever_is_always_too_late_is_told(place: Place) -> None:
    made = place.receive()
    account = place.account()

    def churn() -> None:
        place.withdraw(place.confirm(account, endorsed=place.hub.did))

    with pytest.raises(ContendedError):
        interrupted(place, Interruption(churn, times=1000)).withdraw(made)
    place.new_version()
    other = interrupted(place, Interruption(churn, times=1000))
    with pytest.raises(ContendedError):
        other.confirm(account)


def test_a_partner_is_added_once_and_ended_by_its_id(place: Place) -> None:
    new = NewPartner(did=STRANGER.did, name="S")
    first = partners.add(place.resources, place.hub, new, once=place.once("p"))
    again = partners.add(place.resources, place.hub, new, once=place.once("p"))

    assert again == first
    partners.end_by_id(place.resources, place.hub, first.stored.endorsement_id)
    with pytest.raises(EndorsementGoneError):
        partners.add(place.resources, place.hub, new, once=place.once("p"))
    with pytest.raises(EndorsementGoneError):
        partners.end_by_id(place.resources, place.hub, first.stored.endorsement_id)
    with pytest.raises(EndorsementNotFoundError):
        partners.end_by_id(place.resources, place.hub, "none")


def test_t83_a_receipt_of_the_ledger_proves_what_was_recorded(place: Place) -> None:
    first, second = place.receive(), place.receive(place.signed(about=place.hub.did))

    key = VerifierKey.parse(ledgers.newest_log(place.resources.store, place.hub).vkey)
    stored = first.stored
    receipt = receipts.of_public(place.resources, stored.hub, stored.log, stored.seq)

    verify_receipt(receipt, digest=first.stored.digest, keys=[key])
    with pytest.raises(ReceiptError):
        verify_receipt(receipt, digest=second.stored.digest, keys=[key])


@pytest.mark.parametrize("how", ["signed", "confirmed"])
def test_an_endorsement_makes_nothing_valid(place: Place, how: str) -> None:
    issued = issue(place.service.client(place.member), place.achievement_id)
    path = f"/v1/credentials/{issued['id']}/revocation"
    place.service.client(place.member).post(path, json={"reason": "A test."})
    before = verifying.verify_own(place.resources, code_of(issued)).report

    if how == "signed":
        place.receive()
    else:
        place.confirm()
    after = verifying.verify_own(place.resources, code_of(issued)).report

    assert before.verdict is after.verdict is Verdict.REVOKED
    assert before.partner_endorsements == ()
    (found,) = after.partner_endorsements
    assert (found.how, found.state, found.endorsed) == (how, "valid", Endorsed.ACHIEVEMENT)
    assert [one.code for one in before.checks] == [one.code for one in after.checks]


def test_a_credential_has_what_was_said_of_its_own_version_and_of_the_hub(place: Place) -> None:
    issued = issue(place.service.client(place.member), place.achievement_id)
    place.new_version()
    place.receive()
    place.receive(place.signed(about=place.hub.did))

    report = verifying.verify_own(place.resources, code_of(issued)).report

    assert [one.endorsed for one in report.partner_endorsements] == [Endorsed.ISSUER]
