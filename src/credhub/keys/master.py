"""The master key: the one secret that an operator keeps. Every hub's key comes from it."""

import os
import secrets
import stat
from hashlib import scrypt
from pathlib import Path
from typing import Final, Self

from credhub.errors import KeyStoreError, UnsafeKeyFileError, WeakMasterKeyError

MIN_LENGTH: Final = 32

_MIN_DISTINCT: Final = 10
_EXAMPLES: Final = (
    "changeme",
    "change-me",
    "change_me",
    "example",
    "0123456789abcdef",
    "correct horse battery staple",
)
"""No master key holds one of these: people copy examples."""

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_SCRYPT_COST: Final = 2**15
_SCRYPT_BLOCK: Final = 8
_SCRYPT_MEMORY: Final = 64 * 2**20


class MasterKey:
    """A secret text of the operator."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def __repr__(self) -> str:
        return "MasterKey(...)"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Take the secret that an operator set.

        Raises:
            WeakMasterKeyError: It is short, has few different characters, or holds an example.
        """
        secret = text.strip()
        if len(secret) < MIN_LENGTH or len(set(secret)) < _MIN_DISTINCT:
            raise WeakMasterKeyError(
                f"The master key needs {MIN_LENGTH} random characters: try `openssl rand -hex 32`."
            )
        if any(example in secret.lower() for example in _EXAMPLES):
            raise WeakMasterKeyError("The master key holds an example: make one of your own.")
        return cls(secret.encode())

    @classmethod
    def from_file(cls, path: Path, *, create: bool = False) -> Self:
        """Read the secret from a file that only its owner can read.

        Args:
            path: The file.
            create: Make the file with a random secret when there is none.

        Raises:
            UnsafeKeyFileError: Other users can read or change the file.
            WeakMasterKeyError: As ``from_text``.
            KeyStoreError: The file cannot be read.
        """
        if create:
            _create(path)
        return cls.from_text(_read_private(path))

    def derive(self, salt: bytes) -> bytes:
        """Derive a key of 32 bytes. Takes a tenth of a second.

        Source:
            RFC 7914 (scrypt), N = 2^15, r = 8, p = 1.
        """
        return scrypt(
            self._secret,
            salt=salt,
            n=_SCRYPT_COST,
            r=_SCRYPT_BLOCK,
            p=1,
            maxmem=_SCRYPT_MEMORY,
            dklen=32,
        )


def _create(path: Path) -> None:
    """Make the file in one step, so that a second process sees it whole or not at all."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_private(path: Path) -> str:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise KeyStoreError(f"The key file {path} cannot be read.") from error
    with os.fdopen(handle, encoding="utf-8") as file:
        status = os.fstat(file.fileno())
        if status.st_mode & _OTHERS or status.st_uid not in {0, os.geteuid()}:
            raise UnsafeKeyFileError(str(path))
        return file.read()
