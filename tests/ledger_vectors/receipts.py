"""Vectors of receipts: a document is in a log that a policy trusts."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from credhub.ledger.commitment import InnerKind
from credhub.ledger.entry import Kind
from credhub.ledger.receipt import PrivateOpening, Receipt
from tests.ledger_vectors import world
from tests.ledger_vectors.cases import Case, Outcome, VectorFile

if TYPE_CHECKING:
    from credhub.jsontypes import JsonObject

INDEX = 4
RECEIPT = world.receipt(INDEX)
DOCUMENT = world.DOCUMENT.decode()


def _case(
    name: str,
    receipt: Receipt | str,
    *,
    policy: str = world.POLICY,
    why: str | None = None,
    outcome: Outcome = Outcome.REFUSED,
    **named: str,
) -> Case:
    text = receipt if isinstance(receipt, str) else receipt.text()
    given: JsonObject = {
        "receipt": text,
        "policy": policy,
        **(named or {"digest": world.DIGEST.hex()}),
    }
    return Case(name=name, given=given, why=why, outcome=outcome)


def _receipts() -> Iterator[Case]:
    spaced = json.dumps(json.loads(DOCUMENT), indent=2, ensure_ascii=True)
    witnessed = world.receipt(INDEX, checkpoint=world.note(witnesses=["oak", "ash"]))
    yield _case("a credential", RECEIPT, document=DOCUMENT)
    yield _case("the same credential with other white space", RECEIPT, document=spaced)
    yield _case("the same credential, recorded again", world.receipt(6))
    yield _case("under an older checkpoint", world.receipt(INDEX, size=5))
    yield _case("seen by two of three witnesses", witnessed, policy=world.TWO_OF_THREE)
    for index, what in ((2, world.DEFINITION), (3, world.STATUS_LIST)):
        digest = json.loads(what)["digest"]
        yield _case(f"public entry {index}", world.receipt(index), digest=digest)
    endorsed = world.ENDORSED_DIGEST.hex()
    added = world.alone(Kind.ENDORSEMENT, world.ENDORSED)
    ended = world.alone(Kind.ENDORSEMENT, world.ENDORSEMENT_ENDED)
    yield _case("an endorsement of a partner", added, digest=endorsed)
    why = "That it ended does not prove the endorsement."
    yield _case("the end of an endorsement", ended, digest=endorsed, why=why)
    yield from _about_something_else()
    yield from _forged()
    yield from _misspelled()


def _about_something_else() -> Iterator[Case]:
    name = DOCUMENT.replace("Amélie", "Amelie")
    for what, document in (("another name", name), ("no credential", "{}")):
        why = "The document is not the one that was recorded."
        yield _case(f"a document with {what}", RECEIPT, document=document, why=why)
    for index in (0, 1, 2, 3, 5):
        why = "The entry is genuine, and says something else."
        yield _case(f"the receipt of entry {index}", world.receipt(index), why=why)
    yield _case(
        "a log that is not known",
        RECEIPT,
        policy=f"log {world.OTHER_KEY.text()}\nquorum none\n",
        why="The policy does not name it: nothing is known, nothing is disproved.",
        outcome=Outcome.UNKNOWN_LOG,
    )
    yield _case(
        "a log with our name and another key",
        world.receipt(INDEX, checkpoint=world.note(key=world.OTHER)),
        why="Anybody can make a log with any name.",
        outcome=Outcome.UNKNOWN_LOG,
    )
    one = world.receipt(INDEX, checkpoint=world.note(witnesses=["elm"]))
    why = "The policy asks for two witnesses."
    yield _case("seen by one of three witnesses", one, policy=world.TWO_OF_THREE, why=why)


def _forged() -> Iterator[Case]:
    opened = world.LOGGED[INDEX]
    assert isinstance(opened, PrivateOpening)
    forged = {
        "another opening": replace(opened, opening=bytes(32)),
        "another time": replace(opened, time_ms=opened.time_ms + 1),
        "another digest": replace(opened, payload=opened.payload.replace(b"033f", b"133f")),
        "another inner kind": replace(opened, inner_kind=InnerKind.STATUS),
    }
    for name, extra in forged.items():
        why = "The commitment is another, so the leaf is not in the tree."
        yield _case(name, replace(RECEIPT, extra=extra.encode()), why=why)
    entry = world.LOGGED[INDEX].entry()
    private_as_public = replace(RECEIPT, extra=b"\x02" + entry.encode())
    yield _case("a private entry without opening", private_as_public, why="Nothing is opened.")
    public = world.public(INDEX, Kind.DEFINITION, world.ISSUED)
    why = "The entry is not in the tree."
    yield _case("an entry that was not recorded", replace(RECEIPT, extra=public.encode()), why=why)
    for index in (3, 5, 7, 2**63 - 1):
        yield _case(f"as entry {index}", replace(RECEIPT, index=index), why="It is not there.")
    yield _case(
        "a short proof", replace(RECEIPT, proof=RECEIPT.proof[1:]), why="A hash is missing."
    )
    long = replace(RECEIPT, proof=(*RECEIPT.proof, RECEIPT.proof[0]))
    yield _case("a long proof", long, why="A hash is too many.")
    older = replace(RECEIPT, checkpoint=world.note(5))
    yield _case("the checkpoint of another size", older, why="The proof is not of this tree.")


def _misspelled() -> Iterator[Case]:
    text = RECEIPT.text()
    extra = text.split("\n")[1]
    bad = {
        "no header": (text.partition("\n")[2], "The first line names form and version."),
        "another version": (text.replace("@v1", "@v2"), "This version reads v1."),
        "no extra line": (text.replace(extra + "\n", ""), "Nothing says what it is about."),
        "an empty extra line": (text.replace(extra, "extra "), "Then the line is left out."),
        "extra of another form": (text.replace("extra AQ", "extra Aw"), "No form has number 3."),
        "a leading zero": (text.replace("index 4", "index 04"), "A number has one spelling."),
        "no index": (text.replace("index 4\n", ""), "It does not say where the entry is."),
        "two spaces": (text.replace("index 4", "index  4"), "One space stands there."),
        "carriage returns": (text.replace("\n", "\r\n"), "Lines end with a newline alone."),
        "no blank line": (text.replace("\n\nhub", "\nhub"), "Nothing separates the checkpoint."),
        "no checkpoint": (text.partition("\n\n")[0] + "\n\n", "No log signed anything."),
        "no padding": (text.replace("=\n", "\n", 1), "Base64 is padded."),
        "nothing": ("", "It is no receipt."),
    }
    for name, (spelled, why) in bad.items():
        yield _case(name, spelled, why=why)


FILES = (
    VectorFile(
        name="receipts",
        check="receipt",
        about="Receipts: a document, or the digest of one, is in a log that a policy trusts.",
        cases=tuple(_receipts()),
    ),
)
