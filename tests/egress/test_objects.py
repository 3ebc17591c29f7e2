"""Where ledgers are published: one contract, over folders and buckets."""

import errno
import os
import stat
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import obstore
import pytest
from obstore.store import MemoryStore, from_url

from credhub.egress.bucket import Bucket
from credhub.egress.folder import INCOMING, Folder
from credhub.egress.objects import Objects, Served
from credhub.egress.opening import open_objects
from credhub.errors import ObjectConflictError, ObjectsUnavailableError
from tests.buckets import Buckets, bucket_server

SERVED = Served(content_type="application/octet-stream", cache_control="public, max-age=7")
PATH = "ledger/demo/2026/tile/0/x001/234.p/5"


@pytest.fixture(scope="module")
def buckets() -> Iterator[Buckets]:
    with bucket_server() as buckets:
        yield buckets


@pytest.fixture(params=["folder", "memory", "s3"])
def objects(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Objects:
    """An empty place of each sort in turn."""
    if request.param == "folder":
        return open_objects(str(tmp_path / "published"))
    if request.param == "memory":
        return Bucket(MemoryStore())
    given: Buckets = request.getfixturevalue("buckets")
    for name, value in given.environment.items():
        monkeypatch.setenv(name, value)
    return open_objects(f"s3://{given.new()}/mirror/of")


def test_what_was_never_written_is_not_there(objects: Objects) -> None:
    assert objects.read(PATH) is None
    assert objects.read("ledger") is None


@pytest.mark.parametrize("data", [b"", b"\0\xff" * 4096])
def test_bytes_are_read_as_they_were_written(objects: Objects, data: bytes) -> None:
    objects.add({PATH: data}, SERVED)

    assert objects.read(PATH) == data


def test_to_add_the_same_again_is_harmless_and_other_bytes_are_refused(objects: Objects) -> None:
    objects.add({PATH: b"one"}, SERVED)
    objects.add({PATH: b"one"}, SERVED)

    with pytest.raises(ObjectConflictError) as refused:
        objects.add({PATH: b"two"}, SERVED)

    assert refused.value.path == PATH
    assert objects.read(PATH) == b"one"


def test_a_swap_replaces_only_what_it_expects(objects: Objects) -> None:
    with pytest.raises(ObjectConflictError):
        objects.swap("checkpoint", old=b"zero", new=b"one", served=SERVED)
    objects.swap("checkpoint", old=None, new=b"one", served=SERVED)
    objects.swap("checkpoint", old=b"one", new=b"two", served=SERVED)

    for old in (None, b"one"):
        with pytest.raises(ObjectConflictError):
            objects.swap("checkpoint", old=old, new=b"three", served=SERVED)
    assert objects.read("checkpoint") == b"two"


def test_of_many_swaps_at_once_one_succeeds(objects: Objects) -> None:
    objects.swap("checkpoint", old=None, new=b"start", served=SERVED)
    together = Barrier(8)

    def swap(number: int) -> bool:
        together.wait()
        try:
            objects.swap("checkpoint", old=b"start", new=b"%d" % number, served=SERVED)
        except ObjectConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = [number for number, success in enumerate(pool.map(swap, range(8))) if success]

    assert [b"%d" % number for number in won] == [objects.read("checkpoint")]


def test_many_threads_may_add_side_by_side(objects: Objects) -> None:
    paths = [f"ledger/demo/{number % 3}/tile/{number}" for number in range(48)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda path: objects.add({path: path.encode()}, SERVED), paths))

    assert all(objects.read(path) == path.encode() for path in paths)


def test_many_are_added_in_one_call_and_one_conflict_is_told(objects: Objects) -> None:
    files = {f"ledger/demo/{number % 3}/tile/{number}": b"%d" % number for number in range(96)}
    objects.add({"ledger/demo/1/tile/40": b"other"}, SERVED)

    with pytest.raises(ObjectConflictError) as refused:
        objects.add(files, SERVED)
    assert refused.value.path == "ledger/demo/1/tile/40"
    del files[refused.value.path]
    objects.add(files, SERVED)
    objects.add({}, SERVED)

    assert all(objects.read(path) == data for path, data in files.items())
    assert objects.read("ledger/demo/1/tile/40") == b"other"


def test_a_bucket_answers_with_the_headers_that_were_given(
    buckets: Buckets, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in buckets.environment.items():
        monkeypatch.setenv(name, value)
    bucket = buckets.new()
    open_objects(f"s3://{bucket}/mirror").add({PATH: b"tile"}, SERVED)

    answer = obstore.get(from_url(f"s3://{bucket}"), f"mirror/{PATH}")

    assert answer.attributes["Content-Type"] == SERVED.content_type
    assert answer.attributes["Cache-Control"] == SERVED.cache_control


def test_a_bucket_that_does_not_answer_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = Buckets("http://127.0.0.1:9").environment
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    objects = open_objects("s3://bucket")

    with pytest.raises(ObjectsUnavailableError):
        objects.read(PATH)
    with pytest.raises(ObjectsUnavailableError):
        objects.add({PATH: b""}, SERVED)
    with pytest.raises(ObjectsUnavailableError):
        objects.swap(PATH, old=None, new=b"", served=SERVED)


@pytest.mark.parametrize(
    "url", ["ftp://x/y", "https://hub.example/x", "s4://bucket", "file://host/x", "file://"]
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ObjectsUnavailableError):
        open_objects(url)


def test_a_folder_may_be_named_by_its_path_or_its_address(tmp_path: Path) -> None:
    by_path = open_objects(str(tmp_path / "a folder"))
    by_path.add({PATH: b"tile"}, SERVED)

    assert open_objects(f"file://{tmp_path}/a%20folder").read(PATH) == b"tile"


def test_a_published_file_is_for_everybody_and_no_temporary_one_is_left(tmp_path: Path) -> None:
    mask = os.umask(0o077)
    try:
        Folder.open(tmp_path / "published").add({PATH: b"tile"}, SERVED)
    finally:
        os.umask(mask)

    file = tmp_path / "published" / PATH
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    folders = [folder for folder in file.parents if folder.is_relative_to(tmp_path / "published")]
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o755}
    assert list((tmp_path / "published" / INCOMING).iterdir()) == []
    assert stat.S_IMODE((tmp_path / "published" / INCOMING).stat().st_mode) == 0o700


def test_what_killed_processes_left_is_removed_after_a_while(tmp_path: Path) -> None:
    Folder.open(tmp_path)
    old, new = tmp_path / INCOMING / "old", tmp_path / INCOMING / "new"
    old.touch()
    new.touch()
    os.utime(old, (time.time() - 7200, time.time() - 7200))

    Folder.open(tmp_path)

    assert list((tmp_path / INCOMING).iterdir()) == [new]


def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ObjectsUnavailableError):
        Folder.open(tmp_path / "file")

    folder = Folder.open(tmp_path / "published")
    (tmp_path / "published" / "ledger").touch()
    with pytest.raises(ObjectsUnavailableError):
        folder.add({PATH: b"tile"}, SERVED)
    with pytest.raises(ObjectsUnavailableError):
        folder.swap(PATH, old=None, new=b"tile", served=SERVED)


@pytest.mark.parametrize("call", ["fsync", "rename", "fchmod"])
def test_a_disk_that_fails_leaves_neither_the_file_nor_a_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    folder = Folder.open(tmp_path)
    folder.add({"ledger/other": b""}, SERVED)

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, call, fail)
        with pytest.raises(ObjectsUnavailableError, match="Input/output error"):
            folder.add({"ledger/file": b"x"}, SERVED)
        with pytest.raises(ObjectsUnavailableError):
            folder.swap("ledger/file", old=None, new=b"x", served=SERVED)

    assert folder.read("ledger/file") is None
    assert list((tmp_path / INCOMING).iterdir()) == []
    folder.add({"ledger/file": b"x"}, SERVED)
    assert folder.read("ledger/file") == b"x"


def test_a_file_is_not_relied_on_before_its_folder_is_synchronised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder.open(tmp_path)
    folder.add({"ledger/other": b""}, SERVED)
    synchronise = os.fsync

    def fail_on_folders(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "Input/output error")
        synchronise(descriptor)

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fail_on_folders)
        for _ in range(2):  # The file is there by then, but may not stay.
            with pytest.raises(ObjectsUnavailableError):
                folder.add({"ledger/file": b"x"}, SERVED)

    folder.add({"ledger/file": b"x"}, SERVED)
