import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub import instants
from credhub.dids.did_webvh import WebvhDid
from credhub.dids.document import DidDocument
from credhub.dids.webvh_hash import hash_of
from credhub.dids.webvh_log import MAX_VERSIONS, WebvhLog
from credhub.errors import (
    DidDeactivatedError,
    DidDocumentError,
    DidLogError,
    DidMismatchError,
    DidMovedError,
)
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs.signer import key_of
from tests.unit.dids.webvh_writing import (
    OWNER,
    PLACE,
    START,
    SUITE,
    LogWriter,
    name_of,
    prove,
    witness_file,
    witness_rule,
)
from tests.unit.factories import NOON, MemorySigner

HEIR, THIEF = MemorySigner(2), MemorySigner(3)
FIRST, SECOND, THIRD = MemorySigner(11), MemorySigner(12), MemorySigner(13)


def read(
    written: LogWriter, did: str | None = None, *, data: bytes | None = None, now: datetime = NOON
) -> WebvhLog:
    return WebvhLog.read(
        written.data if data is None else data,
        did=WebvhDid.parse(did or written.did),
        now=now,
        check_proof=SUITE.check,
    )


def check_refused(written: LogWriter, match: str, *, did: str | None = None) -> None:
    with pytest.raises(DidLogError, match=match):
        read(written, did)


def promise(*signers: MemorySigner) -> list[JsonValue]:
    return [hash_of(name_of(one).encode()) for one in signers]


def test_the_document_of_a_log_is_that_of_its_newest_version() -> None:
    written = LogWriter().begin()
    state = written.entries[0]["state"]
    assert isinstance(state, dict)
    written.go_on(state={**state, "assertionMethod": []})

    document = read(written).document()

    assert document.id == written.did
    assert document.methods[0].public_key == key_of(OWNER)
    assert document.assertion == frozenset()
    assert read(LogWriter().begin()).document().assertion == {f"{written.did}#key-1"}


def test_a_log_without_its_last_line_break_is_read() -> None:
    written = LogWriter().begin()

    assert read(written, data=written.data.rstrip()).versions == read(written).versions


def test_the_owner_says_how_long_a_document_counts() -> None:
    assert read(LogWriter().begin()).ttl == timedelta(hours=1)
    assert read(LogWriter().begin({"ttl": 60}).go_on()).ttl == timedelta(minutes=1)
    assert read(LogWriter().begin({"ttl": 60}).go_on({"ttl": None})).ttl == timedelta(hours=1)


# Who may write


def test_keys_are_handed_on() -> None:
    written = LogWriter().begin().go_on({"updateKeys": [name_of(HEIR)]}).go_on(signer=HEIR)

    assert len(read(written).versions) == 3


def test_the_keys_of_a_version_do_not_sign_it() -> None:
    written = LogWriter().begin().go_on({"updateKeys": [name_of(HEIR)]}, signer=HEIR)

    check_refused(written, "not signed by a key that may")


def test_keys_that_were_handed_on_sign_nothing_any_more() -> None:
    written = LogWriter().begin().go_on({"updateKeys": [name_of(HEIR)]}).go_on(signer=OWNER)

    check_refused(written, "not signed by a key that may")


def test_one_of_several_keys_is_enough() -> None:
    written = LogWriter().begin({"updateKeys": [name_of(OWNER), name_of(HEIR)]})

    assert len(read(written.go_on(signer=HEIR).go_on(signer=OWNER)).versions) == 3


def test_each_of_several_signatures_must_be_of_a_key_that_may() -> None:
    written = LogWriter().begin({"updateKeys": [name_of(OWNER), name_of(HEIR)]})
    entry = {name: value for name, value in written.entries[0].items() if name != "proof"}

    written.entries[0] = {**entry, "proof": [prove(entry, OWNER), prove(entry, HEIR)]}
    read(written).document()
    written.entries[0] = {**entry, "proof": [prove(entry, OWNER), prove(entry, THIEF)]}
    check_refused(written, "not signed by a key that may")


def test_a_thief_changes_nothing() -> None:
    check_refused(LogWriter().begin().go_on(signer=THIEF), "not signed by a key that may")


def test_nobody_signs_when_there_are_no_keys() -> None:
    check_refused(LogWriter().begin({"updateKeys": []}), "not signed by a key that may")
    closed = LogWriter().begin().go_on({"updateKeys": []})
    read(closed).document()
    check_refused(closed.go_on(), "not signed by a key that may")


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Ed25519Signature2020"},
        {"cryptosuite": "eddsa-rdfc-2022"},
        {"cryptosuite": None},
        {"proofPurpose": "authentication"},
    ],
)
def test_a_proof_of_another_kind_is_refused(changes: JsonObject) -> None:
    written = LogWriter().begin()
    entry = {name: value for name, value in written.entries[0].items() if name != "proof"}
    written.entries[0] = {**entry, "proof": prove(entry, OWNER)}
    read(written).document()

    written.entries[0] = {**entry, "proof": prove(entry, OWNER, **changes)}
    check_refused(written, "signed in another way")


@pytest.mark.parametrize(
    "method",
    [
        f"{OWNER.did}#{name_of(HEIR)}",
        f"{HEIR.did}#{name_of(OWNER)}",
        OWNER.did,
        name_of(OWNER),
        f"{name_of(OWNER)}#{name_of(OWNER)}",
        "",
        None,
    ],
)
def test_a_key_that_is_not_named_whole_is_refused(method: JsonValue) -> None:
    written = LogWriter().begin()
    entry = {name: value for name, value in written.entries[0].items() if name != "proof"}
    written.entries[0] = {**entry, "proof": [prove(entry, OWNER, verificationMethod=method)]}

    check_refused(written, "not signed by a key that may")


@pytest.mark.parametrize("value", ["z", "zz", 5, None])
def test_a_signature_that_is_none_is_refused(value: JsonValue) -> None:
    written = LogWriter().begin()
    entry = {name: member for name, member in written.entries[0].items() if name != "proof"}
    written.entries[0] = {**entry, "proof": [prove(entry, OWNER) | {"proofValue": value}]}

    check_refused(written, "not genuine|not signed")


@pytest.mark.parametrize("proof", [None, [], {}, [5], "x", [{}] * 6])
def test_a_version_without_a_proof_is_refused(proof: JsonValue) -> None:
    written = LogWriter().begin()
    written.entries[0]["proof"] = proof

    check_refused(written, "signed")


# Keys that were promised


def test_promised_keys_sign_what_names_them() -> None:
    written = LogWriter().begin({"nextKeyHashes": promise(HEIR, THIRD)})
    written.go_on({"updateKeys": [name_of(HEIR)], "nextKeyHashes": promise(FIRST)}, signer=HEIR)
    written.go_on({"updateKeys": [name_of(FIRST)], "nextKeyHashes": []}, signer=FIRST)
    written.go_on({"updateKeys": [name_of(OWNER)]}, signer=FIRST)

    assert len(read(written).versions) == 4


def test_a_key_that_was_not_promised_is_refused() -> None:
    written = LogWriter().begin({"nextKeyHashes": promise(HEIR)})

    check_refused(
        written.go_on(
            {"updateKeys": [name_of(HEIR), name_of(THIEF)], "nextKeyHashes": []}, signer=HEIR
        ),
        "not promised",
    )


def test_the_thief_of_a_key_cannot_use_it_when_others_were_promised() -> None:
    written = LogWriter().begin({"nextKeyHashes": promise(HEIR)})
    stolen: JsonObject = {"updateKeys": [name_of(HEIR)], "nextKeyHashes": []}

    check_refused(written.go_on(stolen, signer=OWNER), "not signed by a key that may")


@pytest.mark.parametrize("missing", ["updateKeys", "nextKeyHashes"])
def test_promised_keys_must_be_named(missing: str) -> None:
    members: JsonObject = {"updateKeys": [name_of(OWNER)], "nextKeyHashes": []}
    del members[missing]
    written = LogWriter().begin({"nextKeyHashes": promise(OWNER)}).go_on(members)

    check_refused(written, "does not name the keys")


# What a log is made of


@pytest.mark.parametrize(
    "parameters",
    [
        {"method": "did:webvh:0.5"},
        {"method": "did:webvh:1.1"},
        {"method": None},
        {"updateKeys": "x"},
        {"updateKeys": [5]},
        {"updateKeys": ["x"] * 65},
        {"nextKeyHashes": {}},
        {"watchers": [5]},
        {"portable": None},
        {"deactivated": 1},
        {"ttl": -1},
        {"ttl": True},
        {"ttl": 2**31 + 1},
        {"ttl": "60"},
        {"other": True},
    ],
)
def test_other_parameters_are_refused(parameters: JsonObject) -> None:
    check_refused(LogWriter().begin(parameters), "[Tt]he DID")


@pytest.mark.parametrize(
    "parameters",
    [
        {"method": "did:webvh:0.5"},
        {"scid": "x"},
        {"portable": True},
        {"updateKeys": "x"},
        {"other": True},
    ],
)
def test_other_changes_of_parameters_are_refused(parameters: JsonObject) -> None:
    check_refused(LogWriter().begin().go_on(parameters), "[Tt]he DID")


@pytest.mark.parametrize(
    "parameters",
    [
        {"method": "did:webvh:1.0"},
        {"watchers": ["https://watcher.example"]},
        {"watchers": None, "witness": None, "nextKeyHashes": None, "ttl": None},
        {"portable": False},
        {"deactivated": False},
        {"ttl": 0},
        {"ttl": 2**31},
    ],
)
def test_usual_changes_of_parameters_are_read(parameters: JsonObject) -> None:
    read(LogWriter().begin().go_on(parameters)).document()


@pytest.mark.parametrize("name", ["method", "scid", "updateKeys"])
def test_the_first_version_says_what_it_is(name: str) -> None:
    written = LogWriter().begin()
    parameters = written.entries[0]["parameters"]
    assert isinstance(parameters, dict)
    did = written.did
    del parameters[name]

    check_refused(written, "[Tt]he DID", did=did)


def test_a_first_version_of_another_did_is_refused() -> None:
    written, other = LogWriter().begin(), LogWriter().begin(ttl=1)

    check_refused(written, "not that of this DID", did=other.did)


def test_the_identifier_is_the_hash_of_the_first_version() -> None:
    written = LogWriter().begin()
    entry = written.entries[0]
    scid = written.scid
    changed: JsonObject = {**entry, "versionTime": "2026-01-01T00:00:00Z", "versionId": scid}
    del changed["proof"]
    changed["versionId"] = f"1-{hash_of(canonical(changed))}"
    written.entries[0] = {**changed, "proof": [prove(changed, OWNER)]}

    check_refused(written, "not the one that the DID was made of")


def test_names_that_become_one_are_refused() -> None:
    written = LogWriter().begin()
    written.entries[0][written.scid] = 1
    written.entries[0]["{SCID}"] = 1

    check_refused(written, "cannot be hashed")


@pytest.mark.parametrize("version_id", ["1-{}", "3-{}", "02-{}", "2--{}", "2-{}-", "{}", "2-", ""])
def test_versions_are_numbered(version_id: str) -> None:
    written = LogWriter().begin().go_on()
    genuine = written.id_of(2)
    read(written).document()

    written.entries[1]["versionId"] = version_id.format(genuine.partition("-")[2])
    check_refused(written, "not numbered")


def test_a_version_that_was_left_out_is_noticed() -> None:
    written = LogWriter().begin().go_on().go_on()
    del written.entries[1]

    check_refused(written, "not numbered")


def test_versions_of_two_histories_are_not_one() -> None:
    one, other = LogWriter().begin(), LogWriter().begin()
    one.go_on({"ttl": 1})
    other.go_on({"ttl": 2}).go_on()
    one.entries.append(other.entries[2])

    check_refused(one, "does not follow")


@pytest.mark.parametrize(
    ("time", "match"),
    [
        (instants.text_of(START), "not newer"),
        ("2020-01-01T00:00:00Z", "not newer"),
        (instants.text_of(NOON + timedelta(minutes=6)), "still to come"),
        ("2026-11-01T00:00:00+01:00", "UTC"),
        ("2026-11-01T00:00:00", "no time"),
        ("yesterday", "no time"),
        (None, "no time"),
    ],
)
def test_versions_follow_in_time(time: JsonValue, match: str) -> None:
    check_refused(LogWriter().begin().go_on(versionTime=time), match)


@pytest.mark.parametrize(
    "time", ["2026-11-01T00:00:00+00:00", instants.text_of(NOON + timedelta(minutes=5))]
)
def test_a_clock_may_be_a_little_ahead(time: str) -> None:
    read(LogWriter().begin().go_on(versionTime=time)).document()


@pytest.mark.parametrize("name", ["parameters", "state"])
@pytest.mark.parametrize("value", [None, [], "x"])
def test_the_parts_of_a_version_are_objects(name: str, value: JsonValue) -> None:
    written = LogWriter().begin().go_on()
    written.entries[1][name] = value

    check_refused(written, f"no {name}")


@pytest.mark.parametrize("data", [b"", b"\n", b"[]\n", b"x\n", b"{}", b"\xff"])
def test_what_is_no_log_is_refused(data: bytes) -> None:
    with pytest.raises(DidLogError):
        read(LogWriter().begin(), data=data)


def test_an_empty_line_is_refused() -> None:
    written = LogWriter().begin()
    with pytest.raises(DidLogError, match="JSON"):
        read(written, data=written.data + b"\n")


def test_t26_the_number_of_versions_is_bounded() -> None:
    written = LogWriter().begin()
    with pytest.raises(DidLogError, match="too many"):
        read(written, data=written.data * (MAX_VERSIONS + 1))


def test_a_document_that_is_malformed_is_refused() -> None:
    with pytest.raises(DidDocumentError):
        read(LogWriter().begin(assertionMethod=5)).document()


# Whose a log is


def moved(written: LogWriter, place: str = "new.example", **changes: JsonValue) -> LogWriter:
    """Move a DID to another address."""
    before = written.did
    state = json.loads(json.dumps(written.entries[-1]["state"]).replace(PLACE, place))
    return written.go_on(state={**state, "alsoKnownAs": [before], **changes})


def test_a_did_that_moved_is_read_at_its_new_address_only() -> None:
    written = moved(LogWriter().begin({"portable": True}))
    new = f"did:webvh:{written.scid}:new.example"

    assert read(written, new).document() == DidDocument.from_document(
        written.entries[1]["state"],  # type: ignore[arg-type]  # the writer writes objects
        did=new,
    )
    with pytest.raises(DidMovedError):
        read(written).document()


def test_t24_the_log_of_a_did_with_the_same_hash_elsewhere_is_refused() -> None:
    written = LogWriter().begin()

    with pytest.raises(DidMismatchError):
        read(written, f"did:webvh:{written.scid}:evil.example")


@pytest.mark.parametrize("parameters", [{}, {"portable": False}])
def test_a_did_that_may_not_move_does_not(parameters: JsonObject) -> None:
    check_refused(moved(LogWriter().begin(parameters)), "moves")


def test_a_did_that_gave_up_moving_does_not() -> None:
    check_refused(moved(LogWriter().begin({"portable": True}).go_on({"portable": False})), "moves")


@pytest.mark.parametrize("known_as", [None, [], ["did:web:hub.example"], "x"])
def test_a_did_that_moves_says_where_it_was(known_as: JsonValue) -> None:
    written = moved(LogWriter().begin({"portable": True}), alsoKnownAs=known_as)

    check_refused(written, "moves")


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("did:webvh:QmfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQ:hub.example", "another DID"),
        ("did:web:hub.example", "no DID"),
        (None, "no DID"),
    ],
)
def test_no_version_is_about_another_did(name: JsonValue, match: str) -> None:
    written = LogWriter().begin({"portable": True})
    state = written.entries[0]["state"]
    assert isinstance(state, dict)
    changed: JsonObject = {**state, "id": name, "alsoKnownAs": [written.did]}

    check_refused(written.go_on(state=changed), match)


def test_a_did_that_ended_has_no_document() -> None:
    written = LogWriter().begin().go_on({"deactivated": True, "updateKeys": []})

    with pytest.raises(DidDeactivatedError):
        read(written).document()


def test_a_did_that_ended_does_not_go_on() -> None:
    written = LogWriter().begin().go_on({"deactivated": True}).go_on({"deactivated": False})

    check_refused(written, "after it has ended")


# Who saw it


def test_enough_witnesses_are_enough() -> None:
    rule = witness_rule(2, FIRST, SECOND, THIRD)
    written = LogWriter().begin({"witness": rule}).go_on()
    log = read(written)
    assert set(log.rules) == {written.id_of(1), written.id_of(2)}

    log.check_witnesses(
        witness_file((written.id_of(2), FIRST), (written.id_of(2), THIRD)), SUITE.check
    )


def check_too_few(written: LogWriter, *seen: tuple[str, MemorySigner]) -> None:
    with pytest.raises(DidLogError, match="Too few"):
        read(written).check_witnesses(witness_file(*seen), SUITE.check)


def test_too_few_witnesses_are_too_few() -> None:
    written = LogWriter().begin({"witness": witness_rule(2, FIRST, SECOND)}).go_on()
    one, two = written.id_of(1), written.id_of(2)

    check_too_few(written)
    check_too_few(written, (two, FIRST))
    check_too_few(written, (two, FIRST), (two, FIRST))
    check_too_few(written, (two, FIRST), (one, SECOND))
    check_too_few(written, (two, FIRST), (two, THIEF))
    # A version that is not, or not yet, in this log says nothing about those that are.
    check_too_few(written, (two, FIRST), ("3-" + two[2:], SECOND))


def test_proofs_may_stand_in_any_order() -> None:
    written = LogWriter().begin({"witness": witness_rule(1, FIRST)}).go_on()

    for seen in ([1, 2], [2, 1]):
        data = witness_file(*((written.id_of(number), FIRST) for number in seen))
        read(written).check_witnesses(data, SUITE.check)


def test_a_signature_of_a_witness_that_is_not_genuine_does_not_count() -> None:
    written = LogWriter().begin({"witness": witness_rule(1, FIRST)})
    proof = prove({"versionId": "1-x"}, FIRST)
    data = canonical([{"versionId": written.id_of(1), "proof": [proof]}])

    with pytest.raises(DidLogError, match="Too few"):
        read(written).check_witnesses(data, SUITE.check)


def test_the_witnesses_so_far_must_see_that_others_follow_them() -> None:
    written = LogWriter().begin({"witness": witness_rule(1, FIRST)})
    written.go_on({"witness": witness_rule(1, SECOND)}).go_on({"witness": {}}).go_on()
    one, two, three = (written.id_of(number) for number in (1, 2, 3))
    log = read(written)
    assert set(log.rules) == {one, two, three}

    log.check_witnesses(witness_file((two, FIRST), (three, SECOND)), SUITE.check)
    check_too_few(written, (one, FIRST), (three, SECOND))
    check_too_few(written, (two, FIRST))


def test_new_witnesses_see_the_version_that_names_them() -> None:
    written = LogWriter().begin().go_on({"witness": witness_rule(1, FIRST)})

    assert set(read(written).rules) == {written.id_of(2)}


def test_a_log_without_witnesses_needs_none() -> None:
    assert read(LogWriter().begin({"witness": {}}).go_on()).rules == {}


@pytest.mark.parametrize(
    "rule",
    [
        [],
        {"threshold": 1},
        {"threshold": 1, "witnesses": []},
        {"threshold": 1, "witnesses": {}},
        {"threshold": 1, "witnesses": [5]},
        {"threshold": 1, "witnesses": [{"id": 5}]},
        {"threshold": 1, "witnesses": [{"id": "did:web:hub.example"}]},
        {"threshold": 1, "witnesses": [{"id": name_of(FIRST)}]},
        {"threshold": 1, "witnesses": [{"id": FIRST.method}]},
        {"witnesses": [{"id": FIRST.did}]},
        witness_rule(0, FIRST),
        witness_rule(-1, FIRST),
        witness_rule(2, FIRST),
        witness_rule(1.5, FIRST, SECOND),
        {"threshold": True, "witnesses": [{"id": FIRST.did}]},
        witness_rule("1", FIRST),
        witness_rule(1, FIRST, FIRST),
        {"threshold": 1, "witnesses": [{"id": FIRST.did}] * 33},
        {
            "threshold": 1,
            "witnesses": [{"id": "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"}],
        },
    ],
)
def test_a_rule_about_witnesses_that_is_none_is_refused(rule: JsonValue) -> None:
    check_refused(LogWriter().begin({"witness": rule}), "itness")


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"5", b"\xff", canonical([{"versionId": "1-x", "proof": [{}] * 513}])],
)
def test_what_is_no_list_of_proofs_is_refused(data: bytes) -> None:
    written = LogWriter().begin({"witness": witness_rule(1, FIRST)})

    with pytest.raises(DidLogError, match="proofs of witnesses"):
        read(written).check_witnesses(data, SUITE.check)


def test_items_that_are_no_proofs_do_not_count() -> None:
    written = LogWriter().begin({"witness": witness_rule(1, FIRST)})
    version_id = written.id_of(1)
    items: list[JsonValue] = [
        5,
        {},
        {"versionId": version_id},
        {"versionId": version_id, "proof": {}},
        {"versionId": version_id, "proof": [5, {}]},
    ]

    with pytest.raises(DidLogError, match="Too few"):
        read(written).check_witnesses(canonical(items), SUITE.check)
    good: JsonObject = {
        "versionId": version_id,
        "proof": [5, prove({"versionId": version_id}, FIRST)],
    }
    read(written).check_witnesses(canonical([*items, good]), SUITE.check)


# Any change


@given(st.data())
def test_a_log_that_was_changed_anywhere_is_refused(data: st.DataObject) -> None:
    written = LogWriter().begin({"ttl": 60}).go_on({"ttl": 61})
    text = written.data
    place = data.draw(st.integers(0, len(text) - 2))
    byte = data.draw(st.integers(0, 255).filter(lambda new: new != text[place]))
    changed = text[:place] + bytes([byte]) + text[place + 1 :]

    with pytest.raises((DidLogError, DidMismatchError)):
        read(written, data=changed)
