"""T85, T99: the master key is strong, private, and nowhere printed."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from credhub.errors import KeyStoreError, UnsafeKeyFileError, WeakMasterKeyError
from credhub.keys.master import MasterKey
from credhub.keys.sealing import hub_key

SECRET = "k7Yq2mXw9Rb4Tz8Ls1Vd6Nf3Hg5Jc0Pa"  # noqa: S105 - of these tests alone
SALT = bytes(16)


@pytest.mark.parametrize(
    "text",
    [
        "",
        SECRET[:31],
        f"  {SECRET[:31]}  ",
        "a" * 64,
        "abcdefgh" * 8,
        f"change-me-{SECRET}",
        f"CHANGEME{SECRET}",
        f"example{SECRET}",
        "0123456789abcdef" * 2,
        "correct horse battery staple and more",
    ],
)
def test_t99_a_weak_master_key_is_refused(text: str) -> None:
    with pytest.raises(WeakMasterKeyError):
        MasterKey.from_text(text)


def test_a_strong_master_key_is_accepted_with_spaces_around() -> None:
    one, other = MasterKey.from_text(SECRET), MasterKey.from_text(f" {SECRET}\n")

    assert hub_key(one, SALT) == hub_key(other, SALT)


def test_a_hub_key_depends_on_master_key_and_salt() -> None:
    keys = {
        hub_key(MasterKey.from_text(text), salt)
        for text in (SECRET, SECRET[::-1])
        for salt in (SALT, b"x" * 16)
    }

    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}


def test_t85_a_master_key_does_not_show_itself() -> None:
    key = MasterKey.from_text(SECRET)

    assert SECRET not in f"{key!r} {key} {[key]}"


def test_t85_a_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "master.key"

    first = MasterKey.from_file(path, create=True)
    second = MasterKey.from_file(path, create=True)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first.derive(SALT) == second.derive(SALT) == MasterKey.from_file(path).derive(SALT)
    assert [it.name for it in path.parent.iterdir()] == ["master.key"]


def test_processes_that_start_at_once_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "master.key"

    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: MasterKey.from_file(path, create=True), range(8)))

    assert len({key.derive(SALT) for key in keys}) == 1
    assert [it.name for it in tmp_path.iterdir()] == ["master.key"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o602, 0o610, 0o666])
def test_t85_a_file_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    path.write_text(SECRET)
    path.chmod(mode)

    with pytest.raises(UnsafeKeyFileError) as refusal:
        MasterKey.from_file(path)

    assert refusal.value.path == str(path)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_t85_a_file_of_its_owner_is_accepted(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    path.write_text(SECRET)
    path.chmod(mode)

    assert MasterKey.from_file(path).derive(SALT) == MasterKey.from_text(SECRET).derive(SALT)


def test_t85_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.write_text(SECRET)
    path.chmod(0o600)
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away; run the tests as root to see this one")
    os.chown(path, 12345, 12345)

    with pytest.raises(UnsafeKeyFileError):
        MasterKey.from_file(path)


def test_a_missing_file_or_a_link_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text(SECRET)
    target.chmod(0o600)
    link = tmp_path / "link"
    link.symlink_to(target)

    for path in (tmp_path / "missing", link):
        with pytest.raises(KeyStoreError):
            MasterKey.from_file(path)
