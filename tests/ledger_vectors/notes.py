"""Vectors of keys, notes, cosigned checkpoints and policies."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.merkle import root
from credhub.ledger.note import sign_note
from tests.ledger_vectors import world
from tests.ledger_vectors.cases import Case, Outcome, VectorFile

if TYPE_CHECKING:
    from credhub.jsontypes import JsonObject

C2SP_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
LOG = world.LOG_KEY.text()
TEXT = Checkpoint(origin=world.ORIGIN, size=len(world.LEAVES), root=root(world.LEAVES)).text()


def _keys() -> Iterator[Case]:
    yield Case(name="the example of C2SP signed-note", given={"vkey": C2SP_KEY})
    yield Case(name="a log", given={"vkey": LOG})
    yield Case(name="a witness", given={"vkey": world.WITNESSES["oak"].text()})
    name, key_id, material = LOG.split("+", 2)
    bad = {
        "another id": (f"{name}+00000000+{material}", "The id is the hash of name and key."),
        "an id in upper case": (f"{name}+{key_id.upper()}+{material}", "It has one spelling."),
        "another name": (f"{name}x+{key_id}+{material}", "The id covers the name."),
        "no name": (f"+{key_id}+{material}", "A key has a name."),
        "a space in the name": (f"a b+{key_id}+{material}", "A name has no spaces."),
        "two parts": (f"{name}+{key_id}", "A key has three parts."),
        "padding that is not needed": (LOG + "=", "Base64 has one spelling."),
        "a newline at the end": (LOG + "\n", "Nothing follows the key."),
    }
    for case, (vkey, why) in bad.items():
        yield Case(name=case, given={"vkey": vkey}, why=why)


def _notes() -> Iterator[Case]:
    signed = world.note()
    both = world.note(witnesses=["oak"])
    oak = world.WITNESSES["oak"].text()
    other = world.OTHER_KEY.text()
    yield Case(
        name="the example of C2SP signed-note", given={"note": C2SP_NOTE, "logs": [C2SP_KEY]}
    )
    yield Case(name="a log", given={"note": signed, "logs": [LOG]})
    yield Case(name="a log and a stranger", given={"note": both, "logs": [LOG]})
    yield Case(name="a log and a witness", given={"note": both, "logs": [LOG], "witnesses": [oak]})
    yield Case(
        name="nobody we know",
        given={"note": signed, "logs": [other]},
        why="No key that we know signed it.",
        outcome=Outcome.UNKNOWN_LOG,
    )
    head, _, signature = signed.rpartition(" ")
    bad = {
        "a text that was changed": (signed.replace("\n7\n", "\n8\n"), "The signature fails."),
        "a signature that was changed": (_flip(signed, -10), "The signature fails."),
        "no blank line": (signed.replace("\n\n", "\n"), "Nothing separates the signatures."),
        "no newline at the end": (signed[:-1], "A note ends with a newline."),
        "a carriage return": (signed.replace("\n", "\r\n"), "It is a control character."),
        "a hyphen for the dash": (signed.replace("—", "-"), "A line begins with U+2014."),
        "two spaces": (f"{head}  {signature}", "One space stands before the signature."),
        "no padding": (signed.replace("=\n", "\n"), "Base64 is padded."),
        "an empty signature": (f"{head} {signature[:4]}\n", "Nothing follows the id."),
        "65 signatures": (signed + both.splitlines(keepends=True)[-1] * 64, "There are too many."),
    }
    for name, (note, why) in bad.items():
        yield Case(name=name, given={"note": note, "logs": [LOG]}, why=why)


def _flip(text: str, at: int) -> str:
    other = "B" if text[at] == "A" else "A"
    return text[:at] + other + text[at:][1:]


def _checkpoints() -> Iterator[Case]:
    two = world.note(witnesses=["oak", "ash"])
    yield _checkpoint("no witnesses asked for", world.note(), world.POLICY)
    yield _checkpoint("two of three witnesses", two, world.TWO_OF_THREE)
    yield _checkpoint("witnesses that nobody asked for", two, world.POLICY)
    yield _checkpoint("the empty tree", world.note(0), world.POLICY)
    for names in ((), ("elm",), ("oak", "oak")):
        note = world.note(witnesses=names)
        why = "The policy asks for two different witnesses."
        yield _checkpoint(f"witnesses: {len(names)} of one", note, world.TWO_OF_THREE, why=why)
    bad = {
        "a cosignature of another tree": (
            world.cosigned(world.note(), TEXT.replace("\n7\n", "\n6\n"), ["oak", "elm"]),
            "The witnesses saw something else.",
        ),
        "a cosignature at no time": (
            world.cosigned(world.note(), TEXT, ["oak", "elm"], timestamp=0),
            "A cosignature says when.",
        ),
        "one false cosignature beside two": (
            world.cosigned(two, TEXT.replace("\n7\n", "\n6\n"), ["elm"]),
            "A line of a known witness is not genuine.",
        ),
    }
    for name, (note, why) in bad.items():
        yield _checkpoint(name, note, world.TWO_OF_THREE, why=why)
    yield from _other_texts()


def _other_texts() -> Iterator[Case]:
    texts = {
        "a leading zero": (TEXT.replace("\n7\n", "\n07\n"), "A number has one spelling."),
        "a negative size": (TEXT.replace("\n7\n", "\n-7\n"), "A size is not negative."),
        "2^63 entries": (TEXT.replace("\n7\n", f"\n{2**63}\n"), "A size is below 2^63."),
        "an extension line": (TEXT + "more\n", "Nobody can audit extension lines."),
        "a short root": ("\n".join([*TEXT.split("\n")[:2], "AAAA", ""]), "A root has 32 bytes."),
    }
    for name, (text, why) in texts.items():
        note = sign_note(
            text, name=world.ORIGIN, public_key=world.LOG.public_key, sign=world.LOG.sign
        )
        yield _checkpoint(name, note, world.POLICY, why=why)
    another = world.note(origin=world.OTHER_KEY.name)
    names = {
        "a key of another origin": (
            sign_note(
                TEXT,
                name=world.OTHER_KEY.name,
                public_key=world.OTHER.public_key,
                sign=world.OTHER.sign,
            ),
            f"{world.POLICY}log {world.OTHER_KEY.text()}\n",
            "The key of another log cannot speak for this one.",
        ),
        "a log that is not in the policy": (another, world.POLICY, "We do not know its key."),
    }
    for name, (note, policy, why) in names.items():
        yield _checkpoint(name, note, policy, why=why, outcome=Outcome.UNKNOWN_LOG)


def _checkpoint(
    name: str,
    note: str,
    policy: str,
    *,
    why: str | None = None,
    outcome: Outcome = Outcome.REFUSED,
) -> Case:
    given: JsonObject = {"note": note, "policy": policy}
    return Case(name=name, given=given, why=why, outcome=outcome)


def _policies() -> Iterator[Case]:
    oak, elm = (f"witness {name} {world.WITNESSES[name].text()}\n" for name in ("oak", "elm"))
    log = f"log {LOG}\n"
    good = {
        "a log": world.POLICY,
        "two of three witnesses, and a hub": world.TWO_OF_THREE,
        "no log": "quorum none\n",
        "tabs, spaces, comments, empty lines": f"\n# a comment\n \t{log}\t#x\n\tquorum \t none \n",
        "a witness is the quorum": f"{oak}{log}quorum oak\n",
        "groups in groups": f"{oak}{elm}group a any oak\ngroup b all a elm\nquorum b\n",
        "the quorum first": f"quorum none\n{log}",
        "addresses": f"log {LOG} https://{world.ORIGIN}\nquorum none\n",
    }
    for name, policy in good.items():
        yield Case(name=name, given={"policy": policy})
    bad = {
        "nothing": ("", "A policy has one quorum line."),
        "no quorum": (log, "A policy has one quorum line."),
        "two quorums": ("quorum none\nquorum none\n", "A policy has one quorum line."),
        "no newline at the end": ("quorum none", "Each line ends with a newline."),
        "a carriage return": ("quorum none\r\n", "It is a control character."),
        "an unknown word": ("logs x\nquorum none\n", "No line begins so."),
        "a log with the key of a witness": (
            f"log {world.WITNESSES['oak'].text()}\nquorum none\n",
            "The type of the key is another.",
        ),
        "a witness with the key of a log": (
            f"witness oak {LOG}\nquorum none\n",
            "The type of the key is another.",
        ),
        "a log twice": (f"{log}{log}quorum none\n", "A key is there once."),
        "a witness key twice": (f"{oak}{oak.replace('oak ', 'two ', 1)}quorum none\n", "As above."),
        "a name twice": (f"{oak}{elm.replace('elm', 'oak', 1)}quorum none\n", "A name is unique."),
        "a witness called none": (f"{oak.replace('oak', 'none', 1)}quorum none\n", "It is taken."),
        "a quorum that nobody defined": ("quorum oak\n", "It must stand above."),
        "a quorum defined below": (f"quorum oak\n{oak}", "It must stand above."),
        "a group of nobody": ("group a any\nquorum none\n", "A group has a member."),
        "none in a group": ("group a any none\nquorum none\n", "None is no member."),
        "a member twice": (f"{oak}group a any oak oak\nquorum a\n", "A member is there once."),
        "a member of two groups": (
            f"{oak}group a any oak\ngroup b any oak\nquorum a\n",
            "A member is there once.",
        ),
        "a threshold of 0": (f"{oak}group a 0 oak\nquorum a\n", "It asks for nobody."),
        "a threshold of 2 of 1": (f"{oak}group a 2 oak\nquorum a\n", "It asks for too many."),
        "a threshold of 01": (f"{oak}group a 01 oak\nquorum a\n", "A number has one spelling."),
        "a hub that is no DID": ("#hub riverside hub.example/\nquorum none\n", "It is no DID."),
        "a hub without an origin": (f"#hub {world.DID}\nquorum none\n", "It has two words."),
        "three words after log": (f"log {LOG} a b\nquorum none\n", "It has one or two words."),
    }
    for name, (policy, why) in bad.items():
        yield Case(name=name, given={"policy": policy}, why=why)


FILES = (
    VectorFile(
        name="keys",
        check="vkey",
        about="Verifier keys, and their fingerprints.",
        cases=tuple(_keys()),
    ),
    VectorFile(
        name="notes",
        check="note",
        about="Signed notes, opened with the keys that we know.",
        cases=tuple(_notes()),
    ),
    VectorFile(
        name="checkpoints",
        check="checkpoint",
        about="Checkpoints with cosignatures, judged by a policy.",
        cases=tuple(_checkpoints()),
    ),
    VectorFile(
        name="policies",
        check="policy",
        about="Policies, with our #hub lines.",
        cases=tuple(_policies()),
    ),
)
