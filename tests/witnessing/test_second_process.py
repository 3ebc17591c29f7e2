"""What a witness in another process cosigns, and what it never will."""

from hashlib import sha256

import pytest

from credhub.egress.client import Answer
from credhub.errors import QuorumNotMetError
from credhub.ledger.add_checkpoint import AddCheckpoint
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from credhub.ledger.merkle import Frontier
from credhub.ledger.merkle_proofs import consistency_proof
from credhub.ledger.note import SignatureLine, VerifierKey, add_signatures
from credhub.ledger.receipt import Receipt
from credhub.services import ledgers, quorums, witnessing
from credhub.services.unmet_quorums import UnmetQuorums
from credhub.services.witnessing import Target, positions
from tests.running import issue
from tests.unit.ledger.builder import Tiles
from tests.witnessing.conftest import Watched


def post(watched: Watched, old: int, proof: tuple[bytes, ...], note: str) -> Answer:
    body = AddCheckpoint(old_size=old, proof=proof, note=note).text().encode()
    return watched.egress.post(f"{watched.url}/add-checkpoint", body, content_type="text/plain")


def known_size(watched: Watched) -> int:
    answer = watched.egress.get(f"{watched.url}/{origin_hash(watched)}/checkpoint")
    log = watched.target().log
    return open_checkpoint(answer.body.decode(), [VerifierKey.parse(log.vkey)]).size


def origin_hash(watched: Watched) -> str:
    return sha256(watched.target().log.origin.encode()).hexdigest()


def leaves_of(watched: Watched, target: Target) -> list[bytes]:
    log = target.log
    with watched.service.resources.store.read() as tx:
        return [row.leaf_hash for row in tx.ledger.entries(log.hub, log.log)][: target.size]


def signed_by_the_log(watched: Watched, log_size: int, leaves: list[bytes]) -> str:
    """Sign a tree with the true key of the log, as whoever holds the server could."""
    log = watched.target().log
    signer = watched.service.resources.keyring.ledger_signer(log)
    frontier = Frontier()
    for leaf in leaves[:log_size]:
        frontier.push(leaf)
    checkpoint = Checkpoint(origin=log.origin, size=log_size, root=frontier.root())
    return sign_checkpoint(checkpoint, public_key=signer.public_key, sign=signer.sign)


def test_growth_is_cosigned_and_receipts_carry_it(watched: Watched) -> None:
    client = watched.service.client()
    issued = issue(client)

    watched.asker().round()

    resources, target = watched.service.resources, watched.target()
    note = ledgers.checkpoint(resources.store, watched.service.one.hub, target.log.log)
    result = watched.policy.check(note, logs=[VerifierKey.parse(target.log.vkey)])
    assert result.checkpoint.size == target.size
    assert [one.key for one in result.cosignatures] == [watched.policy.witnesses[0].key]
    with resources.store.read() as tx:
        quorum = quorums.of_log(
            tx, watched.policy, target.log, unmet=UnmetQuorums(watched.service.clock)
        )
    assert (quorum.size, quorum.pending_since) == (target.size, None)
    assert quorum.met_at is not None

    issue(client)
    receipt = Receipt.parse(client.get(f"/v1/credentials/{issued['id']}/receipt").text)
    proved = watched.policy.check(receipt.checkpoint, logs=[VerifierKey.parse(target.log.vkey)])
    assert proved.checkpoint.size == target.size
    served = watched.service.public().get(f"/ledger/riverside/{target.log.log}/checkpoint").text
    with pytest.raises(QuorumNotMetError):
        watched.policy.check(served, logs=[VerifierKey.parse(target.log.vkey)])
    with resources.store.read() as tx:
        assert (
            quorums.of_log(
                tx, watched.policy, target.log, unmet=UnmetQuorums(watched.service.clock)
            ).pending_since
            is not None
        )


def test_a_size_that_was_not_recorded_is_learned_from_the_witness(watched: Watched) -> None:
    # As after a crash between the answer of the witness and its record.
    issue(watched.service.client())
    watched.asker().round()
    before = watched.target()
    issue(watched.service.client())
    unrecorded = watched.target()
    proof = consistency_proof(before.size, unrecorded.size, Tiles(leaves_of(watched, unrecorded)))
    assert post(watched, before.size, proof, unrecorded.note).status == 200
    issue(watched.service.client())
    target = watched.target()
    (desk,) = witnessing.desks(watched.service.resources.store, watched.egress, watched.policy)

    desk.ask(target, watched.service.clock())

    assert known_size(watched) == target.size
    assert not desk.is_due(target, watched.service.clock())


def test_an_older_size_is_answered_with_409(watched: Watched) -> None:
    issue(watched.service.client())
    watched.asker().round()
    target = watched.target()

    answer = post(watched, target.size - 1, (b"x" * 32,), target.note)

    assert (answer.status, answer.content_type) == (409, "text/x.tlog.size")
    assert answer.body == f"{target.size}\n".encode()


def test_a_fork_is_refused(watched: Watched) -> None:
    issue(watched.service.client())
    watched.asker().round()
    target = watched.target()
    leaves = leaves_of(watched, target)
    forked = [*leaves[:-1], b"f" * 32, b"g" * 32]
    proof = consistency_proof(target.size, len(forked), Tiles(forked))

    answer = post(watched, target.size, proof, signed_by_the_log(watched, len(forked), forked))

    assert answer.status == 422
    assert known_size(watched) == target.size


@pytest.mark.parametrize("more", [0, 3])
def test_a_rewritten_history_is_refused_though_all_is_recomputed_and_signed(
    watched: Watched, more: int
) -> None:
    issue(watched.service.client())
    watched.asker().round()
    target = watched.target()
    rewritten = leaves_of(watched, target) + [bytes([n]) * 32 for n in range(more)]
    rewritten[1] = b"r" * 32
    size = len(rewritten)
    proof = consistency_proof(target.size, size, Tiles(rewritten))

    answer = post(watched, target.size, proof, signed_by_the_log(watched, size, rewritten))

    assert answer.status == 422
    assert known_size(watched) == target.size


def test_of_two_views_of_a_log_a_client_with_a_quorum_rejects_one(watched: Watched) -> None:
    issue(watched.service.client())
    watched.asker().round()
    target = watched.target()
    key = VerifierKey.parse(target.log.vkey)
    shown = leaves_of(watched, target)
    other = [*shown[:-1], b"s" * 32]
    hidden = signed_by_the_log(watched, target.size, other)
    with watched.service.resources.store.read() as tx:
        (line,) = tx.cosignatures.lines(target.log.hub, target.log.log, target.size)
    seen = add_signatures(target.note, [SignatureLine.parse(line)])

    assert watched.policy.check(seen, logs=[key]).checkpoint.size == target.size
    with pytest.raises(QuorumNotMetError):
        watched.policy.check(hidden, logs=[key])
    with pytest.raises(Exception, match="not genuine"):
        watched.policy.check(add_signatures(hidden, [SignatureLine.parse(line)]), logs=[key])
    assert post(watched, target.size, (), hidden).status == 422


def test_a_witness_that_another_process_of_ours_asked_first_is_no_alarm(watched: Watched) -> None:
    issue(watched.service.client())
    old = watched.target()
    issue(watched.service.client())
    watched.asker().round()
    (desk,) = witnessing.desks(watched.service.resources.store, watched.egress, watched.policy)

    desk.ask(old, watched.service.clock())

    with watched.service.resources.store.read() as tx:
        assert tx.cosignatures.lines(old.log.hub, old.log.log, old.size) == ()
    assert desk.is_due(watched.target(), watched.service.clock())


def test_what_the_witness_saw_is_known_at_the_next_start(watched: Watched) -> None:
    issue(watched.service.client())
    watched.asker().round()
    target = watched.target()
    store = watched.service.resources.store

    found = positions(witnessing.desks(store, watched.egress, watched.policy), [target.log])

    assert [(one.origin, one.size) for one in found] == [(target.log.origin, target.size)]


def test_nothing_is_due_until_the_log_grows_or_a_day_has_passed(watched: Watched) -> None:
    issue(watched.service.client())
    (desk,) = witnessing.desks(watched.service.resources.store, watched.egress, watched.policy)
    target, clock = watched.target(), watched.service.clock
    assert desk.is_due(target, clock())

    desk.ask(target, clock())

    assert not desk.is_due(target, clock())
    assert desk.is_due(target, clock() + witnessing.HEARTBEAT)
    issue(watched.service.client())
    assert desk.is_due(watched.target(), clock())


def test_a_log_that_the_witness_does_not_know_is_refused(watched: Watched) -> None:
    signer = watched.service.resources.keyring.ledger_signer(watched.target().log)
    checkpoint = Checkpoint(origin="stranger.example", size=1, root=b"r" * 32)
    note = sign_checkpoint(checkpoint, public_key=signer.public_key, sign=signer.sign)

    assert post(watched, 0, (), note).status == 404


def test_a_witness_that_is_killed_and_started_again_goes_on(watched: Watched) -> None:
    issue(watched.service.client())
    watched.asker().round()
    before = known_size(watched)
    issue(watched.service.client())

    watched.witness.kill()
    with watched.deployment.server(watched.port):
        assert known_size(watched) == before
        watched.asker().round()
        assert known_size(watched) == watched.target().size
