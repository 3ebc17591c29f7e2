"""The first three checks alone."""

from credhub.jsontypes import JsonObject
from credhub.proofs import data_integrity
from credhub.verification.proof_only import verify_proof
from credhub.verification.protocols import VerifierContext
from credhub.verification.report import Check, Outcome, Verdict
from tests.unit import factories
from tests.unit.verification.world import World, credential

JUDGED = (Check.PARSE, Check.STRUCTURE, Check.PROOF)


def outcomes(data: bytes | JsonObject) -> list[Outcome]:
    world = World()
    context = VerifierContext(
        suites={factories.suite().name: factories.suite()},
        dids=world,
        schemas=world,
        statuses=world,
        ledgers=world,
        trust=world,
    )
    results = verify_proof(data, context=context, now=factories.NOON)
    assert {one.outcome for one in results if one.check not in JUDGED} == {Outcome.UNKNOWN}
    assert set(world.asked) <= {"dids"}
    return [one.outcome for one in results if one.check in JUDGED]


def test_a_genuine_signature_passes_whoever_the_issuer_is() -> None:
    assert outcomes(credential()) == [Outcome.PASSED] * 3


def test_a_changed_document_fails() -> None:
    changed = credential() | {"name": "Another name"}

    assert outcomes(changed) == [Outcome.PASSED, Outcome.PASSED, Outcome.FAILED]


def test_what_is_no_credential_fails_before_its_proof() -> None:
    assert outcomes(b"no json")[0] is Outcome.FAILED
    assert outcomes({"type": "Other"})[1] is Outcome.FAILED


def with_proofs(*numbers: int) -> JsonObject:
    """Repeat the proof of a credential, or put others beside it."""
    [proof] = data_integrity.proofs_of(credential())
    kinds = [proof, proof | {"created": "2020-01-01T00:00:00Z"}]
    return credential() | {"proof": [kinds[number] for number in numbers]}


def test_equal_proofs_count_once() -> None:
    for number in (1, 2, 5):
        assert outcomes(with_proofs(*[0] * number)) == [Outcome.PASSED] * 3
    for numbers in ((0, 1), (0, 0, 1), (1, 1), [0] * 6):
        assert outcomes(with_proofs(*numbers))[-1] is Outcome.FAILED


def test_t07_where_a_credential_is_judged_they_are_refused() -> None:
    assert World().verify(with_proofs(0)).verdict is Verdict.VALID
    assert World().verify(with_proofs(0, 0)).verdict is Verdict.INVALID
