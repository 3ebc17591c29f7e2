"""Publishing: the files are what the service serves, and at every moment a tree that verifies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import obstore
import pytest
from obstore.store import MemoryStore, from_url
from sqlalchemy import text

from credhub.egress.bucket import Bucket
from credhub.egress.folder import Folder
from credhub.egress.objects import Objects, Served
from credhub.egress.opening import open_objects
from credhub.errors import (
    LogNotFoundError,
    ObjectConflictError,
    ObjectsUnavailableError,
    PublicationRefusedError,
)
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from credhub.ledger.entry import leaf_hash
from credhub.ledger.merkle import Frontier
from credhub.ledger.merkle_proofs import consistency_proof, verify_consistency
from credhub.ledger.note import VerifierKey
from credhub.ledger.tiles import (
    EntryBundle,
    Tile,
    bundles_of,
    decode_entries,
    decode_hashes,
    encode_hashes,
    new_bundles,
    new_tiles,
    tiles_of,
)
from credhub.services import ledgers, publishing
from credhub.services.publishing import Publication
from credhub.store.ledger import LedgerLog
from tests.buckets import bucket_server
from tests.engines import ENGINES, Databases, SqliteDatabases
from tests.growing import grow, grow_to
from tests.running import Service, running
from tests.store.rows import drop_guards, run
from tests.unit.ledger.builder import KeyOf

SIZE = 2 * 256 + 7
ADDRESS = "ledger/riverside/2026/"
SERVED = Served(content_type="text/plain", cache_control="no-store")


def log_of(service: Service, hub: str = "riverside") -> LedgerLog:
    return next(log for it, log in ledgers.logs(service.resources.store) if it.slug == hub)


def prepared(service: Service, target: Objects) -> Publication:
    return publishing.prepare(service.resources.store, target, service.one.hub, log_of(service))


def publish(service: Service, target: Objects) -> int:
    return publishing.carry_out(service.resources.store, target, prepared(service, target))


def places_of(size: int) -> list[Tile | EntryBundle]:
    return [*tiles_of(size), *bundles_of(size)]


class Mirror:
    """Verifies a published log from its files alone, as a stranger would."""

    def __init__(self, target: Objects, log: LedgerLog, address: str = ADDRESS) -> None:
        self._target = target
        self._address = address
        self._key = VerifierKey.parse(log.vkey)

    def read(self, path: str) -> bytes:
        found = self._target.read(self._address + path)
        assert found is not None, f"{path} is not there"
        return found

    def tile(self, level: int, index: int, width: int) -> tuple[bytes, ...]:
        tile = next(
            it for it in tiles_of(self.checkpoint().size) if (it.level, it.index) == (level, index)
        )
        return decode_hashes(self.read(tile.path), tile.width)[:width]

    def checkpoint(self) -> Checkpoint:
        return open_checkpoint(self.read("checkpoint").decode(), [self._key])

    def size(self) -> int:
        """Check everything and give the size; 0 where nothing is published."""
        if self._target.read(self._address + "checkpoint") is None:
            return 0
        checkpoint = self.checkpoint()
        frontier = Frontier()
        levels: dict[int, list[bytes]] = {0: []}
        for bundle in bundles_of(checkpoint.size):
            for entry in decode_entries(self.read(bundle.path), bundle.width):
                levels[0].append(leaf_hash(entry))
                for node in frontier.push(leaf_hash(entry)):
                    levels.setdefault(node.level, []).append(node.hash)
        assert frontier.root() == checkpoint.root
        for tile in tiles_of(checkpoint.size):
            start = tile.index * 256
            expected = encode_hashes(levels[tile.level][start : start + tile.width])
            assert self.read(tile.path) == expected
        return checkpoint.size


@dataclass
class FailingAfter:
    """A place whose n-th write fails, before or after it took effect; and none after it works."""

    target: Objects
    writes: int
    took_effect: bool
    count: int = 0

    def read(self, path: str) -> bytes | None:
        return self.target.read(path)

    def add(self, files: Mapping[str, bytes], served: Served) -> None:
        for path, data in files.items():
            if self._goes_on():
                self.target.add({path: data}, served)
            elif self.count == self.writes and self.took_effect:
                self.target.add({path: data}, served)
                raise ObjectsUnavailableError("the answer was lost")
            else:
                raise ObjectsUnavailableError("killed")

    def swap(self, path: str, *, old: bytes | None, new: bytes, served: Served) -> None:
        if self._goes_on():
            self.target.swap(path, old=old, new=new, served=served)
        elif self.count == self.writes and self.took_effect:
            self.target.swap(path, old=old, new=new, served=served)
            raise ObjectsUnavailableError("the answer was lost")
        else:
            raise ObjectsUnavailableError("killed")

    def _goes_on(self) -> bool:
        self.count += 1
        return self.count < self.writes


@pytest.fixture(scope="module", params=ENGINES)
def grown(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service whose log has more than two full tiles, on each engine."""
    databases: Databases = request.getfixturevalue(request.param)
    with (
        databases.migrated() as url,
        running(url, tmp_path_factory.mktemp("grown")) as service,
    ):
        grow_to(service.resources, service.one.hub.number, "2026", SIZE)
        yield service


@pytest.fixture
def service(sqlite: SqliteDatabases, tmp_path: Path) -> Iterator[Service]:
    """A new service for one test."""
    with sqlite.migrated() as url, running(url, tmp_path / "data") as service:
        yield service


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.open(tmp_path / "published")


def test_the_service_a_folder_and_a_bucket_give_the_same_bytes(
    grown: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder.open(tmp_path / "published")
    client = grown.public()
    publish(grown, folder)
    with bucket_server() as buckets:
        for name, value in buckets.environment.items():
            monkeypatch.setenv(name, value)
        name = buckets.new()
        bucket = open_objects(f"s3://{name}/mirror")
        publish(grown, bucket)

        paths = [
            str(file.relative_to(tmp_path / "published"))
            for file in (tmp_path / "published" / "ledger").rglob("*")
            if file.is_file()
        ]
        signed = {place.path for place in places_of(SIZE)}
        assert {ADDRESS + path for path in signed} | {ADDRESS + "checkpoint"} <= set(paths)
        for path in paths:
            served = client.get(f"/{path}")
            assert folder.read(path) == bucket.read(path) == served.content, path
            given = obstore.get(from_url(f"s3://{name}/mirror"), path).attributes
            assert given["Content-Type"] == served.headers["content-type"]
            assert given["Cache-Control"] == served.headers["cache-control"]


def test_what_is_published_verifies_from_its_files_alone(grown: Service, folder: Folder) -> None:
    publish(grown, folder)

    assert Mirror(folder, log_of(grown)).size() == SIZE


def test_to_publish_again_writes_nothing(service: Service, folder: Folder, tmp_path: Path) -> None:
    publish(service, folder)
    before = {file: file.stat().st_ino for file in tmp_path.rglob("published/**/*")}

    publication = prepared(service, folder)

    assert not publication.is_due
    assert publishing.carry_out(service.resources.store, folder, publication) == 1
    after = {file: file.stat().st_ino for file in tmp_path.rglob("published/**/*")}
    changed = {file.name for file in before if before[file] != after[file]}
    assert changed <= {"checkpoint"}
    assert before.keys() == after.keys()


def test_a_published_log_grows_by_what_is_new(service: Service, folder: Folder) -> None:
    log, number = log_of(service), service.one.hub.number
    mirror = Mirror(folder, log)
    sizes = (250, 255, 256, 257, 300, 511, 512, 513)
    kept: list[Checkpoint] = []

    for size in sizes:
        grow_to(service.resources, number, log.log, size)
        publish(service, folder)
        assert mirror.size() == size
        kept.append(mirror.checkpoint())

    for old in kept:  # Every tree that was published is still whole, and began the newest one.
        assert all(folder.read(ADDRESS + it.path) is not None for it in places_of(old.size))
        proof = consistency_proof(old.size, kept[-1].size, mirror) if old != kept[-1] else ()
        verify_consistency(old.size, kept[-1].size, proof, old.root, kept[-1].root)


def test_the_partial_tiles_of_every_signed_tree_are_there_until_the_full_one_is(
    service: Service, folder: Folder
) -> None:
    log, number = log_of(service), service.one.hub.number
    grow_to(service.resources, number, log.log, 200)
    signed = [200]
    for more in (3, 53, 1, 2, 300, 5, 1):
        grow(service.resources, number, more)
        signed.append(signed[-1] + more)

    publish(service, folder)

    last = signed[-1]
    assert last == 565
    for size in signed:
        for place in places_of(size):
            full = replace(place, width=256)
            found = folder.read(ADDRESS + place.path)
            assert found is not None or folder.read(ADDRESS + full.path) is not None
            assert found is not None or full.least_size <= last
            assert found is None or place.width == 256 or full.least_size > last
    assert Mirror(folder, log).size() == last


@pytest.mark.parametrize("kind", ["folder", "bucket"])
@pytest.mark.parametrize("took_effect", [False, True])
def test_after_a_kill_at_any_write_the_files_are_a_whole_tree_and_it_goes_on(
    service: Service, tmp_path: Path, *, took_effect: bool, kind: str
) -> None:
    log, number = log_of(service), service.one.hub.number
    start = 250
    grow_to(service.resources, number, log.log, start)
    places: list[Objects] = [
        Folder.open(tmp_path / f"published-{step}") if kind == "folder" else Bucket(MemoryStore())
        for step in range(9)
    ]
    for place in places:
        publish(service, place)
    grow_to(service.resources, number, log.log, 514)
    needed = [*new_tiles(start, 514), *new_bundles(start, 514)]
    assert len(needed) == 7

    for step, place in enumerate(places, start=1):
        mirror, failing = Mirror(place, log), FailingAfter(place, step, took_effect)
        finished = step > len(needed) + 1
        try:
            publish(service, failing)
        except ObjectsUnavailableError:
            assert not finished
        else:
            assert finished
        reached = finished or (took_effect and step == len(needed) + 1)
        assert mirror.size() == (514 if reached else start)

        publish(service, place)
        assert mirror.size() == 514


def signed_note(service: Service, checkpoint: Checkpoint, *, key: KeyOf | None = None) -> bytes:
    signer = key or service.resources.keyring.ledger_signer(log_of(service))
    note = sign_checkpoint(checkpoint, public_key=signer.public_key, sign=signer.sign)
    return note.encode()


def refused(service: Service, folder: Folder, note: bytes) -> PublicationRefusedError:
    """Publish to a place that holds this checkpoint, and see that it is left as it is."""
    found = folder.read(ADDRESS + "checkpoint")
    folder.swap(ADDRESS + "checkpoint", old=found, new=note, served=SERVED)

    with pytest.raises(PublicationRefusedError) as caught:
        publish(service, folder)

    assert caught.value.origin == log_of(service).origin
    assert folder.read(ADDRESS + "checkpoint") == note
    assert folder.read(ADDRESS + "tile/0/000.p/2") is None
    return caught.value


def test_a_place_that_is_ahead_or_has_another_history_is_left_as_it_is(
    service: Service, folder: Folder
) -> None:
    other = Checkpoint(origin=log_of(service).origin, size=1, root=bytes(32))

    behind = refused(service, folder, signed_note(service, other))
    assert "is not how this log began" in str(behind)
    ahead = refused(service, folder, signed_note(service, replace(other, size=10_000)))
    assert "10000 entries are published" in str(ahead)
    same_size = prepared_size(service)
    refused(service, folder, signed_note(service, replace(other, size=same_size)))


def prepared_size(service: Service) -> int:
    return ledgers.size(service.resources.store, log_of(service))


def test_a_place_whose_checkpoint_is_not_of_this_log_is_left_as_it_is(
    service: Service, folder: Folder
) -> None:
    own = Checkpoint(origin=log_of(service).origin, size=1, root=bytes(32))
    foreign = replace(own, origin="hub.example/ledger/other/2026")

    for note in (
        b"",
        b"\xff\xfe",
        b"checkpoint\n",
        own.text().encode(),
        signed_note(service, own, key=KeyOf("thief")),
        signed_note(service, foreign),
    ):
        assert "is not one that this log signed" in str(refused(service, folder, note))


def test_a_tile_with_other_bytes_is_left_as_it_is(service: Service, folder: Folder) -> None:
    tile = next(tiles_of(prepared_size(service)))
    folder.add({ADDRESS + tile.path: b"other"}, SERVED)

    with pytest.raises(ObjectConflictError):
        publish(service, folder)

    assert folder.read(ADDRESS + tile.path) == b"other"
    assert folder.read(ADDRESS + "checkpoint") is None


def test_a_new_signature_under_the_same_tree_is_published(service: Service, folder: Folder) -> None:
    log = log_of(service)
    publish(service, folder)
    mirror = Mirror(folder, log)
    found = mirror.read("checkpoint")
    checkpoint = mirror.checkpoint()
    another = signed_note(service, checkpoint, key=KeyOf("witness")).partition(b"\n\n")[2]
    folder.swap(ADDRESS + "checkpoint", old=found, new=found + another, served=SERVED)

    publication = prepared(service, folder)
    assert publication.is_due
    assert publishing.carry_out(service.resources.store, folder, publication) == 1

    assert mirror.read("checkpoint") == found


class Hasty:
    """A place where somebody else publishes just before each checkpoint of ours."""

    def __init__(self, service: Service, target: Objects, *, first: int) -> None:
        self._service = service
        self._target = target
        self._first = first

    def read(self, path: str) -> bytes | None:
        return self._target.read(path)

    def add(self, files: Mapping[str, bytes], served: Served) -> None:
        self._target.add(files, served)

    def swap(self, path: str, *, old: bytes | None, new: bytes, served: Served) -> None:
        if self._first > 0:
            self._first -= 1
            publish(self._service, self._target)
            grow(self._service.resources, self._service.one.hub.number, 5)
        self._target.swap(path, old=old, new=new, served=served)


def test_of_two_publishers_one_finishes_and_neither_goes_back(
    service: Service, folder: Folder
) -> None:
    number, store = service.one.hub.number, service.resources.store
    slow = prepared(service, folder)
    grow(service.resources, number, 5)
    publish(service, folder)
    size = Mirror(folder, log_of(service)).size()

    publishing.carry_out(store, folder, slow)

    assert Mirror(folder, log_of(service)).size() == size > slow.signed.size


def test_whoever_publishes_beside_us_is_no_trouble(service: Service, folder: Folder) -> None:
    publish(service, Hasty(service, folder, first=2))

    assert Mirror(folder, log_of(service)).size() == prepared_size(service)


def test_somebody_who_is_always_first_is_told(service: Service, folder: Folder) -> None:
    with pytest.raises(ObjectConflictError):
        publish(service, Hasty(service, folder, first=publishing.ATTEMPTS))

    assert Mirror(folder, log_of(service)).size() == prepared_size(service) - 5


def test_a_log_without_a_checkpoint_is_not_published(service: Service, folder: Folder) -> None:
    log = replace(log_of(service), log="1999")

    with pytest.raises(LogNotFoundError):
        publishing.prepare(service.resources.store, folder, service.one.hub, log)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET entry = :other WHERE seq = 300 AND hub_id = :hub",
        "UPDATE ledger_entry SET leaf_hash = :hash WHERE seq = 300 AND hub_id = :hub",
        "UPDATE ledger_entry SET entry = :other, leaf_hash = :hash WHERE seq > 514",
        "DELETE FROM ledger_entry WHERE seq = 300 AND hub_id = :hub",
        "UPDATE ledger_node SET hash = :hash WHERE idx = 1 AND hub_id = :hub",
        "DELETE FROM ledger_node WHERE hub_id = :hub",
        "DELETE FROM ledger_entry WHERE seq = 3 AND hub_id = :hub",
    ],
)
def test_rows_that_are_not_those_that_were_signed_are_not_published(
    databases: Databases, tmp_path: Path, folder: Folder, statement: str
) -> None:
    with databases.migrated() as url, running(url, tmp_path / "data") as service:
        number = service.one.hub.number
        grow_to(service.resources, number, "2026", 5)
        publish(service, folder)
        grow_to(service.resources, number, "2026", SIZE)
        drop_guards(url, "ledger_entry", "ledger_node")
        other = b"other"
        run(
            url,
            text(statement).bindparams(
                **{
                    name: value
                    for name, value in {
                        "other": other,
                        "hash": leaf_hash(other),
                        "hub": number,
                    }.items()
                    if f":{name}" in statement
                }
            ),
        )

        with pytest.raises(PublicationRefusedError):
            publish(service, folder)

        assert Mirror(folder, log_of(service)).size() == 5
        assert folder.read(ADDRESS + "tile/0/000") is None


def test_the_steps_of_a_publication_are_told_as_they_are_done(
    service: Service, folder: Folder
) -> None:
    grow(service.resources, service.one.hub.number, 600)
    publication = prepared(service, folder)
    told: list[int] = []

    publishing.carry_out(service.resources.store, folder, publication, advance=told.append)

    expected = publication.new_files(service.resources.store).steps()
    assert sum(told) >= expected
    assert told[0] == len(list(bundles_of(publication.signed.size)))
