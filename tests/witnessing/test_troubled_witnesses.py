"""Witnesses that are down, slow or wrong: issuing goes on, and so do the other witnesses."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count

import pytest

from credhub.egress.client import Egress
from credhub.jobs.witnessing import WitnessAsker, WitnessStanding
from credhub.ledger.cosignature import WitnessKey, cosign
from credhub.ledger.note import SignatureLine, VerifierKey, split_note
from credhub.ledger.policy import Policy
from credhub.ledger.policy_lines import Group, KnownWitness
from credhub.services import ledgers, quorums, witnessing
from credhub.services.unmet_quorums import UnmetQuorums
from credhub.services.witnessing import Target
from tests.egress.peer import Peer, http, peer, saying
from tests.running import Service, issue
from tests.unit.ledger.builder import KeyOf

GOOD = KeyOf("good witness")
GOOD_KEY = WitnessKey(name="good.example", public_key=GOOD.public_key)
BAD_KEY = WitnessKey(name="bad.example", public_key=KeyOf("bad witness").public_key)

Talk = Callable[[bytes], bytes]


@dataclass
class Moments:
    """A monotonic clock that a test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def answering(talk: Talk) -> Iterator[Peer]:
    """Answer each request with what a function makes of it."""
    made: list[Peer] = []

    def reply(connection: socket.socket) -> None:
        connection.sendall(talk(made[0].requests[-1]))

    with peer(reply) as one:
        made.append(one)
        yield one


def cosigning(request: bytes) -> bytes:
    """Say yes to everything, as a good witness of a growing log would."""
    body = request.partition(b"\r\n\r\n")[2].decode()
    text, _ = split_note(body.partition("\n\n")[2])
    line = cosign(text, key=GOOD_KEY, timestamp=1_700_000_000, sign=GOOD.sign)
    return http(line.text().encode())


def with_the_wrong_key(request: bytes) -> bytes:
    return cosigning(request).replace(b"good.example", b"evil.example")


def with_a_false_signature(request: bytes) -> bytes:
    body = request.partition(b"\r\n\r\n")[2].decode()
    text, _ = split_note(body.partition("\n\n")[2])
    line = cosign(text + "x", key=BAD_KEY, timestamp=1, sign=KeyOf("bad witness").sign)
    return http(line.text().encode())


def known_by(*peers: tuple[WitnessKey, Peer]) -> Policy:
    return Policy(
        witnesses=tuple(
            KnownWitness(name=key.name, key=key, url=one.origin + "/") for key, one in peers
        ),
        groups=(Group(name="any", threshold=1, members=tuple(key.name for key, _ in peers)),),
        quorum="any",
    )


@dataclass
class Asking:
    """A loop over some witnesses of the first hub's log, on a clock of its own."""

    service: Service
    policy: Policy
    moments: Moments = field(default_factory=Moments)
    asker: WitnessAsker = field(init=False)

    def __post_init__(self) -> None:
        store = self.service.resources.store
        egress = Egress(configured=witnessing.addresses(self.policy))
        self.asker = WitnessAsker(
            store,
            witnessing.desks(store, egress, self.policy),
            clock=self.service.clock,
            on_evidence=self.service.resources.sequencer.hold_against,
            monotonic=self.moments,
        )

    @property
    def log_target(self) -> Target:
        hub = self.service.one.hub.number
        targets = witnessing.targets(self.service.resources.store)
        return next(one for one in targets if one.log.hub == hub)

    def standing(self, key: WitnessKey) -> WitnessStanding:
        return next(one for one in self.asker.standing() if one.name == key.name)

    def is_cosigned(self) -> bool:
        target = self.log_target
        with self.service.resources.store.read() as tx:
            unmet = UnmetQuorums(self.service.clock)
            return quorums.of_log(tx, self.policy, target.log, unmet=unmet).size == target.size


@contextmanager
def nobody() -> Iterator[Peer]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    yield Peer(port=port)


def silent(connection: socket.socket) -> None:
    connection.settimeout(10)
    connection.recv(1)  # until the other side gives up


Broken = Callable[[], AbstractContextManager[Peer]]
TROUBLES: dict[str, tuple[Broken, str]] = {
    "down": (nobody, "not-reached"),
    "slow": (lambda: peer(silent), "not-reached"),
    "garbage": (lambda: peer(saying(b"garbage")), "not-reached"),
    "endless": (lambda: peer(saying(http(b"x" * 300_000))), "answer-too-large"),
    "an empty yes": (lambda: peer(saying(http(b""))), "witness-refused"),
    "text": (lambda: peer(saying(http(b"hello\n"))), "witness-refused"),
    "octets": (lambda: peer(saying(http(b"\xff\n"))), "witness-refused"),
    "wrong key": (lambda: answering(with_the_wrong_key), "witness-refused"),
    "false signature": (lambda: answering(with_a_false_signature), "witness-refused"),
    "no": (lambda: peer(saying(http(b"", status="404 Not Found"))), "witness-refused"),
    "inconsistent": (
        lambda: peer(saying(http(b"", status="422 Unprocessable"))),
        "witness-refused",
    ),
    "redirect": (
        lambda: peer(saying(http(b"", "Location: /", status="302 Found"))),
        "witness-refused",
    ),
    "409 loop": (
        lambda: peer(saying(http(b"1\n", status="409 Conflict"))),
        "witness-refused",
    ),
    "409 garbage": (
        lambda: peer(saying(http(b"many\n", status="409 Conflict"))),
        "witness-refused",
    ),
    "409 beyond": (
        lambda: peer(saying(http(b"999999\n", status="409 Conflict"))),
        "witness-ahead",
    ),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_troubled_witness_harms_nobody(service: Service, trouble: str) -> None:
    broken, code = TROUBLES[trouble]
    issue(service.client())
    with broken() as bad, answering(cosigning) as good:
        asking = Asking(service, known_by((BAD_KEY, bad), (GOOD_KEY, good)))

        asking.asker.round()

        issued = issue(service.client())
        assert issued["receipt"]
        assert asking.standing(BAD_KEY).trouble == code
        assert asking.standing(BAD_KEY).failures > 0
        assert asking.standing(GOOD_KEY).trouble is None
        asking.asker.round()
        assert asking.is_cosigned()
        log = asking.log_target.log
        note = ledgers.checkpoint(service.resources.store, service.one.hub, log.log)
        result = asking.policy.check(note, logs=[VerifierKey.parse(log.vkey)])
        assert [one.key for one in result.cosignatures] == [GOOD_KEY]
        assert "bad.example" not in note


def test_a_witness_that_is_ahead_is_told_and_forgotten_once_it_is_not(service: Service) -> None:
    issue(service.client())
    ahead = True

    def talk(request: bytes) -> bytes:
        return http(b"999999\n", status="409 Conflict") if ahead else cosigning(request)

    with answering(talk) as one:
        asking = Asking(service, known_by((GOOD_KEY, one)))
        asking.asker.round()
        origin = asking.log_target.log.origin
        assert dict(asking.standing(GOOD_KEY).ahead)[origin] == 999999

        ahead = False
        asking.moments.now += 1
        asking.asker.round()

        assert asking.standing(GOOD_KEY).ahead == ()
        assert asking.standing(GOOD_KEY).trouble is None


def test_a_witness_that_tells_a_size_and_shows_nothing_gave_no_evidence(service: Service) -> None:
    issue(service.client())

    def talk(request: bytes) -> bytes:
        if request.startswith(b"POST"):
            return http(b"999999\n", status="409 Conflict")
        return b"garbage"

    with answering(talk) as one:
        asking = Asking(service, known_by((GOOD_KEY, one)))
        asking.asker.round()

        assert asking.standing(GOOD_KEY).trouble == "witness-ahead"
        assert not service.resources.sequencer.refused


def test_a_witness_that_is_down_is_asked_less_and_less(service: Service) -> None:
    issue(service.client())
    with nobody() as one:
        asking = Asking(service, known_by((BAD_KEY, one)))
        tried = []
        for second in range(40):
            asking.moments.now = 1000.0 + second
            before = asking.standing(BAD_KEY).failures
            asking.asker.round()
            if asking.standing(BAD_KEY).failures > before:
                tried.append(second)

    assert tried == [0, 1, 3, 7, 15, 31]


def test_a_no_about_one_log_does_not_keep_the_others_waiting(service: Service) -> None:
    issue(service.client(service.one))
    issue(service.client(service.other))

    def talk(request: bytes) -> bytes:
        if b"/ledger/riverside/" in request:
            return http(b"", status="404 Not Found")
        return cosigning(request)

    with answering(talk) as one:
        asking = Asking(service, known_by((GOOD_KEY, one)))
        asking.asker.round()

        assert asking.standing(GOOD_KEY).failures == 1
        assert not asking.is_cosigned()
        with service.resources.store.read() as tx:
            (log,) = tx.ledger.logs(service.other.hub.number)
            unmet = UnmetQuorums(service.clock)
            assert quorums.of_log(tx, asking.policy, log, unmet=unmet).size > 0


def test_the_loop_ends_when_it_is_told_to(service: Service) -> None:
    issue(service.client())
    with answering(cosigning) as one:
        asking = Asking(service, known_by((GOOD_KEY, one)))
        asking.asker.start()
        for _ in count():
            if asking.is_cosigned():
                break
        asking.asker.close()
        asking.asker.round()


def test_with_nobody_to_ask_nothing_begins(service: Service) -> None:
    asker = WitnessAsker(service.resources.store, (), clock=service.clock, on_evidence=print)

    asker.start()
    asker.round()
    asker.close()

    assert asker.standing() == ()


def test_a_loop_survives_a_database_that_is_away(service: Service) -> None:
    class Broken:
        """A store of which nothing can be read."""

        def read(self) -> None:
            raise ConnectionError

    WitnessAsker(Broken(), (), clock=service.clock, on_evidence=print).round()  # type: ignore[arg-type]  # it is broken


@pytest.mark.parametrize(
    "answer",
    [
        http(b"", status="404 Not Found"),
        http(b"garbage"),
        http(b"\xff"),
        http(b"hub.example\n1\nx\n\n\xe2\x80\x94 a b\n"),
    ],
)
def test_at_start_only_what_our_own_key_signed_is_evidence(service: Service, answer: bytes) -> None:
    issue(service.client())
    with peer(saying(answer)) as one:
        asking = Asking(service, known_by((BAD_KEY, one)))
        assert found_at_start(asking) == ()


def test_at_start_a_witness_that_is_down_is_passed_over(service: Service) -> None:
    issue(service.client())
    with nobody() as one:
        assert found_at_start(Asking(service, known_by((BAD_KEY, one)))) == ()


def found_at_start(asking: Asking) -> tuple[object, ...]:
    store = asking.service.resources.store
    egress = Egress(configured=witnessing.addresses(asking.policy))
    desks = witnessing.desks(store, egress, asking.policy)
    return witnessing.positions(desks, [asking.log_target.log])


def test_a_witness_without_an_address_is_not_asked(service: Service) -> None:
    policy = Policy(witnesses=(KnownWitness(name="w", key=GOOD_KEY),), quorum="w")
    store = service.resources.store

    assert witnessing.desks(store, Egress(), policy) == ()
    assert witnessing.addresses(policy) == ()


def test_several_lines_of_one_answer_are_read(service: Service) -> None:
    issue(service.client())

    def talk(request: bytes) -> bytes:
        body = cosigning(request).partition(b"\r\n\r\n")[2]
        unknown = SignatureLine(name="x.example", key_id=b"1234", signature=b"x").text().encode()
        return http(unknown + body)

    with answering(talk) as one:
        asking = Asking(service, known_by((GOOD_KEY, one)))
        asking.asker.round()
        assert asking.is_cosigned()
