"""The static files of the pages, and addresses for them that change when they change."""

from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Final

FOLDER: Final = files("credhub.web") / "static"
VERIFIER_NAME: Final = "verify.mjs"
_PACKAGE: Final = Path(__file__).parent.parent.parent
_VERIFIERS: Final = (
    _PACKAGE / "web" / "static" / VERIFIER_NAME,
    _PACKAGE.parent.parent / "docs" / "spec" / VERIFIER_NAME,
)
"""In a wheel, then in a checkout: the verifier of the specification, not a copy of it."""


def asset(name: str) -> str:
    """Give the path of a static file, with the start of its digest, so that it can be cached."""
    data = verifier() if name == VERIFIER_NAME else (FOLDER / name).read_bytes()
    return f"/static/{name}?v={sha256(data).hexdigest()[:12]}"


def verifier() -> bytes:
    """Read the verifier that runs in browsers."""
    return next(file for file in _VERIFIERS if file.is_file()).read_bytes()
