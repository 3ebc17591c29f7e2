"""Issuing: what another process may take meanwhile, and what is done then."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from secrets import token_bytes

import pytest
from sqlalchemy import update

from credhub import jsontypes
from credhub.credentials.draft import Evidence, Recipient, Result
from credhub.errors import (
    AchievementNotFoundError,
    ContendedError,
    IdempotencyKeyReusedError,
    InvalidClaimError,
    NoOpenLogError,
    SignatureError,
)
from credhub.public_key import KeyType
from credhub.services import issuing, ledgers, preparing, reading, receipts, status_lists
from credhub.services.keyring import HubKeys, IssuingKey
from credhub.services.resources import Randomness, Resources
from credhub.store.hubs import Hub, HubNumber
from credhub.store.status import StatusIndex
from credhub.store.tables import ledger_log, status_list
from tests.running import Interruption, Service, unique
from tests.services.erasing import erase_learner_of
from tests.services.ordering import hub_alone, issue, once, order, publish

DRAW = 32
CODE = 17


def place_of(resources: Resources, hub: HubNumber, credential_id: str) -> StatusIndex:
    with resources.store.read() as tx:
        (place,) = tx.status.entries_of(hub, credential_id)
    return place


def drawing(*indexes: int, before_code: Interruption | None = None) -> Randomness:
    """Give randomness whose first draws of status indexes are these, the last one for ever.

    Args:
        indexes: What is drawn. A learner's key has as many bytes and takes the next one.
        before_code: Done when the code is made: after the survey, before the unit is submitted.
    """
    left = list(indexes)

    def random(size: int) -> bytes:
        if size == CODE and before_code is not None:
            before_code()
        if size != DRAW:
            return token_bytes(size)
        index = left.pop(0) if len(left) > 1 else left[0]
        return index.to_bytes(4, "big") * 8

    return random


def test_an_issued_credential_is_as_ordered(service: Service) -> None:
    hub = service.one.hub
    made = issue(
        service.resources,
        hub.number,
        recipient=Recipient(name="Zoë", email="Zoe@mail.example", did="did:example:zoe"),
        evidence=(Evidence(narrative="I did it."),),
        results=(Result(value="87"),),
        awarded_at=service.clock.now.replace(microsecond=0),
    )

    opened = reading.by_id(service.resources, hub.number, made)

    document = jsontypes.parse_object(opened.signed)
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    assert document["id"] == opened.address == preparing.address_of(hub, opened.credential.code)
    assert (subject["name"], subject["id"]) == ("Zoë", "did:example:zoe")
    assert b"mail.example" not in opened.signed
    assert {"evidence", "awardedDate"} <= document.keys()
    assert "result" in subject


def test_an_unknown_achievement_is_not_issued(service: Service) -> None:
    with pytest.raises(AchievementNotFoundError):
        issue(service.resources, service.one.hub.number, "nothing")


def test_an_achievement_of_another_hub_is_not_issued(service: Service) -> None:
    foreign = publish(service.resources, service.other.hub.number).achievement_id

    with pytest.raises(AchievementNotFoundError):
        issue(service.resources, service.one.hub.number, foreign)


def test_an_index_that_another_took_meanwhile_is_drawn_again(service_on_each: Service) -> None:
    hub, resources = hub_alone(service_on_each), service_on_each.resources
    achievement = publish(resources, hub).achievement_id
    rivals: list[str] = []
    rival = service_on_each.with_resources(random=drawing(1001))
    meanwhile = Interruption(lambda: rivals.append(issue(rival, hub, achievement)))
    mine = service_on_each.with_resources(random=drawing(1001, 1002, before_code=meanwhile))

    made = issue(mine, hub, achievement)

    assert place_of(resources, hub, rivals[0]).index == 1001
    assert place_of(resources, hub, made).index == 1002


def test_after_twenty_lost_races_the_caller_is_told_to_come_back(service: Service) -> None:
    hub, resources = hub_alone(service), service.resources
    achievement = publish(resources, hub).achievement_id
    indexes = [index for index in range(2000, 2000 + issuing.ATTEMPTS) for _ in ("list", "key")]
    rival = service.with_resources(random=drawing(*indexes))
    meanwhile = Interruption(lambda: issue(rival, hub, achievement), times=issuing.ATTEMPTS)
    mine = service.with_resources(random=drawing(*indexes, before_code=meanwhile))

    with pytest.raises(ContendedError):
        issue(mine, hub, achievement)


def test_the_next_status_list_is_opened_when_no_place_is_found(service_on_each: Service) -> None:
    hub, resources = service_on_each.other.hub.number, service_on_each.resources
    achievement = publish(resources, hub).achievement_id
    same = service_on_each.with_resources(random=drawing(7))

    first, second = issue(same, hub, achievement), issue(same, hub, achievement)

    before, after = place_of(resources, hub, first), place_of(resources, hub, second)
    assert (before.index, after.index) == (7, 7)
    assert after.list == before.list + 1
    url = status_lists.address_of(service_on_each.other.hub, after.list)
    version = status_lists.newest(resources, service_on_each.other.hub, after.list)
    assert jsontypes.parse_object(version.document)["id"] == url


def test_when_two_open_the_next_list_one_serves_both(fresh_service: Service) -> None:
    hub, resources = fresh_service.one.hub, fresh_service.resources
    meanwhile = Interruption(lambda: status_lists.open_next(resources, hub, "revocation"))

    def clock() -> datetime:
        meanwhile()
        return fresh_service.clock()

    mine = fresh_service.with_resources(clock=clock)
    status_lists.open_next(mine, hub, "revocation")

    with resources.store.read() as tx:
        assert [entry.list for entry in tx.status.lists(hub.number)] == [1, 2]


def test_two_requests_for_one_new_learner_make_one_learner(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub.number, service_on_each.resources
    achievement = publish(resources, hub).achievement_id
    recipient = Recipient(name="Noor", external_id=unique("student"))

    def give(_: int) -> str:
        made = issue(resources, hub, achievement, recipient=recipient)
        return reading.by_id(resources, hub, made).credential.learner_id

    with ThreadPoolExecutor(8) as pool:
        learners = set(pool.map(give, range(16)))

    assert len(learners) == 1


def test_a_learner_is_found_by_the_hubs_id_before_the_address(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    achievement = publish(resources, hub).achievement_id
    student, email = unique("student"), f"{unique('a')}@mail.example"

    def learner(**recipient: str) -> str:
        named = Recipient(name="Noor", **recipient)
        made = issue(resources, hub, achievement, recipient=named)
        return reading.by_id(resources, hub, made).credential.learner_id

    both = learner(external_id=student, email=email)

    assert learner(external_id=student) == both
    assert learner(email=email.upper()) == both
    assert learner(external_id=unique("student"), email=email) != both
    assert learner() != learner()


@pytest.mark.parametrize("name", ["email", "external_id"])
def test_an_erased_learner_who_comes_back_is_another_one(service: Service, name: str) -> None:
    hub, resources = service.one.hub.number, service.resources
    recipient = Recipient(name="Noor", **{name: f"{unique('a')}@mail.example"})
    first = issue(resources, hub, recipient=recipient)
    erase_learner_of(service, first)

    second = issue(resources, hub, recipient=recipient)

    with resources.store.read() as tx:
        made = [tx.credentials.by_id(hub, one) for one in (first, second)]
    assert len({one.learner_id for one in made if one is not None}) == 2


def test_a_list_that_was_closed_is_followed_by_the_next(fresh_service: Service) -> None:
    hub, resources = fresh_service.one.hub.number, fresh_service.resources
    achievement = publish(resources, hub).achievement_id
    closed = update(status_list).where(status_list.c.hub_id == hub).values(closed_ms=1)
    with resources.store.connect_to_write() as connection:
        connection.execute(closed)

    made = issue(resources, hub, achievement)

    assert place_of(resources, hub, made).list == 2


def test_a_frozen_log_takes_no_credential(fresh_service: Service) -> None:
    hub, resources = fresh_service.one.hub, fresh_service.resources
    achievement = publish(resources, hub.number).achievement_id
    frozen = update(ledger_log).where(ledger_log.c.hub_id == hub.number).values(frozen_ms=1)
    with resources.store.connect_to_write() as connection:
        connection.execute(frozen)
    impatient = fresh_service.another_sequencer(log_waits=0)

    with pytest.raises(NoOpenLogError):
        issue(fresh_service.with_resources(sequencer=impatient), hub.number, achievement)
    assert ledgers.newest_log(resources.store, hub).frozen_at is not None
    impatient.close()


def test_t61_the_same_key_gives_the_same_credential(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub.number, service_on_each.resources
    what = order(publish(resources, hub).achievement_id)
    key = unique("key")

    made = {
        issuing.issue(resources, hub, what, once(resources, hub, key=key, body={"a": 1}))
        for _ in range(3)
    }

    assert len(made) == 1


def test_t61_the_same_key_with_another_body_is_refused(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub.number, service_on_each.resources
    what = order(publish(resources, hub).achievement_id)
    key = unique("key")
    issuing.issue(resources, hub, what, once(resources, hub, key=key, body={"a": 1}))

    with pytest.raises(IdempotencyKeyReusedError):
        issuing.issue(resources, hub, what, once(resources, hub, key=key, body={"a": 2}))


def test_t61_the_same_key_of_another_hub_is_another_key(service_on_each: Service) -> None:
    resources, key = service_on_each.resources, unique("key")
    made = set()
    for member in (service_on_each.one, service_on_each.other):
        hub = member.hub.number
        what = order(publish(resources, hub).achievement_id)
        made.add(issuing.issue(resources, hub, what, once(resources, hub, key=key)))

    assert len(made) == 2


def test_t61_fifty_at_once_make_one_credential(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub.number, service_on_each.resources
    what = order(publish(resources, hub).achievement_id)
    key = unique("key")
    with resources.store.read() as tx:
        before = len(tx.credentials.page(hub, limit=10_000))

    def give(_: int) -> str:
        opened = issuing.issue(resources, hub, what, once(resources, hub, key=key))
        return opened.credential.credential_id

    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(give, range(50)))

    with resources.store.read() as tx:
        assert len(tx.credentials.page(hub, limit=10_000)) == before + 1
    assert len(made) == 1


def test_a_claim_that_cannot_be_signed_makes_nothing(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    what = order(
        publish(resources, hub).achievement_id, valid_until=service.clock.now.replace(year=2020)
    )
    key = unique("key")

    with pytest.raises(InvalidClaimError):
        issuing.issue(resources, hub, what, once(resources, hub, key=key))

    with resources.store.read() as tx:
        assert once(resources, hub, key=key).made(tx) is None


class WrongSigner:
    """A signer whose signatures are not by its public key, as a broken device makes them."""

    key_type = KeyType.ED25519

    def __init__(self, public_key: bytes) -> None:
        self.public_key = public_key

    def sign(self, message: bytes) -> bytes:
        return bytes(64) if message else b""


class OtherKeyring:
    """The keyring of a service whose issuing device is broken."""

    def __init__(self, keys: HubKeys) -> None:
        self._keys = keys

    def of(self, number: HubNumber) -> HubKeys:
        assert number == self._keys.hub.number
        return self._keys

    def issuing_key(self, number: HubNumber, key_type: KeyType, at: datetime) -> IssuingKey:
        key = self.of(number).issuing(key_type, at)
        assert key is not None
        return key


def test_a_signature_that_does_not_verify_never_leaves(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    achievement = publish(resources, hub).achievement_id
    keys = resources.keyring.of(hub)
    (key,) = keys.issuing_keys
    broken = replace(key, signer=WrongSigner(key.signer.public_key))
    mine = service.with_resources(keyring=OtherKeyring(replace(keys, issuing_keys=(broken,))))
    with resources.store.read() as tx:
        before = tx.ledger.head(hub, "2026").size

    with pytest.raises(SignatureError):
        issue(mine, hub, achievement)

    with resources.store.read() as tx:
        assert tx.ledger.head(hub, "2026").size == before


def test_every_ledger_stands_the_audit(service_on_each: Service) -> None:
    issue(service_on_each.resources, service_on_each.one.hub.number)

    hubs: set[Hub] = {service_on_each.one.hub, service_on_each.other.hub}
    with service_on_each.resources.store.read() as tx:
        logs = tx.ledger.all_logs()
        sizes = [tx.ledger.audit(log).size for log in logs]

    assert {log.hub for log in logs} >= {hub.number for hub in hubs}
    assert min(sizes) > 0


def test_a_receipt_from_memory_is_the_one_from_the_rows(service_on_each: Service) -> None:
    resources, hub = service_on_each.resources, service_on_each.one.hub.number
    achievement = publish(resources, hub).achievement_id

    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(
                lambda _: issuing.issue(resources, hub, order(achievement), once(resources, hub)),
                range(40),
            )
        )

    for opened in made:
        assert opened.receipt is not None
        read = reading.by_id(resources, hub, opened.credential.credential_id)
        assert opened.receipt == receipts.of(resources, read)
