"""Tiles and entry bundles over HTTP: all of a ledger, and nothing that is not signed."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from credhub.ledger import merkle
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint
from credhub.ledger.entry import leaf_hash
from credhub.ledger.merkle import Frontier, TileNode
from credhub.ledger.note import VerifierKey
from credhub.ledger.tiles import (
    Tile,
    bundles_of,
    decode_entries,
    decode_hashes,
    encode_hashes,
    tiles_of,
)
from tests.engines import ENGINES, Databases
from tests.growing import grow_to
from tests.running import Service, running

SIZE = 2 * 256 + 7
LOG = "/ledger/riverside/2026/"


@pytest.fixture(scope="module", params=ENGINES)
def grown(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service with a log of two full tiles and a partial one."""
    databases: Databases = request.getfixturevalue(request.param)
    with (
        databases.migrated() as url,
        running(url, tmp_path_factory.mktemp("grown")) as service,
    ):
        grow_to(service.resources, service.one.hub.number, "2026", SIZE)
        yield service


@pytest.fixture
def client(grown: Service) -> TestClient:
    return grown.public()


def checkpoint_of(client: TestClient) -> Checkpoint:
    logs = client.get("/.well-known/credhub-ledger.json").json()["logs"]
    key = VerifierKey.parse(next(log["vkey"] for log in logs if log["hub"] == "riverside"))
    return open_checkpoint(client.get(LOG + "checkpoint").text, [key])


def test_every_root_follows_from_the_bundles_alone(client: TestClient) -> None:
    checkpoint = checkpoint_of(client)
    frontier = Frontier()
    nodes: list[TileNode] = []

    for bundle in bundles_of(checkpoint.size):
        entries = decode_entries(client.get(LOG + bundle.path).content, bundle.width)
        for entry in entries:
            nodes.extend(frontier.push(leaf_hash(entry)))

    assert checkpoint.size == SIZE
    assert frontier.root() == checkpoint.root
    assert [node.level for node in nodes] == [1, 1]
    above = client.get(LOG + "tile/1/000.p/2").content
    assert decode_hashes(above, 2) == tuple(node.hash for node in nodes)


def test_every_tile_is_there_and_hashes_to_the_root(client: TestClient) -> None:
    checkpoint = checkpoint_of(client)

    hashes = {
        tile: decode_hashes(client.get(LOG + tile.path).content, tile.width)
        for tile in tiles_of(checkpoint.size)
    }

    leaves = [leaf for tile, row in hashes.items() if tile.level == 0 for leaf in row]
    assert merkle.root(leaves) == checkpoint.root
    assert hashes[Tile(level=1, index=0, width=2)] == tuple(
        merkle.root(leaves[start : start + 256]) for start in (0, 256)
    )


def test_a_partial_tile_of_an_older_tree_stays_beside_the_full_one(client: TestClient) -> None:
    full = decode_hashes(client.get(LOG + "tile/0/000").content, 256)
    entries = decode_entries(client.get(LOG + "tile/entries/000").content, 256)

    for width in (1, 2, 100, 255):
        tile = client.get(f"{LOG}tile/0/000.p/{width}")
        bundle = client.get(f"{LOG}tile/entries/000.p/{width}")

        assert tile.content == encode_hashes(full[:width])
        assert decode_entries(bundle.content, width) == entries[:width]


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/002.p/7", "tile/entries/001"])
def test_a_tile_may_be_kept_for_ever(client: TestClient, path: str) -> None:
    response = client.get(LOG + path)

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000", "tile/entries/002.p/7"])
def test_head_answers_as_get(client: TestClient, path: str) -> None:
    got, asked = client.get(LOG + path), client.head(LOG + path)

    assert asked.status_code == got.status_code == 200
    assert asked.headers["content-length"] == got.headers["content-length"]
    assert asked.headers["cache-control"] == got.headers["cache-control"]


def test_the_way_to_the_open_log_answers_head(client: TestClient) -> None:
    assert client.head("/ledger/riverside/checkpoint").status_code == 307


def test_a_checkpoint_may_be_kept_for_seconds(client: TestClient) -> None:
    response = client.get(LOG + "checkpoint")

    assert response.headers["cache-control"] == "public, max-age=2"
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/002",  # Not full.
        "tile/0/002.p/8",  # Wider than the tree.
        "tile/0/003.p/1",
        "tile/1/000",
        "tile/1/000.p/3",
        "tile/1/001.p/1",
        "tile/2/000.p/1",
        "tile/8/000.p/1",
        "tile/63/000.p/1",
        "tile/entries/002",
        "tile/entries/003.p/1",
        "tile/0/x036/x028/x797/x018/x963/967",
        "tile/63/x036/x028/x797/x018/x963/967",
    ],
)
def test_what_the_signed_tree_has_not_is_not_found(client: TestClient, path: str) -> None:
    response = client.get(LOG + path)

    assert response.status_code == 404
    assert response.json()["code"] == "tile-not-found"
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "tile/",
        "tile/0",
        "tile/0/",
        "tile//000",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/000",
        "tile/0/X001/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/01",
        "tile/0/000.p/+1",
        "tile/0/000.p/",
        "tile/0/000/",
        "tile/0/000%2ep/1",
        "tile/0/%30%30%30",
        "tile%2f0%2f000",
        "tile/0/..%2f0/000",
        "tile/0/%2e%2e/0/000",
        "tile/0/..;/0/000",
        "tile/0/x001/%2e%2e/000",
        "%63heckpoint",
        "tile/0/" + "x999/" * 200 + "999",
        "tile/0/" + "9" * 4000,
        "tile/" + "9" * 4000 + "/000",
        "tile/entries/-1",
        "tile/0/%D9%A1%D9%A2%D9%A3",
        "tile/0/%ff%fe",
        "tile/0/000%0a",
    ],
)
def test_other_spellings_and_hostile_paths_are_not_found(client: TestClient, path: str) -> None:
    assert client.get(LOG + path).status_code == 404


def test_a_path_that_is_longer_than_any_address_is_refused(client: TestClient) -> None:
    response = client.get(LOG + "tile/0/000.p/" + "9" * 5000)

    assert (response.status_code, response.json()["code"]) == (400, "bad-address")


@pytest.mark.parametrize(
    "path",
    [
        LOG + "checkpoint",
        LOG + "tile/0/000",
        LOG + "tile/entries/000",
        LOG + "tile/0/009",
        "/ledger/riverside/checkpoint",
        "/ledger/nowhere/2026/tile/0/000",
        "/ledger/anything",
    ],
)
@pytest.mark.parametrize("query", ["a", "a=1", "size=5", "=", "%00", "v=1&v=2"])
def test_a_query_is_not_found_so_that_no_cache_mixes_up_answers(
    client: TestClient, path: str, query: str
) -> None:
    response = client.get(f"{path}?{query}")

    assert response.status_code in ({404} if query != "%00" else {400})
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("log", ["/ledger/nowhere/2026/", "/ledger/riverside/1999/"])
def test_a_log_that_is_not_there_has_no_tiles(client: TestClient, log: str) -> None:
    assert client.get(log + "tile/0/000").status_code == 404


def test_another_hub_has_other_tiles(client: TestClient) -> None:
    own = client.get(LOG + "tile/0/000.p/1").content
    other = client.get("/ledger/hilltop/2026/tile/0/000.p/1").content

    assert len(own) == len(other) == 32
    assert own != other
    assert client.get("/ledger/hilltop/2026/tile/0/000").status_code == 404
