"""A log that we published in a folder, what we proved about it, and damage to that."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from credhub.egress.folder import Folder
from credhub.ledger.cosignature import CosignatureType, WitnessKey, cosign
from credhub.ledger.merkle_proofs import consistency_proof
from credhub.ledger.note import add_signatures, split_note
from credhub.ledger.tiles import decode_entries
from credhub.services import ledgers, publishing
from credhub.store.store import Store
from credhub.store.unit import Unit
from tests.store.samples import Signers, make_hub, public_entry, sequencer
from tests.unit.ledger.builder import KeyOf

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A log in a folder, and what we signed and proved about it."""

    folder: Path
    vkey: str
    notes: dict[int, str]
    inclusion: list[Case]
    consistency: list[Case]


def published_in(folder: Path, url: str) -> Published:
    """Grow a log in a migrated database, publish it in the folder, and prove things about it."""
    with closing(Store.open(url)) as store:
        grow(store)
        hub, log = ledgers.logs(store)[0]
        target = Folder.open(folder)
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
    return Published(
        folder=address, vkey=log.vkey, notes=notes, inclusion=inclusion, consistency=consistency
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
