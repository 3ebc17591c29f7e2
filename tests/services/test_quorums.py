"""Which of our checkpoints a quorum has seen, and since when."""

from datetime import UTC, datetime

import pytest

from credhub.errors import NoteError, PolicyError
from credhub.ledger.cosignature import WitnessKey, cosign
from credhub.ledger.note import MAX_SIGNATURES, VerifierKey, split_note
from credhub.ledger.policy import Policy
from credhub.ledger.policy_lines import Group, KnownWitness
from credhub.services import quorums, verifying, witnessing
from credhub.services.resources import Resources
from credhub.services.unmet_quorums import UnmetQuorums
from credhub.services.witnessing import Target
from credhub.store.cosignatures import StoredCosignature
from credhub.store.hubs import Hub
from tests.running import Clock, Service, make_member, unique
from tests.services.ordering import issue
from tests.unit.ledger.builder import KeyOf

NAMES = ("north", "south", "west")
KEYS = {name: WitnessKey(name=name, public_key=KeyOf(name).public_key) for name in NAMES}
POLICY = Policy(
    witnesses=tuple(KnownWitness(name=name, key=KEYS[name]) for name in NAMES),
    groups=(Group(name="two", threshold=2, members=NAMES),),
    quorum="two",
)
TIME = 1_800_000_000


@pytest.fixture
def resources(service_on_each: Service) -> Resources:
    return service_on_each.resources


@pytest.fixture
def hub(service_on_each: Service) -> Hub:
    return make_member(service_on_each.runtime, unique("hub")).hub


def grown(resources: Resources, hub: Hub) -> Target:
    """Let the log of a hub grow, and give its newest checkpoint."""
    issue(resources, hub.number)
    return next(one for one in witnessing.targets(resources.store) if one.log.hub == hub.number)


def seen(resources: Resources, target: Target, **times: int) -> None:
    """Record that witnesses saw a checkpoint, each at its time."""
    text, _ = split_note(target.note)
    for name, timestamp in times.items():
        line = cosign(text, key=KEYS[name], timestamp=timestamp, sign=KeyOf(name).sign)
        record(resources, target, name, line.text())


def record(resources: Resources, target: Target, name: str, line: str) -> None:
    stored = StoredCosignature(
        hub=target.log.hub,
        log=target.log.log,
        size=target.size,
        witness=KEYS[name].text(),
        line=line,
    )
    with resources.store.begin() as tx:
        tx.cosignatures.insert(stored)


def nothing_known() -> UnmetQuorums:
    return UnmetQuorums(Clock())


def quorum_of(resources: Resources, target: Target) -> quorums.Quorum:
    with resources.store.read() as tx:
        return quorums.of_log(tx, POLICY, target.log, unmet=nothing_known())


def covering(
    resources: Resources, target: Target, seq: int, policy: Policy = POLICY
) -> tuple[int, str]:
    with resources.store.read() as tx:
        found = quorums.covering(
            tx, policy, target.log.hub, target.log.log, seq, unmet=nothing_known()
        )
    assert found is not None
    return found


def test_a_quorum_is_complete_when_the_last_that_it_needs_has_seen_it(
    resources: Resources, hub: Hub
) -> None:
    target = grown(resources, hub)
    assert quorum_of(resources, target).size == 0

    seen(resources, target, north=TIME)
    assert quorum_of(resources, target).size == 0
    seen(resources, target, south=TIME + 60, west=TIME + 3600)

    quorum = quorum_of(resources, target)
    assert (quorum.size, quorum.pending_since) == (target.size, None)
    assert quorum.met_at == datetime.fromtimestamp(TIME + 60, UTC)


def test_the_newest_quorum_counts_not_the_newest_cosignature(
    resources: Resources, hub: Hub
) -> None:
    first = grown(resources, hub)
    seen(resources, first, north=TIME, south=TIME)
    second = grown(resources, hub)
    seen(resources, second, north=TIME)

    quorum = quorum_of(resources, second)

    assert quorum.size == first.size
    assert quorum.pending_since is not None


def test_a_receipt_takes_the_first_checkpoint_that_a_quorum_saw(
    resources: Resources, hub: Hub
) -> None:
    first = grown(resources, hub)
    seen(resources, first, north=TIME)
    second = grown(resources, hub)
    seen(resources, second, north=TIME, south=TIME)
    third = grown(resources, hub)
    seen(resources, third, north=TIME, south=TIME, west=TIME)
    key = VerifierKey.parse(first.log.vkey)

    size, note = covering(resources, first, 0)
    assert size == second.size
    assert POLICY.check(note, logs=[key]).checkpoint.size == size
    assert covering(resources, first, second.size)[0] == third.size


def test_without_a_quorum_the_first_checkpoint_serves_with_the_lines_that_are_there(
    resources: Resources, hub: Hub
) -> None:
    target = grown(resources, hub)
    seen(resources, target, north=TIME)

    size, note = covering(resources, target, target.size - 1)

    assert (size, note.count("\u2014")) == (target.size, 2)
    assert covering(resources, target, target.size - 1, Policy()) == (size, note)
    with resources.store.read() as tx:
        assert (
            quorums.covering(
                tx, POLICY, hub.number, target.log.log, target.size, unmet=nothing_known()
            )
            is None
        )
        assert quorums.covering(tx, POLICY, hub.number, "no log", 0, unmet=nothing_known()) is None


def test_the_report_shows_the_lines_of_known_witnesses_that_are_genuine(
    service_on_each: Service, hub: Hub
) -> None:
    asking = service_on_each.with_resources(witness_policy=POLICY)
    target = grown(asking, hub)
    seen(asking, target, north=TIME, south=TIME)
    with asking.store.read() as tx:
        (credential, *_) = tx.credentials.page(hub.number)

    def lines(resources: Resources) -> list[str]:
        ledger = verifying.verify_own(resources, credential.code).report.ledger
        assert ledger is not None
        return [line.split()[1] for line in ledger.cosignatures]

    assert sorted(lines(asking)) == ["north", "south"]
    assert lines(service_on_each.resources) == []

    text, _ = split_note(target.note)
    false = cosign(text + "x", key=KEYS["west"], timestamp=TIME, sign=KeyOf("west").sign)
    record(asking, target, "west", false.text())
    assert lines(asking) == []


def test_a_line_that_was_changed_in_the_database_is_no_quorum(
    resources: Resources, hub: Hub
) -> None:
    target = grown(resources, hub)
    text, _ = split_note(target.note)
    for name in ("north", "south"):
        false = cosign(text + "x", key=KEYS[name], timestamp=TIME, sign=KeyOf(name).sign)
        record(resources, target, name, false.text())

    assert quorum_of(resources, target).size == 0


def test_a_time_after_all_calendars_breaks_nothing(resources: Resources, hub: Hub) -> None:
    target = grown(resources, hub)

    seen(resources, target, north=2**63 - 1, south=2**63 - 1)

    assert quorum_of(resources, target).met_at == datetime.max.replace(microsecond=0, tzinfo=UTC)


def many_seeing(resources: Resources, target: Target, number: int) -> Policy:
    """Record that so many witnesses saw a checkpoint, and give the policy that needs them all."""
    text, _ = split_note(target.note)
    names = tuple(f"w{n}.example" for n in range(number))
    keys = {name: WitnessKey(name=name, public_key=KeyOf(name).public_key) for name in names}
    with resources.store.begin() as tx:
        for name, key in keys.items():
            line = cosign(text, key=key, timestamp=TIME, sign=KeyOf(name).sign)
            tx.cosignatures.insert(
                StoredCosignature(
                    hub=target.log.hub,
                    log=target.log.log,
                    size=target.size,
                    witness=key.text(),
                    line=line.text(),
                )
            )
    return Policy(
        witnesses=tuple(KnownWitness(name=name, key=key) for name, key in keys.items()),
        groups=(Group(name="all", threshold=number, members=names),),
        quorum="all",
    )


def test_a_checkpoint_has_room_for_the_lines_of_as_many_witnesses_as_are_allowed(
    resources: Resources, hub: Hub
) -> None:
    target = grown(resources, hub)
    policy = many_seeing(resources, target, witnessing.MOST_WITNESSES)

    witnessing.check_number(policy)

    with resources.store.read() as tx:
        assert quorums.of_log(tx, policy, target.log, unmet=nothing_known()).size == target.size


def test_a_checkpoint_that_more_witnesses_saw_is_served_with_the_lines_that_find_room(
    resources: Resources, hub: Hub
) -> None:
    target = grown(resources, hub)
    policy = many_seeing(resources, target, witnessing.MOST_WITNESSES + 1)

    _, note = covering(resources, target, target.size - 1, policy)

    assert len(split_note(note)[1]) == MAX_SIGNATURES
    with resources.store.read() as tx:
        assert quorums.of_log(tx, policy, target.log, unmet=nothing_known()).size == 0
    with pytest.raises(PolicyError, match="names 64 witnesses"):
        witnessing.check_number(policy)


def test_what_is_no_line_is_not_written_under_a_checkpoint(resources: Resources, hub: Hub) -> None:
    target = grown(resources, hub)

    with pytest.raises(NoteError):
        quorums.with_cosignatures(target.note, ["hello\n"])
    assert quorums.with_cosignatures(target.note, []) == target.note
