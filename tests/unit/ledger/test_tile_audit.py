"""A log rebuilt from its published files alone; whatever is wrong with one is named by its path."""

from collections.abc import Callable

import pytest

from credhub.errors import LedgerError, NoteError, PublishedFaultError
from credhub.ledger.checkpoint import open_checkpoint
from credhub.ledger.entry import Kind, LedgerEntry
from credhub.ledger.tile_audit import PublishedLog, audit_tiles
from credhub.ledger.tiles import bundles_of, encode_entries, encode_hashes, tiles_of
from tests.unit.ledger.builder import VKEY, KeyOf, Ledger, Tiles, ledger_of, signed

Files = dict[str, bytes]
SIZE = 600


def published(ledger: Ledger) -> Files:
    """Export a ledger by the functions that name and write its files."""
    size, source = ledger.frontier.size, Tiles([row.leaf_hash for row in ledger.entries])
    entries = [row.entry for row in ledger.entries]
    files = {"checkpoint": signed(size, ledger.frontier.root()).encode()}
    for tile in tiles_of(size):
        files[tile.path] = encode_hashes(source.tile(tile.level, tile.index, tile.width))
    for bundle in bundles_of(size):
        first = bundle.index * 256
        files[bundle.path] = encode_entries(entries[first : first + bundle.width])
    return files


ORIGINAL = ledger_of(SIZE)
FILES = published(ORIGINAL)


def audit(files: Files) -> PublishedLog:
    return audit_tiles(files.get, lambda note: open_checkpoint(note, (VKEY,)))


def fault_of(files: Files) -> PublishedFaultError:
    with pytest.raises(PublishedFaultError) as caught:
        audit(files)
    assert caught.value.path in str(caught.value)
    return caught.value


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, SIZE])
def test_g16_a_log_is_rebuilt_from_its_files_to_the_same_head(size: int) -> None:
    ledger = ledger_of(size)
    files = published(ledger)
    counts: list[int] = []

    log = audit_tiles(files.get, lambda note: open_checkpoint(note, (VKEY,)), advance=counts.append)

    assert log.head == ledger.head
    assert (log.checkpoint.size, log.checkpoint.root) == (size, ledger.frontier.root())
    assert log.files == len(files) - 1
    assert sum(counts) == size


def test_g16_a_log_with_tiles_of_tiles() -> None:
    ledger = ledger_of(256 * 256 + 3, every=100_000)
    files = published(ledger)
    assert "tile/2/000.p/1" in files

    assert audit(files).head == ledger.head
    assert fault_of(files | {"tile/1/000": bytes(8192)}).seq == 0
    assert fault_of(files | {"tile/2/000.p/1": bytes(32)}).path == "tile/2/000.p/1"


@pytest.mark.parametrize("path", sorted(FILES))
def test_a_missing_file_is_named(path: str) -> None:
    fault = fault_of({name: data for name, data in FILES.items() if name != path})

    assert fault.path == path
    assert "missing" in str(fault)


@pytest.mark.parametrize("path", sorted(set(FILES) - {"checkpoint"}))
@pytest.mark.parametrize(
    "damage",
    [lambda data: data[:-1], lambda data: data + b"x", lambda _: b""],
    ids=["cut", "longer", "empty"],
)
def test_a_file_of_another_length_is_named(path: str, damage: Callable[[bytes], bytes]) -> None:
    assert fault_of(FILES | {path: damage(FILES[path])}).path == path


def test_t81_every_flipped_bit_of_a_tile_is_named_with_its_entry() -> None:
    data = FILES["tile/0/001"]
    for place in range(0, 256, 5):
        wrong = bytearray(data)
        wrong[place * 32 + place % 32] ^= 1 << place % 8

        fault = fault_of(FILES | {"tile/0/001": bytes(wrong)})

        assert (fault.path, fault.seq) == ("tile/0/001", 256 + place)


def test_t81_a_flipped_bit_of_an_entry_is_found() -> None:
    data = FILES["tile/entries/001"]
    for place in range(0, len(data), 97):
        wrong = bytearray(data)
        wrong[place] ^= 1

        assert fault_of(FILES | {"tile/entries/001": bytes(wrong)}).path in {
            "tile/entries/001",
            "tile/0/001",
        }


def test_time_that_runs_backwards_is_found() -> None:
    ledger = ledger_of(5)
    ledger.append(LedgerEntry(kind=Kind.PRIVATE, time_ms=1, commitment=b"c" * 32))

    fault = fault_of(published(ledger))

    assert (fault.path, fault.seq) == ("tile/entries/000.p/6", 5)


def test_t81_files_that_agree_with_one_another_but_not_with_what_was_signed() -> None:
    ledger = Ledger()
    for seq in range(SIZE):
        ledger.append_private(b"entry %d" % (seq if seq != 50 else 999_999))

    fault = fault_of(published(ledger) | {"checkpoint": FILES["checkpoint"]})

    assert (fault.path, fault.seq) == ("checkpoint", None)


def test_a_partial_file_may_be_replaced_by_the_full_one() -> None:
    # A publisher that went on may have taken the partial ones away.
    left = {path: FILES[path] for path in ("checkpoint", "tile/1/000.p/2")}
    files = published(ledger_of(1024)) | left
    assert "tile/0/002.p/88" not in files

    assert audit(files).head == ORIGINAL.head
    wrong = files | {"tile/0/002": bytes(8191)}
    assert fault_of(wrong).path == "tile/0/002"


@pytest.mark.parametrize("note", [b"", b"\xff", signed(1, bytes(32), key=KeyOf("thief")).encode()])
def test_a_checkpoint_that_nobody_we_believe_signed(note: bytes) -> None:
    with pytest.raises(LedgerError) as caught:
        audit(FILES | {"checkpoint": note})

    assert isinstance(caught.value, NoteError)
