"""Give the public bytes of a log: its tiles and its entry bundles."""

from credhub.errors import LogNotFoundError, TileNotFoundError
from credhub.ledger.tiles import EntryBundle, Tile, encode_entries, encode_hashes
from credhub.store.hubs import Hub
from credhub.store.store import Store
from credhub.store.tiles import LogTiles


def read(store: Store, hub: Hub, log: str, place: Tile | EntryBundle) -> bytes:
    """Read one tile or bundle of the newest signed tree, at any width that the tree has.

    A partial tile is given also when the full one is there, so whoever keeps an old checkpoint
    finds its tiles for ever.

    Raises:
        LogNotFoundError: The hub has no such log, or it is empty.
        TileNotFoundError: The tree is not that large.
    """
    with store.read() as tx:
        latest = tx.ledger.latest_checkpoint(hub.number, log)
        if latest is None:
            raise LogNotFoundError
        if place.least_size > latest.size:
            raise TileNotFoundError
        return encoded(tx.ledger.tiles(hub.number, log), place)


def encoded(tiles: LogTiles, place: Tile | EntryBundle) -> bytes:
    """Write the bytes of one tile or bundle, as they are everywhere and for ever.

    Raises:
        NotInTreeError: The log is not that large.
    """
    if isinstance(place, EntryBundle):
        return encode_entries(tiles.entries(place.index, place.width))
    return encode_hashes(tiles.tile(place.level, place.index, place.width))
