import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import TileError
from credhub.ledger.entry import MAX_ENTRY, leaf_hash
from credhub.ledger.merkle import HASH_LENGTH, TILE_WIDTH
from credhub.ledger.spelling import MAX_SIZE
from credhub.ledger.tiles import (
    FULL_TILE_LENGTH,
    MAX_LEVEL,
    EntryBundle,
    Tile,
    bundles_of,
    decode_entries,
    decode_hashes,
    encode_entries,
    encode_hashes,
    new_bundles,
    new_tiles,
    parse_path,
    tiles_of,
)
from tests.damage import damaged_bytes, damaged_text

INDEXES = st.integers(0, MAX_SIZE // TILE_WIDTH) | st.integers(0, 2000)
WIDTHS = st.integers(1, TILE_WIDTH)
TILES = st.builds(Tile, level=st.integers(0, MAX_LEVEL), index=INDEXES, width=WIDTHS)
BUNDLES = st.builds(EntryBundle, index=INDEXES, width=WIDTHS)
PLACES = TILES | BUNDLES
ENTRIES = st.lists(st.binary(max_size=70), max_size=5)
SIZES = (0, 1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000, 256**3 + 1)


@given(PLACES)
def test_a_path_is_read_as_it_is_written(place: Tile | EntryBundle) -> None:
    assert parse_path(place.path) == place


@given(st.text() | damaged_text(PLACES.map(lambda place: place.path)))
def test_a_path_is_either_refused_or_has_one_spelling(text: str) -> None:
    try:
        place = parse_path(text)
    except TileError:
        return
    assert place.path == text


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (Tile(level=0, index=0), "tile/0/000"),
        (Tile(level=0, index=1_234_067), "tile/0/x001/x234/067"),
        (Tile(level=63, index=999, width=1), "tile/63/999.p/1"),
        (Tile(level=1, index=1000, width=255), "tile/1/x001/000.p/255"),
        (EntryBundle(index=0, width=112), "tile/entries/000.p/112"),
        (EntryBundle(index=MAX_SIZE // 256), "tile/entries/x036/x028/x797/x018/x963/967"),
    ],
)
def test_paths_are_those_of_the_specification(place: Tile | EntryBundle, path: str) -> None:
    assert place.path == path
    assert parse_path(path) == place


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile//000",
        "tiles/0/000",
        "tile/00/000",
        "tile/+1/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/data/000",
        "tile/entries/",
        "tile/Entries/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/x001",
        "tile/0/001/000",
        "tile/0/X001/000",
        "tile/0/x001/x000",
        "tile/0/x001//000",
        "tile/0/../0/000",
        "tile/0/x036/x028/x797/x018/x963/968",
        "tile/0/x999/x999/x999/x999/x999/999",
        "tile/0/x001/x000/x000/x000/x000/x000/000",
        "tile/0/\u0661\u0662\u0663",
        "tile/0/000\n",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/01",
        "tile/0/000.p/-1",
        "tile/0/000.p/\u0661",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "tile/0/000.P/1",
    ],
)
def test_other_spellings_are_refused(path: str) -> None:
    with pytest.raises(TileError):
        parse_path(path)


@pytest.mark.parametrize(
    "members",
    [
        {"level": -1, "index": 0},
        {"level": MAX_LEVEL + 1, "index": 0},
        {"level": 0, "index": -1},
        {"level": 0, "index": MAX_SIZE // TILE_WIDTH + 1},
        {"level": 0, "index": 0, "width": 0},
        {"level": 0, "index": 0, "width": TILE_WIDTH + 1},
    ],
)
def test_a_tile_that_no_tree_has_cannot_be_named(members: dict[str, int]) -> None:
    with pytest.raises(TileError):
        Tile(**members)


def test_the_tiles_of_the_example_in_the_specification() -> None:
    tiles = list(tiles_of(70_000))

    assert [tile.path for tile in tiles[:2]] == ["tile/0/000", "tile/0/001"]
    assert [tile.path for tile in tiles[272:]] == [
        "tile/0/272",
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]


@pytest.mark.parametrize("size", SIZES)
def test_the_tiles_of_a_tree_hold_each_of_its_hashes_once(size: int) -> None:
    for level in range(4):
        tiles = [tile for tile in tiles_of(size) if tile.level == level]

        assert sum(tile.width for tile in tiles) == size // 256**level
        assert [tile.index for tile in tiles] == list(range(len(tiles)))
        assert all(tile.width == TILE_WIDTH for tile in tiles[:-1])
        assert all(0 < tile.least_size <= size for tile in tiles)


@pytest.mark.parametrize("size", SIZES)
def test_the_bundles_of_a_tree_are_beside_its_lowest_tiles(size: int) -> None:
    bundles = [(bundle.index, bundle.width) for bundle in bundles_of(size)]
    tiles = [(tile.index, tile.width) for tile in tiles_of(size) if tile.level == 0]

    assert bundles == tiles
    assert all(bundle.least_size <= size for bundle in bundles_of(size))


SMALL = [size for size in SIZES if size < 100_000]


@pytest.mark.parametrize(
    ("old", "new"), [(old, new) for old in SMALL for new in SMALL if old <= new]
)
def test_what_is_new_is_what_the_old_tree_has_not(old: int, new: int) -> None:
    had = set(tiles_of(old))
    bundles_had = set(bundles_of(old))

    assert list(new_tiles(old, new)) == [tile for tile in tiles_of(new) if tile not in had]
    assert list(new_bundles(old, new)) == [
        bundle for bundle in bundles_of(new) if bundle not in bundles_had
    ]


@pytest.mark.parametrize(("old", "new"), [(2, 1), (-1, 1), (0, MAX_SIZE + 1)])
def test_a_tree_does_not_shrink(old: int, new: int) -> None:
    with pytest.raises(TileError):
        list(new_tiles(old, new))
    with pytest.raises(TileError):
        list(new_bundles(old, new))


def test_the_largest_tree_has_tiles_of_eight_levels() -> None:
    levels = {tile.level for tile in new_tiles(MAX_SIZE - 1, MAX_SIZE)}

    assert levels == {0}
    assert max(tile.level for tile in new_tiles(MAX_SIZE - 2**56, MAX_SIZE - 2**56 + 1)) == 7


@given(st.lists(st.binary(min_size=HASH_LENGTH, max_size=HASH_LENGTH), max_size=5))
def test_hashes_are_read_as_they_are_written(hashes: list[bytes]) -> None:
    assert list(decode_hashes(encode_hashes(hashes), len(hashes))) == hashes


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_tile_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(TileError):
        decode_hashes(bytes(length), 1)


def test_a_full_tile_is_8192_bytes() -> None:
    assert FULL_TILE_LENGTH == 8192
    assert len(encode_hashes([leaf_hash(b"")] * TILE_WIDTH)) == FULL_TILE_LENGTH


@given(ENTRIES)
def test_entries_are_read_as_they_are_written(entries: list[bytes]) -> None:
    assert list(decode_entries(encode_entries(entries), len(entries))) == entries


@given(st.integers(0, 5), st.binary(max_size=40) | damaged_bytes(ENTRIES.map(encode_entries)))
def test_a_bundle_is_either_refused_or_read_exactly(width: int, data: bytes) -> None:
    try:
        entries = decode_entries(data, width)
    except TileError:
        return
    assert len(entries) == width
    assert encode_entries(entries) == data


def test_the_length_of_an_entry_is_two_bytes_the_larger_first() -> None:
    assert encode_entries([b"a" * 258, b""]) == b"\x01\x02" + b"a" * 258 + b"\x00\x00"


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x00\x02a", b"\x00\x01ab", b"\x00\x01a\x00"])
def test_a_bundle_that_does_not_end_with_its_last_entry_is_refused(data: bytes) -> None:
    with pytest.raises(TileError):
        decode_entries(data, 1)


def test_an_entry_of_16_bits_of_length_fits_and_a_longer_one_does_not() -> None:
    longest = bytes(MAX_ENTRY)

    assert decode_entries(encode_entries([longest]), 1) == (longest,)
    with pytest.raises(TileError):
        encode_entries([longest + b"\0"])
