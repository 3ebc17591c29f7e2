"""G15: implementations that we did not write read and verify what we publish, sign and prove.

Go's own packages and tlog-scales read logs of tiles; @sigstore/verify checks notes and inclusion.
All of them also refuse what was damaged, so that their yes means something.
"""

import shutil
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest

from credhub.ledger.cosignature import WitnessKey
from credhub.ledger.entry import leaf_hash
from credhub.ledger.merkle_proofs import verify_inclusion
from credhub.ledger.note import VerifierKey, split_note
from credhub.ledger.policy import Policy
from credhub.ledger.receipt import Receipt
from tests.engines import SqliteDatabases
from tests.interop.packages import Installed, from_go, from_npm, from_pypi
from tests.interop.published_log import (
    ASH_KEY,
    ELM_KEY,
    INDEXES,
    SIZES,
    Case,
    Published,
    cosigned,
    damaged,
    entry_of,
    flipped,
    notes_of,
    published_in,
    spelled,
)
from tests.unit.ledger.builder import KeyOf

pytestmark = pytest.mark.interop

# All that the newest checkpoint needs; the folder also holds what an older one needed.
FILES = (
    "checkpoint",
    *(f"tile/{tiles}/{name}" for tiles in (0, "entries") for name in ("000", "001", "002.p/7")),
    "tile/1/000.p/2",
)
PLACES = (0, 0.3, 0.7, 0.97)  # In a file: its first byte, and others up to about its last.
Judge = Callable[[list[Case]], list[bool]]


@pytest.fixture(scope="module")
def tlog_scales(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return from_pypi("tlog_scales", tmp_path_factory.mktemp("tlog-scales"))


@pytest.fixture(scope="module")
def in_python(tlog_scales: Installed) -> Judge:
    return tlog_scales.ask


@pytest.fixture(scope="module")
def in_javascript(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    return from_npm("sigstore", tmp_path_factory.mktemp("sigstore")).ask


@pytest.fixture(scope="module")
def in_go(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    return from_go("go", tmp_path_factory.mktemp("go")).ask


@pytest.fixture(scope="module")
def published(
    sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Published]:
    with sqlite.migrated() as url:
        made = published_in(tmp_path_factory.mktemp("published"), url)
        assert (made.folder / "checkpoint").read_text() == made.notes[SIZES[-1]]
        yield made


@pytest.fixture(params=["in_python", "in_go"])
def reader(request: pytest.FixtureRequest) -> Judge:
    """Who reads tiles, in turn."""
    judge: Judge = request.getfixturevalue(request.param)
    return judge


@pytest.fixture(params=["in_python", "in_javascript", "in_go"])
def judged(request: pytest.FixtureRequest) -> Judge:
    """Who verifies checkpoints and inclusion, in turn."""
    judge: Judge = request.getfixturevalue(request.param)
    return judge


def test_g15_a_published_log_is_read_whole(
    published: Published, reader: Judge, tmp_path: Path
) -> None:
    case: Case = {"check": "log", "vkey": published.vkey}
    changed: list[Case] = []
    for number, (path, place) in enumerate(product(FILES, PLACES)):
        folder = tmp_path / str(number)
        shutil.copytree(published.folder, folder)
        data = bytearray((folder / path).read_bytes())
        data[int(place * (len(data) - 1))] ^= 1
        (folder / path).write_bytes(data)
        changed.append(case | {"folder": str(folder)})

    assert reader([case | {"folder": str(published.folder)}]) == [True]
    assert reader(changed) == [False] * len(changed)


def test_g15_checkpoints_and_inclusion_are_believed(published: Published, judged: Judge) -> None:
    cases = [*notes_of(published), *published.inclusion]

    assert judged(cases) == [True] * len(cases)


def test_g15_no_damage_to_them_is(published: Published, judged: Judge) -> None:
    cases = [bad for good in (*notes_of(published), *published.inclusion) for bad in damaged(good)]

    assert judged(cases) == [False] * len(cases)
    assert len(cases) == 500


def test_g15_consistency_is_believed_and_no_damage_to_it(
    published: Published, reader: Judge
) -> None:
    bad = [case for good in published.consistency for case in damaged(good)]

    assert reader(published.consistency) == [True] * len(published.consistency)
    assert reader(bad) == [False] * len(bad)


def test_g15_cosignatures_of_both_types_are_believed(
    published: Published, in_python: Judge
) -> None:
    note = cosigned(published.notes[SIZES[-1]])
    case = {"check": "cosigned", "vkey": published.vkey, "note": note}
    right, wrong = [ASH_KEY.text(), ELM_KEY.text()], [ASH_KEY.text(), ELM_KEY.text()]
    stranger = WitnessKey(name=ASH_KEY.name, public_key=KeyOf("stranger").public_key)
    wrong[0] = stranger.text()

    assert in_python([case | {"witnesses": right}, case | {"witnesses": wrong}]) == [True, False]


def test_g15_go_passes_over_the_lines_of_witnesses(published: Published, in_go: Judge) -> None:
    note = cosigned(published.notes[SIZES[-1]])
    case: Case = {"check": "cosigned", "vkey": published.vkey, "note": note}
    unknown = [ASH_KEY.name, ELM_KEY.name]
    text, (_, *of_witnesses) = split_note(note)
    without_ours = text + "\n" + "".join(line.text() for line in of_witnesses)

    assert in_go([case | {"unknown": unknown}, case | {"unknown": unknown[:1]}]) == [True, False]
    assert in_go([case | {"unknown": unknown, "note": without_ours}]) == [False]


def test_g15_go_makes_our_proofs_from_our_tiles(published: Published, in_go: Judge) -> None:
    newest = published.notes[SIZES[-1]]
    cases = [
        case | {"check": "proving", "folder": str(published.folder)}
        for case in (*published.inclusion, *published.consistency)
        if case["note"] == newest
    ]
    bad = [
        case | {"proof": [flipped(proof[0], 9), *proof[1:]]}
        for case in cases
        if isinstance(proof := case["proof"], list)
    ]

    assert in_go(cases) == [True] * len(cases)
    assert in_go(bad) == [False] * len(cases)


def test_g15_their_proof_from_our_tiles_is_a_receipt_of_ours(
    published: Published, tlog_scales: Installed
) -> None:
    command = [sys.executable, "-m", "tlog_scales.cli", "gen-proof", str(published.folder)]
    policy = Policy()

    for index in INDEXES[::4]:
        text = tlog_scales.run(*command, str(index))
        receipt = Receipt.parse(text)
        signed = policy.check(receipt.checkpoint, logs=[VerifierKey.parse(published.vkey)])
        leaf = leaf_hash(b64decode(entry_of(published.folder, index)))

        assert receipt.index == index
        tree = signed.checkpoint
        verify_inclusion(leaf, index, tree.size, receipt.proof, tree.root)
        ours = next(
            case["proof"]
            for case in published.inclusion
            if case["index"] == index and case["note"] == receipt.checkpoint
        )
        assert spelled(receipt.proof) == ours
