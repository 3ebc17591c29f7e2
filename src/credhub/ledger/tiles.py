"""Tiles and entry bundles: one ledger as files that never change (C2SP tlog-tiles).

A tile holds up to 256 hashes of one level, a bundle up to 256 entries. One that is not full is
partial: its width is in its path, so its bytes never change either.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Final

from credhub.errors import TileError
from credhub.ledger.entry import MAX_ENTRY
from credhub.ledger.merkle import HASH_LENGTH, TILE_HEIGHT, TILE_WIDTH
from credhub.ledger.spelling import MAX_SIZE, decimal

MAX_LEVEL: Final = 63
FULL_TILE_LENGTH: Final = TILE_WIDTH * HASH_LENGTH

_LENGTH: Final = Struct(">H")
_ROOT: Final = "tile/"
_ENTRIES: Final = "entries"
_INDEX: Final = re.compile(r"(?:x[0-9]{3}/){0,5}[0-9]{3}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """Which hashes: ``width`` of them from ``index * 256`` on, of one level.

    Level 0 holds leaf hashes; each hash of a higher level is the root of a full tile below.
    """

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if not 0 <= self.level <= MAX_LEVEL:
            raise TileError("The level of the tile is out of range.")
        _check(self.index, self.width)

    @property
    def least_size(self) -> int:
        """The size of the smallest tree that has all its hashes."""
        return (self.index * TILE_WIDTH + self.width) << self.level * TILE_HEIGHT

    @property
    def path(self) -> str:
        """Where it is below the address of its log."""
        return f"{_ROOT}{self.level}/{_spell(self.index, self.width)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryBundle:
    """Which entries: ``width`` of them from ``index * 256`` on."""

    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        _check(self.index, self.width)

    @property
    def least_size(self) -> int:
        """The size of the smallest tree that has all its entries."""
        return self.index * TILE_WIDTH + self.width

    @property
    def path(self) -> str:
        """Where it is below the address of its log."""
        return f"{_ROOT}{_ENTRIES}/{_spell(self.index, self.width)}"


def parse_path(path: str) -> Tile | EntryBundle:
    """Read the path of a tile or bundle below the address of its log.

    Raises:
        TileError: It is none, or is spelled in another way.

    Source:
        C2SP tlog-tiles, sections "Merkle Tree" and "Log entries".
    """
    root, _, rest = path.partition("/")
    level, _, place = rest.partition("/")
    number, partial, width = place.partition(".p/")
    if root + "/" != _ROOT or not _INDEX.fullmatch(number):
        raise TileError("The path is not that of a tile.")
    index = int(number.replace("x", "").replace("/", ""))
    try:
        wide = decimal(width) if partial else TILE_WIDTH
        found = (
            EntryBundle(index=index, width=wide)
            if level == _ENTRIES
            else Tile(level=decimal(level), index=index, width=wide)
        )
    except ValueError as error:
        raise TileError("A number in the path of the tile is malformed.") from error
    if found.path != path:
        raise TileError("The path of the tile has another spelling.")
    return found


def tiles_of(size: int) -> Iterator[Tile]:
    """List the tiles of a tree, lowest level first."""
    return new_tiles(0, size)


def bundles_of(size: int) -> Iterator[EntryBundle]:
    """List the entry bundles of a tree."""
    return new_bundles(0, size)


def new_tiles(old_size: int, new_size: int) -> Iterator[Tile]:
    """List the tiles of a tree that the tree of ``old_size`` does not have.

    Raises:
        TileError: A tree does not shrink.
    """
    _check_sizes(old_size, new_size)
    for level in range(MAX_LEVEL + 1):
        old, new = (size >> level * TILE_HEIGHT for size in (old_size, new_size))
        for index, width in _grown(old, new):
            yield Tile(level=level, index=index, width=width)


def new_bundles(old_size: int, new_size: int) -> Iterator[EntryBundle]:
    """List the entry bundles of a tree that the tree of ``old_size`` does not have.

    Raises:
        TileError: A tree does not shrink.
    """
    _check_sizes(old_size, new_size)
    for index, width in _grown(old_size, new_size):
        yield EntryBundle(index=index, width=width)


def encode_hashes(hashes: Sequence[bytes]) -> bytes:
    """Write the bytes of a tile."""
    return b"".join(hashes)


def decode_hashes(data: bytes, width: int) -> tuple[bytes, ...]:
    """Read the bytes of a tile of this width.

    Raises:
        TileError: They are too few or too many.
    """
    if len(data) != width * HASH_LENGTH:
        raise TileError("The tile has the wrong length.")
    return tuple(data[start : start + HASH_LENGTH] for start in range(0, len(data), HASH_LENGTH))


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """Write the bytes of an entry bundle: each entry behind its length in 16 bits.

    Raises:
        TileError: An entry is too long.
    """
    if any(len(entry) > MAX_ENTRY for entry in entries):
        raise TileError("An entry is too long for a bundle.")
    return b"".join(_LENGTH.pack(len(entry)) + entry for entry in entries)


def decode_entries(data: bytes, width: int) -> tuple[bytes, ...]:
    """Read the bytes of an entry bundle of this width. The entries are not read.

    Raises:
        TileError: They do not end with the last entry.
    """
    entries = []
    end = 0
    for _ in range(width):
        start = end + _LENGTH.size
        end = start + int.from_bytes(data[end:start], "big")
        entries.append(data[start:end])
    if end != len(data):
        raise TileError("The entry bundle has too few or too many bytes.")
    return tuple(entries)


def _check(index: int, width: int) -> None:
    if not 0 <= index <= MAX_SIZE // TILE_WIDTH or not 0 < width <= TILE_WIDTH:
        raise TileError("The index or width of the tile is out of range.")


def _check_sizes(old_size: int, new_size: int) -> None:
    if not 0 <= old_size <= new_size <= MAX_SIZE:
        raise TileError("A tree does not shrink.")


def _grown(old: int, new: int) -> Iterator[tuple[int, int]]:
    """List index and width of what a row of ``new`` hashes has and a row of ``old`` has not."""
    if new > old:
        for index in range(old // TILE_WIDTH, -(-new // TILE_WIDTH)):
            yield index, min(TILE_WIDTH, new - index * TILE_WIDTH)


def _spell(index: int, width: int) -> str:
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return path if width == TILE_WIDTH else f"{path}.p/{width}"
