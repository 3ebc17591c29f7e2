"""Vectors of JSON, entries, commitments and events."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from credhub import jsontypes
from credhub.ledger.commitment import InnerKind
from tests.ledger_vectors import world
from tests.ledger_vectors.cases import Case, VectorFile

if TYPE_CHECKING:
    from credhub.jsontypes import JsonValue


def _json() -> Iterator[Case]:
    good = {
        "members are sorted by UTF-16 units": '{"\u20ac":1,"\ufb33":2,"\U0001f600":3,"a":4}',
        "white space goes": ' { "b" : [ 1 , 2 ] , "a" : null } ',
        "numbers": "[1e21,1E-7,0.10,-0,100,9007199254740991,1.0]",
        "escapes": '"\\u00e9\\/\\u001F\\n\\u2028"',
        "a signed credential": world.DOCUMENT.decode(),
    }
    for name, text in good.items():
        yield Case(name=name, given={"bytes": text.encode().hex()})
    bad = {
        "a member twice": (b'{"a":1,"a":2}', "Readers would disagree about which one counts."),
        "a member twice, once escaped": (b'{"a":1,"\\u0061":2}', "The names are the same."),
        "half a surrogate pair": (b'"\\ud800"', "It is not a character."),
        "U+0000": (b'"\\u0000"', "The character is refused."),
        "a large integer": (b"9007199254740993", "A double cannot hold it."),
        "a huge number": (b"1e400", "A double cannot hold it."),
        "NaN": (b"NaN", "It is not JSON."),
        "not UTF-8": (b'"\xe9"', "The bytes are ISO 8859-1."),
        "a byte order mark": (b"\xef\xbb\xbf{}", "UTF-8 here has none."),
        "33 levels": (b"[" * 33 + b"]" * 33, "The text nests more than 32 levels."),
        "something after the value": (b"{} x", "It is not JSON."),
    }
    for name, (data, why) in bad.items():
        yield Case(name=name, given={"bytes": data.hex()}, why=why)


def _entries() -> Iterator[Case]:
    for index, opened in enumerate(world.LOGGED):
        yield Case(name=f"entry {index}", given={"entry": opened.entry().encode().hex()})
    private = world.LOGGED[4].entry().encode()
    public = world.LOGGED[3].entry().encode()
    bad = {
        "another magic": (b"CHL2" + private[4:], "It is no entry of this version."),
        "kind 0": (private[:4] + b"\0" + private[5:], "No kind has this number."),
        "kind 9": (private[:4] + b"\x09" + private[5:], "No kind has this number."),
        "one byte short": (private[:-1], "The header has 47 bytes."),
        "one byte more": (private + b"\0", "The length says 0."),
        "a shorter length": (public[:46] + b"\x01" + public[47:], "The length does not fit."),
        "after the year 9999": (
            private[:5] + b"\x01" + private[6:],
            "The time is beyond the last millisecond of the year 9999.",
        ),
        "a private entry of zeroes": (
            private[:13] + bytes(32) + private[45:],
            "A private entry has a commitment.",
        ),
        "a private entry with public bytes": (
            private[:45] + b"\0\x02{}",
            "A private entry says nothing in public.",
        ),
        "a public entry with a commitment": (
            public[:13] + b"\x01" * 32 + public[45:],
            "A public entry has no commitment.",
        ),
        "a public entry that says nothing": (public[:45] + b"\0\0", "It has no public bytes."),
    }
    for name, (data, why) in bad.items():
        yield Case(name=name, given={"entry": data.hex()}, why=why)


def _commitments() -> Iterator[Case]:
    payloads = {
        "an issue": (InnerKind.ISSUE, world.ISSUED),
        "a status change": (InnerKind.STATUS, world.REVOKED),
        "an erasure that says nothing": (InnerKind.ERASURE, b""),
        "the same issue again": (InnerKind.ISSUE, world.ISSUED),
    }
    for index, (name, (kind, payload)) in enumerate(payloads.items(), 4):
        yield Case(
            name=name,
            given={
                "subjectKey": world.SUBJECT_KEY.hex(),
                "entryId": world.entry_id(index).hex(),
                "innerKind": int(kind),
                "payload": payload.hex(),
            },
        )


def _events() -> Iterator[Case]:
    good = {
        "issue": world.ISSUED,
        "status": world.REVOKED,
        "key": world.key_event("issuing", purpose="issuing"),
        "definition": world.DEFINITION,
        "statusList": world.STATUS_LIST,
        "freeze": world.FROZEN,
        "childCheckpoint": world.PREVIOUS,
        "operation": world.ROLLED_BACK,
        "endorsement": world.ENDORSED,
    }
    yield _event("the end of an endorsement", "endorsement", world.ENDORSEMENT_ENDED)
    yield _event("childCheckpoint without signature", "childCheckpoint", world.UNSIGNED_PREVIOUS)
    for kind, payload in good.items():
        yield _event(kind, kind, payload)
        yield _event(f"{kind} as another kind", _another(kind), payload, why="The members differ.")
        yield _event(f"{kind} with a space", kind, payload + b" ", why="It is not RFC 8785.")
        members = jsontypes.parse_object(payload)
        more = jsontypes.canonical(members | {"zz": "more"})
        yield _event(f"{kind} with one member more", kind, more, why="No member may be added.")
        first = min(members)
        less = jsontypes.canonical({name: members[name] for name in members if name != first})
        yield _event(f"{kind} without {first}", kind, less, why="A member is missing.")
    changes: dict[tuple[str, str], tuple[JsonValue, str]] = {
        ("issue", "digest"): ("A" * 64, "Hexadecimal is in lower case."),
        ("status", "new"): ("withdrawn", "It is none of the choices."),
        ("status", "changedAt"): ("2026-11-22T12:00:00.5Z", "Times have whole seconds."),
        ("key", "at"): ("2026-02-30T12:00:00Z", "There is no such day."),
        ("key", "event"): ("lost", "It is none of the choices."),
        ("definition", "version"): (-1, "Versions are not negative."),
        ("statusList", "version"): ("1", "A version is a number."),
        ("freeze", "why"): ("bored", "It is none of the choices."),
        ("childCheckpoint", "note"): ("a log", "It is no checkpoint."),
        ("operation", "operation"): ("restarted", "It is none of the choices."),
        ("endorsement", "change"): ("renewed", "It is none of the choices."),
        ("endorsement", "inForce"): ("00", "A digest has 32 bytes."),
        ("operation", "knownRoot"): ("00", "A root has 32 bytes."),
    }
    for (kind, member), (value, why) in changes.items():
        changed = jsontypes.canonical(jsontypes.parse_object(good[kind]) | {member: value})
        yield _event(f"{kind}: {member} is {value!r:.30}", kind, changed, why=why)


def _event(name: str, kind: str, payload: bytes, *, why: str | None = None) -> Case:
    return Case(name=name, given={"kind": kind, "payload": payload.hex()}, why=why)


def _another(kind: str) -> str:
    return "key" if kind == "issue" else "issue"


FILES = (
    VectorFile(
        name="json",
        check="json",
        about="Strict JSON, its RFC 8785 form and the digest by which a ledger names a document.",
        cases=tuple(_json()),
    ),
    VectorFile(
        name="entries",
        check="entry",
        about="The bytes of entries, and their leaf hashes.",
        cases=tuple(_entries()),
    ),
    VectorFile(
        name="commitments",
        check="commitment",
        about="Openings from a subject's key, and the commitments that they open.",
        cases=tuple(_commitments()),
    ),
    VectorFile(
        name="events",
        check="event",
        about="What entries say, byte for byte.",
        cases=tuple(_events()),
    ),
)
