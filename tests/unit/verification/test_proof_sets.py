"""Credentials with several proofs: all must be genuine, and one of the issuer's decides."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from credhub.dids.document import DidDocument
from credhub.errors import (
    CanonicalizationError,
    NotInLedgerError,
    OutcomeUnknownError,
    VerificationError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity
from credhub.proofs.recorded import recorded_digest
from credhub.verification.protocols import LedgerPosition
from credhub.verification.report import Check, Outcome, Report, Verdict
from credhub.verification.secured import DataIntegritySecured
from credhub.verification.verify import verify
from tests.unit import factories
from tests.unit.factories import NOON, MemorySigner
from tests.unit.verification.world import (
    HUB_DID,
    HUB_KEY,
    POSITION,
    World,
    credential,
    document_of,
    hub_document,
    result,
    sign,
)

PARTNER = MemorySigner(2)
NEW_KEY = f"{HUB_DID}#key-2"


def by_partner(document: JsonObject, **options: str) -> JsonObject:
    return data_integrity.sign(
        document,
        suite=factories.suite(),
        signer=PARTNER,
        verification_method=PARTNER.method,
        created=NOON,
        options={**options},
    )


def unsigned() -> JsonObject:
    return factories.credential(did=HUB_DID)


def turned(document: JsonObject) -> JsonObject:
    return document | {"proof": list(reversed(data_integrity.proofs_of(document)))}


def test_t07_a_partner_may_sign_too() -> None:
    both = by_partner(credential())

    for document in (both, turned(both)):
        report = World().verify(document)
        assert report.verdict is Verdict.VALID
        assert result(report, Check.PROOF).code == "passed"


@dataclass(frozen=True)
class Ledger:
    """A ledger that holds one document."""

    document: JsonObject

    def find(self, _: JsonObject, digest: bytes) -> LedgerPosition:
        if digest != recorded_digest(self.document):
            raise NotInLedgerError("other bytes")
        return POSITION


def judged(document: JsonObject, recorded: JsonObject) -> Report:
    context = replace(World().context(), ledgers=Ledger(recorded))
    return verify(document, context=context, now=NOON)


def test_what_a_partner_added_is_not_called_a_stolen_key() -> None:
    recorded = credential()
    both = by_partner(recorded)

    for document in (both, turned(both), by_partner(both, id="urn:uuid:2")):
        report = judged(document, recorded)
        assert report.verdict is Verdict.INVALID
        assert result(report, Check.LEDGER).code == "not-as-recorded"
        assert "stolen" not in result(report, Check.LEDGER).detail
    assert judged(recorded, recorded).verdict is Verdict.VALID
    assert judged(both, both).verdict is Verdict.VALID


def test_a_file_whose_one_proof_was_taken_out_of_its_array_was_changed() -> None:
    recorded = credential()
    (proof,) = data_integrity.proofs_of(recorded)

    report = judged(recorded | {"proof": proof}, recorded)

    assert result(report, Check.LEDGER).code == "not-as-recorded"


def test_t84_a_thief_hides_behind_no_partner_and_behind_no_recorded_proof() -> None:
    recorded = credential()
    thief = credential(lambda document: document.update(name="Master of everything"))
    again = data_integrity.sign(
        recorded,
        suite=factories.suite(),
        signer=MemorySigner(),
        verification_method=HUB_KEY,
        created=NOON + timedelta(seconds=1),
    )

    for forged in (thief, by_partner(thief), again, by_partner(again)):
        report = judged(forged, recorded)
        assert report.verdict is Verdict.INVALID
        assert result(report, Check.PROOF).outcome is Outcome.PASSED
        assert result(report, Check.LEDGER).code == "not-in-ledger"


def test_t07_the_partner_alone_does_not_bind_the_issuer() -> None:
    report = World().verify(by_partner(unsigned()))

    assert report.verdict is Verdict.INVALID
    assert result(report, Check.ISSUER_BINDING).code == "issuer-key-mismatch"


@pytest.mark.parametrize("damaged", [0, 1])
def test_t07_one_proof_that_is_not_genuine_spoils_the_document(damaged: int) -> None:
    both = by_partner(credential())
    proofs = data_integrity.proofs_of(both)
    proofs[damaged] = proofs[damaged] | {"created": "2026-11-22T12:00:01Z"}

    report = World().verify(both | {"proof": list(proofs)})

    assert report.verdict is Verdict.INVALID
    assert result(report, Check.PROOF).code == "bad-signature"


def test_t07_one_proof_that_has_ended_spoils_the_document() -> None:
    both = by_partner(credential(), expires="2026-11-22T13:00:00Z")

    assert World().verify(both, now=NOON).verdict is Verdict.VALID
    report = World().verify(both, now=NOON + timedelta(hours=1))
    assert (report.verdict, result(report, Check.PROOF).code) == (Verdict.INVALID, "proof-expired")


def test_t07_where_the_issuers_proof_is_forged_nobody_else_is_asked() -> None:
    both = data_integrity.sign(
        unsigned(),
        suite=factories.suite(),
        signer=MemorySigner(3),
        verification_method="did:web:elsewhere.example#key-1",
        created=NOON,
    )
    forged = data_integrity.sign(
        both,
        suite=factories.suite(),
        signer=MemorySigner(3),
        verification_method=HUB_KEY,
        created=NOON + timedelta(seconds=1),
    )
    world = World()

    report = world.verify(forged)

    assert (report.verdict, result(report, Check.PROOF).code) == (Verdict.INVALID, "bad-signature")
    assert world.asked.count("dids") == 1


def test_t07_a_partner_whose_keys_cannot_be_had_leaves_it_open() -> None:
    both = data_integrity.sign(
        credential(),
        suite=factories.suite(),
        signer=PARTNER,
        verification_method="did:web:elsewhere.example#key-1",
        created=NOON,
    )

    report = World().verify(both)

    assert report.verdict is Verdict.INDETERMINATE
    assert result(report, Check.PROOF).code == "did-not-resolved"


def with_two_keys(document: DidDocument) -> DidDocument:
    other = document_of(HUB_DID, NEW_KEY, MemorySigner(4))
    return replace(
        document,
        methods=(*document.methods, *other.methods),
        assertion=document.assertion | other.assertion,
    )


@pytest.mark.parametrize("end", ["revoked_at", "expires_at", "not for credentials"])
def test_t07_of_two_proofs_of_the_issuer_one_with_a_good_key_is_enough(end: str) -> None:
    old = hub_document()
    if end == "not for credentials":
        old = replace(old, assertion=frozenset())
    else:
        [method] = old.methods
        dates = {end: NOON - timedelta(days=1)}
        old = replace(old, methods=(replace(method, **dates),))  # type: ignore[arg-type]  # a date
    world = World(dids={HUB_DID: with_two_keys(old)})
    once = sign(unsigned())
    twice = data_integrity.sign(
        once,
        suite=factories.suite(),
        signer=MemorySigner(4),
        verification_method=NEW_KEY,
        created=NOON,
    )

    assert world.verify(once).verdict is Verdict.INVALID
    for document in (twice, turned(twice)):
        assert world.verify(document).verdict is Verdict.VALID


DAY = timedelta(days=1)
GONE: dict[str, datetime] = {"revoked_at": NOON - DAY}
LASTING: dict[str, datetime] = {"expires_at": NOON + 99 * DAY}


def two_keys(first: dict[str, datetime], second: dict[str, datetime]) -> dict[str, DidDocument]:
    both = with_two_keys(hub_document())
    one, other = both.methods
    methods = (replace(one, **first), replace(other, **second))  # type: ignore[arg-type]  # dates
    return {HUB_DID: replace(both, methods=methods)}


def by_both(document: JsonObject) -> JsonObject:
    return sign(sign(document), signer=MemorySigner(4), method=NEW_KEY)


EITHER_WAY = pytest.mark.parametrize("turn", [lambda one: one, turned], ids=["as signed", "turned"])
Turn = Callable[[JsonObject], JsonObject]


@EITHER_WAY
@pytest.mark.parametrize("position", [POSITION, None], ids=["recorded", "elsewhere"])
@pytest.mark.parametrize(("first", "second"), [(GONE, LASTING), (LASTING, GONE)])
def test_t07_which_proof_comes_first_decides_nothing(
    turn: Turn,
    position: LedgerPosition | None,
    first: dict[str, datetime],
    second: dict[str, datetime],
) -> None:
    world = World(dids=two_keys(first, second), position=position)

    assert world.verify(turn(by_both(unsigned()))).verdict is Verdict.VALID


@EITHER_WAY
def test_t07_the_ledger_says_which_of_two_ended_keys_had_not_ended_then(turn: Turn) -> None:
    position = replace(POSITION, logged_at=NOON + DAY)
    dids = two_keys({"retired_at": NOON}, {"retired_at": NOON + 2 * DAY})

    recorded = World(dids=dids, position=position)
    too_late = World(dids=dids, position=replace(position, logged_at=NOON + 2 * DAY))

    document = turn(by_both(unsigned()))
    assert recorded.verify(document, now=NOON + 9 * DAY).verdict is Verdict.VALID
    report = too_late.verify(document, now=NOON + 9 * DAY)
    assert report.verdict is Verdict.INVALID
    assert result(report, Check.ISSUER_BINDING).code == "key-retired"


@EITHER_WAY
@pytest.mark.parametrize("position", [POSITION, None], ids=["recorded", "elsewhere"])
def test_t84_two_stolen_keys_are_no_better_than_one(
    turn: Turn, position: LedgerPosition | None
) -> None:
    world = World(dids=two_keys(GONE, GONE), position=position)

    report = world.verify(turn(by_both(unsigned())))

    assert report.verdict is Verdict.INVALID
    assert result(report, Check.ISSUER_BINDING).code == "key-revoked"


@EITHER_WAY
def test_t84_a_thief_of_one_key_cannot_name_another(turn: Turn) -> None:
    world = World(dids=two_keys(GONE, {}))
    stolen = sign(unsigned())
    borrowed = sign(stolen, signer=MemorySigner(66), method=NEW_KEY)
    strangers = by_partner(stolen)
    copied = stolen | {
        "proof": [
            *data_integrity.proofs_of(stolen),
            data_integrity.proofs_of(
                sign(unsigned() | {"name": "Else"}, signer=MemorySigner(4), method=NEW_KEY)
            )[0],
        ]
    }

    for forged in (borrowed, strangers, copied):
        report = world.verify(turn(forged))
        assert report.verdict is Verdict.INVALID
        assert report.credential is None


@EITHER_WAY
def test_t84_a_proof_by_a_stolen_key_takes_nothing_from_a_good_one(turn: Turn) -> None:
    world = World(dids=two_keys(GONE, {}), position=None)
    honest = sign(unsigned(), signer=MemorySigner(4), method=NEW_KEY)

    assert world.verify(turn(sign(honest))).verdict is Verdict.VALID


@EITHER_WAY
def test_t07_without_a_time_a_key_without_an_end_is_enough(turn: Turn) -> None:
    dark = OutcomeUnknownError()
    document = turn(by_both(unsigned()))

    one_good = World(dids=two_keys(GONE, {}), position=dark).verify(document)
    both_ended = World(dids=two_keys(GONE, LASTING), position=dark).verify(document)

    assert result(one_good, Check.ISSUER_BINDING).outcome is Outcome.PASSED
    assert one_good.verdict is Verdict.INDETERMINATE
    assert result(both_ended, Check.ISSUER_BINDING).code == "key-time-unknown"


@EITHER_WAY
def test_t07_what_is_not_known_is_not_called_false(turn: Turn) -> None:
    dids = two_keys(GONE, {})
    other_use = replace(dids[HUB_DID], assertion=frozenset({HUB_KEY}))
    world = World(dids={HUB_DID: other_use}, position=OutcomeUnknownError())

    report = world.verify(turn(by_both(unsigned())))

    assert report.verdict is Verdict.INDETERMINATE
    assert result(report, Check.ISSUER_BINDING).code == "key-time-unknown"


def test_t07_a_chain_is_told_from_a_set() -> None:
    signed = data_integrity.sign(
        unsigned(),
        suite=factories.suite(),
        signer=MemorySigner(),
        verification_method=HUB_KEY,
        created=NOON,
        options={"id": "urn:x:1"},
    )
    chain = by_partner(signed, previousProof="urn:x:1")

    assert World().verify(chain).verdict is Verdict.VALID
    report = World().verify(chain | {"proof": data_integrity.proofs_of(chain)[1]})
    assert result(report, Check.PROOF).code == "previous-proof-missing"


@pytest.mark.parametrize("issuer", [5, {"id": 5}, {}, None])
def test_an_issuer_that_is_no_did_has_no_proofs(issuer: JsonValue) -> None:
    document = sign(unsigned() | {"issuer": HUB_DID}) | {"issuer": issuer}

    report = World().verify(document)
    assert report.verdict is Verdict.INVALID
    with pytest.raises((VerificationError, CanonicalizationError)):
        DataIntegritySecured(document).check_proof(
            suites={factories.suite().name: factories.suite()}, dids=World(), now=NOON
        )
