"""What is remembered of checkpoints without a quorum: for a second, and never more than room."""

from datetime import datetime, timedelta

import pytest

from credhub.errors import QuorumNotMetError
from credhub.ledger.note import VerifierKey
from credhub.ledger.policy import Policy
from credhub.services import quorums, readiness
from credhub.services.receipts import of_public
from credhub.services.resources import Resources
from credhub.services.unmet_quorums import MOST_SIZES, UnmetQuorums
from credhub.store.hubs import Hub, HubNumber
from tests.running import START, Service, make_member, unique
from tests.services.test_quorums import POLICY, TIME, grown, seen

ONE, LOG = HubNumber(1), "2026"


class Standing:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("moved", "is_known"), [(0, True), (0.999, True), (1, False), (3600, False), (-0.001, False)]
)
def test_a_checkpoint_without_a_quorum_is_remembered_for_a_second(
    moved: float,
    is_known: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    clock = Standing()
    unmet = UnmetQuorums(clock)
    unmet.of(POLICY, ONE, LOG).add(7)

    clock.move(moved)

    assert (7 in unmet.of(POLICY, ONE, LOG)) is is_known


def test_being_asked_again_makes_nothing_be_remembered_for_longer() -> None:
    clock = Standing()
    unmet = UnmetQuorums(clock)
    for _ in range(4):
        unmet.of(POLICY, ONE, LOG).add(7)
        clock.move(0.4)

    assert 7 not in unmet.of(POLICY, ONE, "2027")
    clock.move(0.6)
    assert 7 not in unmet.of(POLICY, ONE, LOG)


def test_what_is_remembered_is_of_one_log_and_one_policy() -> None:
    unmet = UnmetQuorums(Standing())
    unmet.of(POLICY, ONE, LOG).add(7)

    assert 7 not in unmet.of(POLICY, HubNumber(2), LOG)
    assert 7 not in unmet.of(POLICY, ONE, "2027")
    assert 8 not in unmet.of(POLICY, ONE, LOG)
    assert 7 in unmet.of(POLICY, ONE, LOG)
    assert 7 not in unmet.of(Policy(), ONE, LOG)


def test_no_more_is_remembered_than_there_is_room_for() -> None:
    unmet = UnmetQuorums(Standing(), most=2)
    for size in range(MOST_SIZES + 10):
        unmet.of(POLICY, ONE, LOG).add(size)
    assert len(unmet.of(POLICY, ONE, LOG).sizes) == MOST_SIZES

    for label in ("2027", "2028"):
        unmet.of(POLICY, ONE, label).add(1)

    assert 1 in unmet.of(POLICY, ONE, "2027")
    assert unmet.of(POLICY, ONE, LOG).sizes == set()


@pytest.fixture
def clock() -> Standing:
    return Standing()


@pytest.fixture
def asking(service_on_each: Service, clock: Standing) -> Resources:
    return service_on_each.with_resources(witness_policy=POLICY, unmet_quorums=UnmetQuorums(clock))


@pytest.fixture
def hub(service_on_each: Service) -> Hub:
    return make_member(service_on_each.runtime, unique("hub")).hub


def test_a_quorum_that_comes_is_in_receipts_after_a_second_and_none_is_wrong_before(
    asking: Resources, clock: Standing, hub: Hub
) -> None:
    target = grown(asking, hub)
    seen(asking, target, north=TIME)
    key = VerifierKey.parse(target.log.vkey)

    def note() -> str:
        return of_public(asking, hub.number, target.log.log, 0).checkpoint

    def entry() -> str:
        with asking.store.read() as tx:
            found = quorums.covering(
                tx, POLICY, hub.number, target.log.log, target.size - 1, unmet=asking.unmet_quorums
            )
        assert found is not None
        return found[1]

    with pytest.raises(QuorumNotMetError):
        POLICY.check(entry(), logs=[key])
    seen(asking, target, south=TIME)
    # The first checkpoint over it is the one that was looked at, so its new line is there.
    assert POLICY.check(entry(), logs=[key]).checkpoint.size == target.size
    with pytest.raises(QuorumNotMetError):
        POLICY.check(note(), logs=[key])

    clock.move(1)

    for one in (entry(), note()):
        assert POLICY.check(one, logs=[key]).checkpoint.size == target.size


def test_readiness_looks_at_no_checkpoint_twice_in_a_second(
    asking: Resources, clock: Standing, hub: Hub
) -> None:
    target = grown(asking, hub)
    seen(asking, target, north=TIME)
    readiness.warnings(asking)

    assert target.size in asking.unmet_quorums.of(POLICY, hub.number, target.log.log)
    seen(asking, target, south=TIME)

    def quorum() -> int:
        with asking.store.read() as tx:
            return quorums.of_log(tx, POLICY, target.log, unmet=asking.unmet_quorums).size

    assert quorum() == 0
    clock.move(1)
    assert quorum() == target.size
