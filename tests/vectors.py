"""Where the published test vectors are: ``$CREDHUB_VECTORS``, else ``../shared/vectors``.

Where the variable is set the vectors must be there. Elsewhere a test without them skips, and
says how to get them.
"""

import json
import os
from pathlib import Path

import pytest

from credhub.jsontypes import JsonObject

REPOSITORY = Path(__file__).resolve().parent.parent
VARIABLE = "CREDHUB_VECTORS"


def path(name: str) -> Path:
    """Find one file or folder among the vectors."""
    found = folder() / name
    if not found.exists():
        raise FileNotFoundError(f"The test vectors have no {name}.")
    return found


def text(name: str) -> str:
    """Read one text file."""
    return path(name).read_text(encoding="utf-8")


def document(name: str) -> JsonObject:
    """Read one JSON object."""
    value: JsonObject = json.loads(text(name))
    return value


def folder() -> Path:
    """Find the vectors, or skip the test, or fail when they were promised."""
    named = os.environ.get(VARIABLE)
    root = REPOSITORY / (named or "../shared/vectors")
    if root.is_dir():
        return root
    if named:
        raise FileNotFoundError(f"{VARIABLE} names {named}, and there is no such folder.")
    pytest.skip(
        f"no test vectors: set {VARIABLE} to a folder with rdf-canon, vc-di-eddsa, wycheproof, "
        "jcs, contexts and the others that CONTRIBUTING.md lists"
    )
