"""T91: bits follow from rows, so no revocation is lost, whoever publishes at the same time."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise
from random import Random

import pytest

from credhub import jsontypes
from credhub.errors import AlreadyRevokedError, ContendedError, StatusListNotFoundError
from credhub.proofs import data_integrity
from credhub.proofs.signer import key_of
from credhub.services import revoking, status_lists
from credhub.services.resources import Resources
from credhub.status import bitstring
from credhub.store.hubs import Hub, HubNumber
from credhub.store.status import StatusIndex
from tests.running import Interruption, Service
from tests.services.ordering import issue, publish

REVOKED = 120
THREADS = 8
MAX_BYTES = 4 * 2**20


def place_of(resources: Resources, hub: HubNumber, credential_id: str) -> StatusIndex:
    with resources.store.read() as tx:
        (place,) = tx.status.entries_of(hub, credential_id)
    return place


def published_bits(resources: Resources, hub: Hub, number: int) -> bytes:
    document = jsontypes.parse_object(status_lists.newest(resources, hub, number).document)
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    return bitstring.decode(str(subject["encodedList"]), max_bytes=MAX_BYTES)


def popcount(bits: bytes) -> int:
    return int.from_bytes(bits, "big").bit_count()


def revoke(resources: Resources, hub: HubNumber, credential_id: str) -> None:
    revoking.revoke(resources, hub, credential_id, actor="test", reason="annulled")


def versions(resources: Resources, hub: HubNumber) -> int:
    with resources.store.read() as tx:
        newest = tx.status.latest_version(hub, 1)
    return 0 if newest is None else newest.version


def test_t91_every_one_of_many_revocations_at_once_is_published(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub, service_on_each.resources
    achievement = publish(resources, hub.number).achievement_id
    with ThreadPoolExecutor(THREADS) as pool:
        made = list(
            pool.map(lambda _: issue(resources, hub.number, achievement), range(REVOKED + 20))
        )
        status_lists.publish(resources, hub, 1)
        before = popcount(published_bits(resources, hub, 1))
        revoked, kept = made[:REVOKED], made[REVOKED:]

        def end(credential_id: str) -> None:
            revoke(resources, hub.number, credential_id)
            if int(credential_id[-1], 16) % 8 == 0:
                status_lists.publish(resources, hub, 1)

        list(pool.map(end, revoked))
    status_lists.publish(resources, hub, 1)

    bits = published_bits(resources, hub, 1)
    assert popcount(bits) == before + REVOKED
    for credential_id in revoked:
        assert bitstring.bit(bits, place_of(resources, hub.number, credential_id).index)
    for credential_id in kept:
        assert not bitstring.bit(bits, place_of(resources, hub.number, credential_id).index)


def test_t91_no_two_credentials_have_one_place(service_on_each: Service) -> None:
    hub, resources = service_on_each.other.hub, service_on_each.resources
    achievement = publish(resources, hub.number).achievement_id

    with ThreadPoolExecutor(THREADS) as pool:
        made = list(pool.map(lambda _: issue(resources, hub.number, achievement), range(64)))

    places = [place_of(resources, hub.number, credential_id) for credential_id in made]
    assert len({(place.list, place.index) for place in places}) == len(made)


def test_t91_draws_are_even_over_the_whole_list() -> None:
    random = Random(1)  # noqa: S311 - the same draws in every run
    parts, length = 64, bitstring.LENGTH

    draws = [index for _ in range(12_500) for index in status_lists.draw(random.randbytes, length)]

    assert len(draws) == 100_000
    assert 0 <= min(draws) < length // 1000
    assert length - length // 1000 < max(draws) < length
    expected = len(draws) / parts
    counted = Counter(index * parts // length for index in draws)
    chi_square = sum((counted[part] - expected) ** 2 / expected for part in range(parts))
    assert chi_square < 110  # 63 degrees of freedom: 1 in 5,000 of even sources is above
    # Neighbours say nothing of one another (T93).
    rising = sum(one < two for one, two in pairwise(draws))
    assert abs(rising - len(draws) / 2) < 1_000


def test_t91_a_publisher_that_lost_the_race_publishes_what_it_lacked(
    service_on_each: Service,
) -> None:
    hub, resources = service_on_each.one.hub, service_on_each.resources
    achievement = publish(resources, hub.number).achievement_id
    made = [issue(resources, hub.number, achievement) for _ in range(3)]
    status_lists.publish(resources, hub, 1)
    before = versions(resources, hub.number)

    def another_process() -> None:
        revoke(resources, hub.number, made[1])
        status_lists.publish(resources, hub, 1)
        revoke(resources, hub.number, made[2])

    meanwhile = Interruption(another_process)
    revoke(resources, hub.number, made[0])
    status_lists.publish(_interrupted(service_on_each, meanwhile), hub, 1)

    bits = published_bits(resources, hub, 1)
    assert all(bitstring.bit(bits, place_of(resources, hub.number, one).index) for one in made)
    assert versions(resources, hub.number) == before + 2


def test_a_publisher_that_lost_the_race_for_the_same_has_nothing_left_to_do(
    service: Service,
) -> None:
    hub, resources = service.one.hub, service.resources
    made = issue(resources, hub.number)
    status_lists.publish(resources, hub, 1)
    before = versions(resources, hub.number)
    revoke(resources, hub.number, made)
    meanwhile = Interruption(lambda: status_lists.publish(resources, hub, 1))

    status_lists.publish(_interrupted(service, meanwhile), hub, 1)

    assert versions(resources, hub.number) == before + 1


def test_a_publisher_that_always_loses_says_so(service: Service) -> None:
    hub, resources = service.one.hub, service.resources
    achievement = publish(resources, hub.number).achievement_id
    left = [issue(resources, hub.number, achievement) for _ in range(status_lists.ATTEMPTS + 1)]

    def another_process() -> None:
        status_lists.publish(resources, hub, 1)
        revoke(resources, hub.number, left.pop())

    revoke(resources, hub.number, left.pop())
    meanwhile = Interruption(another_process, times=status_lists.ATTEMPTS)

    with pytest.raises(ContendedError):
        status_lists.publish(_interrupted(service, meanwhile), hub, 1)


def test_publishing_twice_publishes_once(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub, service_on_each.resources
    revoke(resources, hub.number, issue(resources, hub.number))
    status_lists.publish(resources, hub, 1)
    before = versions(resources, hub.number)

    for other, number in status_lists.all_lists(resources):
        status_lists.publish(resources, other, number)

    assert versions(resources, hub.number) == before


def test_a_list_is_published_again_before_it_is_old(fresh_service: Service) -> None:
    hub, resources = fresh_service.one.hub, fresh_service.resources
    first = status_lists.newest(resources, hub, 1)
    fresh_service.clock.move(hours=23)
    status_lists.publish(resources, hub, 1)
    assert status_lists.newest(resources, hub, 1) == first

    fresh_service.clock.move(hours=1)
    status_lists.publish(resources, hub, 1)

    second = status_lists.newest(resources, hub, 1)
    assert second.version == first.version + 1
    assert second.valid_from < first.valid_until
    assert second.valid_until - second.valid_from == status_lists.VALIDITY


def test_a_published_list_is_signed_by_the_hub_and_in_its_ledger(service: Service) -> None:
    hub, resources = service.one.hub, service.resources
    version = status_lists.newest(resources, hub, 1)
    document = jsontypes.parse_object(version.document)

    (key,) = resources.keyring.of(hub.number).issuing_keys
    chosen = data_integrity.issuer_proof(document, {resources.suite.name: resources.suite})
    data_integrity.verify(
        document,
        chosen.proof,
        suite=resources.suite,
        public_key=key_of(key.signer),
    )
    with resources.store.read() as tx:
        entry = tx.ledger.entry(hub.number, version.log, version.seq)
    assert entry is not None
    assert jsontypes.digest(document).hex().encode() in entry.entry


def test_a_list_that_is_not_there_is_neither_given_nor_published(service: Service) -> None:
    with pytest.raises(StatusListNotFoundError):
        status_lists.newest(service.resources, service.one.hub, 999)
    with pytest.raises(StatusListNotFoundError):
        status_lists.publish(service.resources, service.one.hub, 999)


def test_revoked_twice_is_revoked_once(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub.number, service_on_each.resources
    made = issue(resources, hub)
    outcomes: list[str] = []

    def end(_: int) -> None:
        try:
            revoke(resources, hub, made)
            outcomes.append("revoked")
        except AlreadyRevokedError as error:
            outcomes.append(error.code)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(end, range(THREADS)))

    assert Counter(outcomes) == {"revoked": 1, "already-revoked": THREADS - 1}


def _interrupted(service: Service, meanwhile: Interruption) -> Resources:
    """Give resources whose clock, read after the rows and before the unit, interrupts."""

    def clock() -> datetime:
        meanwhile()
        return service.clock()

    return service.with_resources(clock=clock)
