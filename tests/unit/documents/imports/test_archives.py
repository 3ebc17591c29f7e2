"""Archives that strangers packed: read within caps, never unpacked."""

import struct
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.documents.imports import archives
from credhub.documents.imports.archives import Room
from credhub.errors import RowsError


def zipped(*files: tuple[str, bytes], how: int = ZIP_DEFLATED) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", how) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def refused(content: bytes, room: Room | None = None) -> list[str]:
    with pytest.raises(RowsError) as refusal:
        list(archives.entries(content, room or Room()))
    return [fault.code for fault in refusal.value.faults]


def test_the_files_of_an_archive_are_read_without_litter() -> None:
    content = zipped(
        ("a/", b""), ("a/1.json", b"{}"), ("__MACOSX/a/._1.json", b"x"), ("a/.DS_Store", b"x")
    )

    assert list(archives.entries(content, Room())) == [("a/1.json", b"{}")]


def test_names_lead_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    content = zipped(("../../outside.json", b"{}"), ("/etc/x\x1b[2J", b"{}"))

    names = [name for name, _ in archives.entries(content, Room())]

    assert names == ["../../outside.json", "/etc/x\ufffd[2J"]
    assert list(tmp_path.rglob("*")) == [inside]


def test_t68_a_bomb_is_refused_while_it_unpacks() -> None:
    entry = b"\0" * (archives.MAX_ENTRY + 1)
    below = b"\0" * archives.MAX_ENTRY

    assert refused(zipped(("bomb", entry))) == ["archive-too-large"]
    assert refused(zipped(*((f"{number}", below) for number in range(11)))) == ["archive-too-large"]


def test_t68_a_size_that_lies_is_not_believed() -> None:
    content = zipped(("bomb", b"\0" * (archives.MAX_ENTRY + 1)))
    size = struct.pack("<I", archives.MAX_ENTRY + 1)
    assert content.count(size) == 2

    assert refused(content.replace(size, struct.pack("<I", 3))) in (
        ["archive-too-large"],
        ["archive-broken"],
    )


def test_too_many_files_are_refused() -> None:
    three = zipped(("1", b""), ("2", b""), ("3", b""))

    assert refused(three, Room(entries=2)) == ["archive-too-large"]
    assert len(list(archives.entries(three, Room(entries=3)))) == 3


def test_t68_all_archives_together_hold_what_one_may() -> None:
    room = Room(entries=3, unpacked=10)
    content = zipped(("1", b"{}"), ("2", b"{}"))

    assert len(list(archives.entries(content, room))) == 2
    assert (room.entries, room.unpacked) == (1, 6)
    assert refused(content, room) == ["archive-too-large"]
    assert refused(zipped(("1", b"x" * 7)), Room(unpacked=6)) == ["archive-too-large"]


@pytest.mark.parametrize("how", [ZIP_BZIP2, ZIP_LZMA], ids=["bzip2", "lzma"])
def test_what_is_packed_in_an_unusual_way_is_refused(how: int) -> None:
    assert refused(zipped(("1.json", b"{}"), how=how)) == ["archive-broken"]


def test_an_encrypted_archive_is_refused() -> None:
    content = bytearray(zipped(("1", b"x"), how=ZIP_STORED))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1

    assert refused(bytes(content)) == ["archive-encrypted"]


@given(st.data())
def test_a_damaged_archive_is_read_or_refused(data: st.DataObject) -> None:
    whole = zipped(("1.json", b"{}" * 50), ("2.json", b"[]"))
    at = data.draw(st.integers(0, len(whole)))
    until = data.draw(st.integers(at, min(len(whole), at + 20)))
    damaged = whole[:at] + data.draw(st.binary(max_size=8)) + whole[until:]

    try:
        assert all(isinstance(content, bytes) for _, content in archives.entries(damaged, Room()))
    except RowsError as error:
        assert error.faults  # noqa: PT017 - or it is read
