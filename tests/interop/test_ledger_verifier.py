"""The verifier that was written from the specification agrees with ours, in Node.js."""

import json
import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest

from credhub.jsontypes import JsonObject
from tests.ledger_vectors import world
from tests.ledger_vectors.__main__ import FILES as ALL_FILES
from tests.ledger_vectors.__main__ import FOLDER
from tests.ledger_vectors.cases import Outcome, VectorFile, judge
from tests.ledger_vectors.judging import fingerprint
from tests.required import Tool, lacking
from tests.unit.ledger.builder import VKEY

pytestmark = pytest.mark.interop

VERIFIER = FOLDER.parent / "verify.mjs"
# A bundle needs the canonical form of RDF as well, which the verifier leaves to others.
FILES = [vectors for vectors in ALL_FILES if vectors.check != "bundle"]
PROVED, REFUSED, MISUSED, UNKNOWN = range(4)
# Both sides know these characters; what a newer Unicode adds, the older side refuses in names.
CHARACTERS = "\n\t +=/#0129abcdefAZ\u2014\u00e9\u4e16\U0001f600\x00\r\x7f"


def verify(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    program = shutil.which("node")
    if program is None:
        lacking(Tool.NODE, "node is not installed: THE VERIFIER IN JAVASCRIPT WAS NOT TRIED")
    return subprocess.run(  # noqa: S603 - our own command line
        [program, str(VERIFIER), *map(str, words)], capture_output=True, text=True, check=False
    )


def test_it_agrees_with_every_vector() -> None:
    done = verify("vectors", FOLDER)

    assert (done.returncode, done.stderr) == (PROVED, "")
    assert done.stdout.count("as they must be") == len(FILES)
    assert done.stdout.count("passed over") == len(ALL_FILES) - len(FILES) == 1


@pytest.mark.parametrize("vectors", FILES, ids=lambda vectors: vectors.name)
def test_it_notices_a_vector_that_says_something_else(vectors: VectorFile, tmp_path: Path) -> None:
    document = json.loads(vectors.text())
    first = document["cases"][0]
    if "gives" in first:
        first["gives"]["more"] = "than comes of it"
    else:
        first["outcome"] = Outcome.REFUSED
    (tmp_path / "vectors.json").write_text(json.dumps(document))

    assert verify("vectors", tmp_path).returncode == REFUSED


@pytest.mark.parametrize("seed", range(4))
def test_both_sides_agree_about_random_damage(seed: int, tmp_path: Path) -> None:
    random = Random(seed)  # noqa: S311 - the same damage in every run
    refused = 0
    for vectors in FILES:
        cases = [
            case
            for good in json.loads(vectors.text())["cases"]
            if good["outcome"] == Outcome.ACCEPTED
            for case in _damaged_cases(random, vectors.check, good)
        ]
        refused += sum(case["outcome"] != Outcome.ACCEPTED for case in cases)
        document = {"check": vectors.check, "cases": cases}
        (tmp_path / f"{vectors.name}.json").write_text(json.dumps(document))

    done = verify("vectors", tmp_path)

    assert (done.returncode, done.stderr) == (PROVED, "")
    assert refused > 100


def _damaged_cases(random: Random, check: str, good: JsonObject) -> "list[JsonObject]":
    given = good["given"]
    assert isinstance(given, dict)
    cases: list[JsonObject] = []
    for member, value in given.items():
        for number in range(6 if isinstance(value, str) else 0):
            changed = given | {member: _damaged(random, member, str(value))}
            outcome, gives = judge(check, changed)
            case: JsonObject = {
                "name": f"{good['name']}, {member}, {number}",
                "outcome": outcome.value,
                "given": changed,
            }
            cases.append(case if gives is None else case | {"gives": gives})
    return cases


def _damaged(random: Random, member: str, text: str) -> str:
    """Change, drop or insert a piece; numbers and bytes stay what they are, but say another."""
    if member in {"index", "size", "oldSize", "newSize"}:
        return str(max(0, int(text) + random.randint(-2, 2)))
    if set(text) <= set("0123456789abcdef"):
        data = bytearray.fromhex(text) or bytearray(1)
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        return data.hex()
    start = random.randrange(len(text) + 1)
    piece = random.choice([text[start : start + 2] * 2, "", random.choice(CHARACTERS)])
    return text[:start] + piece + text[start + random.randrange(3) :]


# The command line


@pytest.fixture
def files(tmp_path: Path) -> Path:
    texts = {
        "receipt": world.receipt(4, checkpoint=world.note(witnesses=["oak", "elm"])).text(),
        "checkpoint": world.note(),
        "older": world.note(3),
        "policy": world.TWO_OF_THREE,
        "stranger": f"log {world.OTHER_KEY.text()}\nquorum none\n",
        "other": "{}",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "credential").write_bytes(world.DOCUMENT)
    return tmp_path


def test_a_receipt_is_proved_with_a_policy_or_with_a_key(files: Path) -> None:
    receipt = ("receipt", files / "receipt", "--credential", files / "credential")

    by_policy = verify(*receipt, "--policy", files / "policy")
    by_key = verify(*receipt, "--vkey", world.LOG_KEY.text())

    assert (by_policy.returncode, by_key.returncode) == (PROVED, PROVED)
    assert "2026-11-22T12:00:00.004Z" in by_policy.stdout
    assert "oak, elm" in by_policy.stdout
    assert world.DIGEST.hex() in by_key.stdout
    assert fingerprint(world.LOG_KEY.text()) in by_key.stdout
    assert by_policy.stderr == by_key.stderr == ""


def test_another_document_and_an_unknown_log_end_with_different_codes(files: Path) -> None:
    receipt = ("receipt", files / "receipt", "--credential")

    other = verify(*receipt, files / "other", "--policy", files / "policy")
    unknown = verify(*receipt, files / "credential", "--policy", files / "stranger")
    missing = verify(*receipt, files / "nothing", "--policy", files / "policy")

    assert (other.returncode, unknown.returncode, missing.returncode) == (REFUSED, UNKNOWN, MISUSED)
    assert other.stderr.startswith("refused ")


def test_checkpoints_are_read_and_compared(files: Path) -> None:
    key = ("--vkey", world.LOG_KEY.text())
    proof = files / "proof"
    proof.write_text("".join(f"{line}\n" for line in world.consistency(3)))

    alone = verify("checkpoint", files / "checkpoint", *key)
    both = verify("consistency", files / "older", files / "checkpoint", "--proof", proof, *key)
    back = verify("consistency", files / "checkpoint", files / "older", "--proof", proof, *key)
    short = verify("checkpoint", files / "checkpoint", "--policy", files / "policy")

    codes = [done.returncode for done in (alone, both, back, short)]
    assert codes == [PROVED, PROVED, REFUSED, REFUSED]


def test_a_policy_is_explained(files: Path) -> None:
    done = verify("policy", files / "policy")

    assert done.returncode == PROVED
    assert f"{world.DID} hub.example/ledger/riverside/" in done.stdout
    assert verify("policy", files / "other").returncode == REFUSED


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("receipt", "{gone}", "--credential", "{there}", "--vkey", "{vkey}"), "{gone}"),
        (("receipt", "{there}", "--credential", "{gone}", "--vkey", "{vkey}"), "{gone}"),
        (("checkpoint", "{there}", "--policy", "{gone}"), "{gone}"),
        (("consistency", "{gone}", "{there}", "--proof", "{there}", "--vkey", "{vkey}"), "{gone}"),
        (("policy", "{gone}"), "{gone}"),
        (("vectors", "{gone}"), "{gone}"),
    ],
)
def test_a_file_that_is_not_there_is_wrong_usage(
    words: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    there.write_text("{}")
    names = {"gone": tmp_path / "gone", "there": there, "vkey": VKEY.text()}

    done = verify(*(word.format(**names) for word in words))

    assert (done.returncode, done.stdout) == (MISUSED, "")
    told = told.format(**names)
    assert done.stderr == f"not read    {told} cannot be read: there is no such file.\n"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    done = verify("policy", tmp_path)

    assert done.returncode == MISUSED
    assert "cannot be read: it is a folder.\n" in done.stderr


def test_a_file_that_is_there_and_false_is_refused(tmp_path: Path) -> None:
    (tmp_path / "policy").write_text("no policy")

    done = verify("policy", tmp_path / "policy")

    assert done.returncode == REFUSED
    assert done.stderr.startswith("refused     ")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("unknown",),
        ("receipt", "x"),
        ("receipt", "x", "--credential", "y"),
        ("receipt", "x", "--credential", "y", "--vkey", "k", "--policy", "p"),
        ("policy",),
        ("toString", "x"),
    ],
)
def test_wrong_usage_says_how_to_use_it(words: tuple[str, ...]) -> None:
    done = verify(*words)

    assert done.returncode == MISUSED
    assert done.stderr.startswith("Usage: ")
