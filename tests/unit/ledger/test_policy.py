from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import (
    CheckpointError,
    LogNotKnownError,
    NoteError,
    PolicyError,
    QuorumNotMetError,
)
from credhub.ledger.cosignature import WitnessKey, cosign
from credhub.ledger.note import VerifierKey, add_signatures, sign_note
from credhub.ledger.policy import MAX_LENGTH, Policy
from credhub.ledger.policy_lines import Group, KnownIssuer, KnownLog, KnownWitness
from tests.damage import damaged_text
from tests.unit.ledger.builder import LEDGER_KEY, ORIGIN, VKEY, KeyOf, signed

TIME = 1_700_000_000
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
WITNESSES = {
    name: WitnessKey(name=f"{name.lower()}.example", public_key=KeyOf(name).public_key)
    for name in NAMES
}
NOTE = signed(5, b"r" * 32)
TEXT = NOTE.partition("\n\n")[0] + "\n"
DID = "did:web:hub.example:hubs:riverside"

# The shape of the example in C2SP tlog-policy, section "Example policy".
FILE = f"""
# whom we believe
#hub {DID} hub.example/ledger/riverside/
log {VKEY.text()}

witness X1 {WITNESSES["X1"].text()}
witness X2 {WITNESSES["X2"].text()} https://x2.example/witness
\t witness   X3\t{WITNESSES["X3"].text()}\t
group X-witnesses 2 X1 X2 X3

witness Y1 {WITNESSES["Y1"].text()}
witness Y2 {WITNESSES["Y2"].text()}
witness Y3 {WITNESSES["Y3"].text()}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""
POLICY = Policy.parse(FILE.encode())


def cosigned(names: Iterable[str], note: str = NOTE) -> str:
    lines = (
        cosign(TEXT, key=WITNESSES[name], timestamp=TIME, sign=KeyOf(name).sign) for name in names
    )
    return add_signatures(note, lines)


def parsed(*lines: str) -> Policy:
    return Policy.parse("".join(line + "\n" for line in lines).encode())


def witness(name: str, key: str = "") -> str:
    return f"witness {name} {WITNESSES[key or name].text()}"


def test_the_shape_of_the_specification_s_example_is_read() -> None:
    expected = Policy(
        logs=(KnownLog(key=VKEY),),
        witnesses=tuple(
            KnownWitness(
                name=name,
                key=WITNESSES[name],
                url="https://x2.example/witness" if name == "X2" else None,
            )
            for name in NAMES
        ),
        groups=(
            Group(name="X-witnesses", threshold=2, members=("X1", "X2", "X3")),
            Group(name="Y-witnesses", threshold=1, members=("Y1", "Y2", "Y3")),
            Group(name="X-and-Y", threshold=2, members=("X-witnesses", "Y-witnesses")),
        ),
        quorum="X-and-Y",
        issuers=(KnownIssuer(did=DID, origin="hub.example/ledger/riverside/"),),
    )

    assert expected == POLICY


@pytest.mark.parametrize("names", ["X1 X2 Y1", "X2 X3 Y3", "X1 X2 X3 Y1 Y2 Y3"])
def test_enough_witnesses_make_a_checkpoint_valid(names: str) -> None:
    result = POLICY.check(cosigned(names.split()))

    assert (result.checkpoint.origin, result.checkpoint.size) == (ORIGIN, 5)
    assert result.log == VKEY
    assert [one.key for one in result.cosignatures] == [WITNESSES[name] for name in names.split()]
    assert {one.timestamp for one in result.cosignatures} == {TIME}


@pytest.mark.parametrize("names", ["", "X1", "X1 X2", "X1 Y1", "Y1 Y2 Y3", "X1 Y1 Y2 Y3"])
def test_too_few_witnesses_do_not(names: str) -> None:
    with pytest.raises(QuorumNotMetError):
        POLICY.check(cosigned(names.split()))


def test_one_witness_counts_once_however_often_it_signs() -> None:
    again = [
        cosign(TEXT, key=WITNESSES["X1"], timestamp=time, sign=KeyOf("X1").sign)
        for time in (1, 2, 3)
    ]

    with pytest.raises(QuorumNotMetError):
        POLICY.check(add_signatures(cosigned(["Y1"]), again))


def test_a_quorum_may_be_one_witness_or_none() -> None:
    one = parsed(f"log {VKEY.text()}", witness("X1"), witness("X2"), "quorum X1")
    none = parsed(f"log {VKEY.text()}", witness("X1"), "quorum none")

    assert one.check(cosigned(["X1"])).cosignatures
    with pytest.raises(QuorumNotMetError):
        one.check(cosigned(["X2"]))
    assert none.check(NOTE).cosignatures == ()


def test_a_log_that_is_not_known_is_told_apart() -> None:
    none = parsed("quorum none")
    other = parsed(f"log {VerifierKey(name='other.example', public_key=VKEY.public_key).text()}",
                   "quorum none")  # fmt: skip

    with pytest.raises(LogNotKnownError):
        none.check(NOTE)
    with pytest.raises(LogNotKnownError):
        other.check(NOTE)
    assert none.check(NOTE, logs=[VKEY]).log == VKEY


def test_the_key_of_a_known_log_cannot_speak_for_another_origin() -> None:
    text = TEXT.replace(ORIGIN, "victim.example/ledger")
    note = sign_note(text, name=ORIGIN, public_key=LEDGER_KEY.public_key, sign=LEDGER_KEY.sign)

    with pytest.raises(LogNotKnownError):
        parsed(f"log {VKEY.text()}", "quorum none").check(note)


def test_a_false_line_of_a_known_key_is_refused_even_beyond_the_quorum() -> None:
    false = cosign("other\n", key=WITNESSES["Y2"], timestamp=TIME, sign=KeyOf("Y2").sign)

    with pytest.raises(NoteError):
        POLICY.check(add_signatures(cosigned(["X1", "X2", "Y1"]), [false]))


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    note = sign_note(
        ORIGIN + "\nhello\n", name=ORIGIN, public_key=LEDGER_KEY.public_key, sign=LEDGER_KEY.sign
    )

    with pytest.raises(CheckpointError):
        parsed(f"log {VKEY.text()}", "quorum none").check(note)


@given(st.data())
def test_a_damaged_note_is_refused_or_says_the_same(data: st.DataObject) -> None:
    good = cosigned(["X1", "X2", "Y1"])
    note = data.draw(damaged_text(st.just(good)))
    try:
        result = POLICY.check(note)
    except (LogNotKnownError, QuorumNotMetError, NoteError):
        return
    assert result == POLICY.check(good)


@given(damaged_text(st.just(FILE)))
def test_a_policy_is_refused_or_read_exactly(text: str) -> None:
    try:
        policy = Policy.parse(text.encode())
    except PolicyError:
        return
    assert Policy.parse(policy.text().encode()) == policy


@given(st.binary(max_size=60).map(lambda data: data.replace(b"\n", b"") + b"\n"))
def test_octets_are_refused_or_read_exactly(octets: bytes) -> None:
    try:
        policy = Policy.parse(b"quorum none\n" + octets)
    except PolicyError:
        return
    assert Policy.parse(policy.text().encode(errors="surrogateescape")) == policy


def test_a_name_is_octets_and_not_unicode() -> None:
    key = WITNESSES["X1"].text().encode()
    data = b"# \xff\nwitness \xe2\x84\xaa\xfe " + key + b"\nquorum \xe2\x84\xaa\xfe\n"

    policy = Policy.parse(data)

    assert policy.text().encode(errors="surrogateescape") == data.partition(b"\n")[2]
    with pytest.raises(PolicyError):
        Policy.parse(data.replace(b"quorum \xe2\x84\xaa\xfe", b"quorum K"))


REFUSED = {
    "no quorum": (),
    "two quorums": ("quorum none", "quorum none"),
    "a quorum of two names": (witness("X1"), witness("X2"), "quorum X1 X2"),
    "a quorum of nobody": ("quorum",),
    "an unknown quorum": ("quorum X1",),
    "a quorum before its witness": ("quorum X1", witness("X1")),
    "a witness called none": (witness("none", "X1"), "quorum none"),
    "one name twice": (witness("X1"), witness("X1", "X2"), "quorum none"),
    "one key twice": (witness("X1"), witness("other", "X1"), "quorum none"),
    "one key under two key names": (
        witness("X1"),
        "witness X2 "
        + WitnessKey(name="again.example", public_key=WITNESSES["X1"].public_key).text(),
        "quorum none",
    ),
    "one log twice": (f"log {VKEY.text()}", f"log {VKEY.text()} https://u.example", "quorum none"),
    "a log key under two origins": (
        f"log {VKEY.text()}",
        f"log {VerifierKey(name='other.example', public_key=VKEY.public_key).text()}",
        "quorum none",
    ),
    "a group named as a witness": (witness("X1"), "group X1 any X1", "quorum none"),
    "a group of an unknown member": (witness("X1"), "group g any X1 X2", "quorum none"),
    "a group of later members": ("group g any X1", witness("X1"), "quorum none"),
    "a group of itself": ("group g any g", "quorum none"),
    "a group of none": ("group g any none", "quorum none"),
    "a group without members": ("group g any", "quorum none"),
    "a group without a number": ("group g", "quorum none"),
    "a group of zero": (witness("X1"), "group g 0 X1", "quorum none"),
    "a group of too many": (witness("X1"), "group g 2 X1", "quorum none"),
    "a group of 01": (witness("X1"), "group g 01 X1", "quorum none"),
    "a member twice": (witness("X1"), "group g 1 X1 X1", "quorum none"),
    "a member of two groups": (witness("X1"), "group g any X1", "group h any X1", "quorum none"),
    "a log without a key": ("log", "quorum none"),
    "a log with two URLs": (f"log {VKEY.text()} u v", "quorum none"),
    "a log with the key of a witness": (f"log {WITNESSES['X1'].text()}", "quorum none"),
    "a witness without a key": ("witness X1", "quorum none"),
    "a witness without anything": ("witness", "quorum none"),
    "a witness with two URLs": (witness("X1") + " u v", "quorum none"),
    "a witness with the key of a log": (f"witness X1 {VKEY.text()}", "quorum none"),
    "an unknown word": ("quorum none", "logs"),
    "a hub without an origin": (f"#hub {DID}", "quorum none"),
    "a hub with more than an origin": (f"#hub {DID} a/ b/", "quorum none"),
    "a hub twice": (f"#hub {DID} a/", f"#hub {DID} a/", "quorum none"),
    "a hub without a DID": ("#hub riverside hub.example/", "quorum none"),
    "a carriage return": ("quorum none\r",),
    "a NUL": ("quorum none", "# \0"),
    "a DEL": ("quorum none", "# \x7f"),
    "too many lines": ("quorum none", *["#"] * 5_000),
    "too many octets": ("quorum none", "#" * MAX_LENGTH),
}


@pytest.mark.parametrize("lines", REFUSED.values(), ids=REFUSED)
def test_what_is_no_policy_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(PolicyError):
        parsed(*lines)


def test_the_last_line_ends_too() -> None:
    with pytest.raises(PolicyError):
        Policy.parse(b"quorum none")


def test_a_refusal_names_the_line() -> None:
    with pytest.raises(PolicyError, match="Line 3 "):
        parsed("# first", "", "group g any X1", "quorum none")


@pytest.mark.parametrize("word", ["", "two words", "a\ttab", "a\nline", "\x7f"])
def test_what_is_not_one_word_is_in_no_policy(word: str) -> None:
    with pytest.raises(PolicyError):
        Group(name=word, threshold=1, members=("X1",))
    with pytest.raises(PolicyError):
        KnownWitness(name="X1", key=WITNESSES["X1"], url=word)
    with pytest.raises(PolicyError):
        KnownLog(key=VKEY, url=word)


def test_a_hub_is_announced_by_an_origin_or_by_all_under_a_slash() -> None:
    policy = parsed(
        "#hub did:web:a hub.example/ledger/a/",
        "#hub did:web:b hub.example/ledger/b/2026",
        "# hub keys are above",
        "quorum none",
    )

    assert policy.issuers_of("hub.example/ledger/a/2026") == ("did:web:a",)
    assert policy.issuers_of("hub.example/ledger/b/2026") == ("did:web:b",)
    assert policy.issuers_of("hub.example/ledger/b/2026-2") == ()
    assert policy.issuers_of("hub.example/ledger/ab/2026") == ()
