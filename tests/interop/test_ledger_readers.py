"""G15: implementations that we did not write read and verify what we publish, sign and prove.

tlog-scales reads logs of tiles; @sigstore/verify checks notes and inclusion. Both also refuse
what was damaged, so that their yes means something.
"""

import shutil
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from credhub.egress.folder import Folder
from credhub.ledger.cosignature import CosignatureType, WitnessKey, cosign
from credhub.ledger.entry import leaf_hash
from credhub.ledger.merkle_proofs import consistency_proof, verify_inclusion
from credhub.ledger.note import VerifierKey, add_signatures, split_note
from credhub.ledger.policy import Policy
from credhub.ledger.receipt import Receipt
from credhub.ledger.tiles import decode_entries
from credhub.services import ledgers, publishing
from credhub.store.store import Store
from credhub.store.unit import Unit
from tests.engines import SqliteDatabases
from tests.interop.packages import Installed, from_npm, from_pypi
from tests.store.samples import Signers, make_hub, public_entry, sequencer
from tests.unit.ledger.builder import KeyOf

pytestmark = pytest.mark.interop

SIZES = (1, 2, 255, 256, 300, 519)
INDEXES = (0, 1, 254, 255, 256, 299, 300, 511, 512, 518)
ASH = KeyOf("ash")
ASH_KEY = WitnessKey(name="ash.example/witness", public_key=ASH.public_key)
ELM = MLDSA44PrivateKey.from_seed_bytes(b"s" * 32)
ELM_KEY = WitnessKey(
    name="elm.example/witness",
    public_key=ELM.public_key().public_bytes_raw(),
    type=CosignatureType.ML_DSA_44,
)

Case = dict[str, object]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A log in a folder, and what we signed and proved about it."""

    folder: Path
    vkey: str
    notes: dict[int, str]
    inclusion: list[Case]
    consistency: list[Case]


@pytest.fixture(scope="module")
def published(
    sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Published]:
    folder = tmp_path_factory.mktemp("published")
    with sqlite.migrated() as url:
        store = Store.open(url)
        grow(store)
        target = Folder.open(folder)
        hub, log = ledgers.logs(store)[0]
        publication = publishing.prepare(store, target, hub, log)
        publishing.carry_out(store, target, publication)
        address = folder / publication.address
        newest, key = SIZES[-1], {"vkey": log.vkey}
        with store.read() as tx:
            notes = {row.size: row.note for row in tx.ledger.checkpoints(log.hub, log.log)}
            tiles = tx.ledger.tiles(log.hub, log.log)
            inclusion: list[Case] = [
                {"check": "inclusion", "index": index, "note": notes[size]}
                | key
                | {"proof": spelled(tx.ledger.inclusion(log.hub, log.log, index, size))}
                | {"entry": entry_of(address, index)}
                for size in SIZES
                for index in INDEXES
                if index < size
            ]
            consistency: list[Case] = [
                {"check": "consistency", "old": notes[old], "note": notes[newest]}
                | key
                | {"proof": spelled(consistency_proof(old, newest, tiles))}
                for old in SIZES[:-1]
            ]
        store.close()
        assert (address / "checkpoint").read_text() == notes[newest]
        yield Published(
            folder=address,
            vkey=log.vkey,
            notes=notes,
            inclusion=inclusion,
            consistency=consistency,
        )


def grow(store: Store) -> None:
    signers = Signers()
    number = make_hub(store, signers)
    with sequencer(store, signers) as running:
        for before, size in zip((0, *SIZES), SIZES, strict=False):
            entries = tuple(public_entry(f"note {n}") for n in range(before, size))
            running.submit(Unit(hub=number, entries=entries))


def spelled(proof: tuple[bytes, ...]) -> list[str]:
    return [b64encode(one).decode() for one in proof]


def entry_of(address: Path, index: int) -> str:
    tile, place = divmod(index, 256)
    width = min(256, SIZES[-1] - tile * 256)
    name = f"{tile:03}" if width == 256 else f"{tile:03}.p/{width}"
    data = (address / "tile" / "entries" / name).read_bytes()
    return b64encode(decode_entries(data, width)[place]).decode()


def cosigned(note: str) -> str:
    text, _ = split_note(note)
    lines = [
        cosign(text, key=key, timestamp=1_700_000_000, sign=sign)
        for key, sign in ((ASH_KEY, ASH.sign), (ELM_KEY, ELM.sign))
    ]
    return add_signatures(note, lines)


def flipped(text: str, at: int) -> str:
    """Change one bit of base64."""
    data = bytearray(b64decode(text))
    data[at % len(data)] ^= 1
    return b64encode(data).decode()


def damaged(case: Case) -> Iterator[Case]:
    """Change one thing of a case so that it must not be believed."""
    note = str(case["note"])
    size = int(note.split("\n")[1])
    yield case | {"note": note.replace(f"\n{size}\n", f"\n{size + 1}\n")}
    *lines, signature = note.rstrip("\n").split("\n")
    dash, name, line = signature.split(" ")
    yield case | {"note": "\n".join([*lines, f"{dash} {name} {flipped(line, 40)}", ""])}
    proof = case.get("proof")
    if "entry" in case:
        yield case | {"entry": flipped(str(case["entry"]), 20)}
    if isinstance(proof, list):
        yield case | {"proof": [*proof, b64encode(bytes(32)).decode()]}
        for at in range(len(proof)):
            yield case | {"proof": [*proof[:at], flipped(proof[at], 5), *proof[at + 1 :]]}
            yield case | {"proof": [*proof[:at], *proof[at + 1 :]]}


def notes_of(published: Published) -> list[Case]:
    key: Case = {"check": "note", "vkey": published.vkey}
    return [key | {"note": note} for note in published.notes.values()]


def test_g15_a_published_log_is_read_whole(
    published: Published, in_python: Judge, tmp_path: Path
) -> None:
    case: Case = {"check": "log", "vkey": published.vkey}
    changed: list[Case] = []
    for number, path in enumerate(
        ("checkpoint", "tile/0/000", "tile/0/002.p/7", "tile/1/000.p/2", "tile/entries/001")
    ):
        folder = tmp_path / str(number)
        shutil.copytree(published.folder, folder)
        data = bytearray((folder / path).read_bytes())
        data[-20] ^= 1
        (folder / path).write_bytes(data)
        changed.append(case | {"folder": str(folder)})

    assert in_python([case | {"folder": str(published.folder)}]) == [True]
    assert in_python(changed) == [False] * len(changed)


@pytest.mark.parametrize("judge", ["in_python", "in_javascript"])
def test_g15_checkpoints_and_inclusion_are_believed(
    published: Published, judge: str, request: pytest.FixtureRequest
) -> None:
    judged: Judge = request.getfixturevalue(judge)
    cases = [*notes_of(published), *published.inclusion]

    assert judged(cases) == [True] * len(cases)


@pytest.mark.parametrize("judge", ["in_python", "in_javascript"])
def test_g15_no_damage_to_them_is(
    published: Published, judge: str, request: pytest.FixtureRequest
) -> None:
    judged: Judge = request.getfixturevalue(judge)
    cases = [bad for good in (*notes_of(published), *published.inclusion) for bad in damaged(good)]

    assert judged(cases) == [False] * len(cases)
    assert len(cases) == 500


def test_g15_consistency_is_believed_and_no_damage_to_it(
    published: Published, in_python: Judge
) -> None:
    bad = [case for good in published.consistency for case in damaged(good)]

    assert in_python(published.consistency) == [True] * len(published.consistency)
    assert in_python(bad) == [False] * len(bad)


def test_g15_cosignatures_of_both_types_are_believed(
    published: Published, in_python: Judge
) -> None:
    note = cosigned(published.notes[SIZES[-1]])
    case = {"check": "cosigned", "vkey": published.vkey, "note": note}
    right, wrong = [ASH_KEY.text(), ELM_KEY.text()], [ASH_KEY.text(), ELM_KEY.text()]
    stranger = WitnessKey(name=ASH_KEY.name, public_key=KeyOf("stranger").public_key)
    wrong[0] = stranger.text()

    assert in_python([case | {"witnesses": right}, case | {"witnesses": wrong}]) == [True, False]


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
