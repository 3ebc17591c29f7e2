"""The static files of the pages, and addresses for them that change when they change."""

from hashlib import sha256
from importlib.resources import files
from typing import Final

FOLDER: Final = files("credhub.web") / "static"


def asset(name: str) -> str:
    """Give the path of a static file, with the start of its digest, so that it can be cached."""
    digest = sha256((FOLDER / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"
