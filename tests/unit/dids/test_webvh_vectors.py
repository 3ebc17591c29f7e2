"""Logs that five other implementations of did:webvh wrote, good and bad.

They are the folder ``vectors`` of github.com/decentralized-identity/didwebvh-test-suite, found as
``didwebvh`` among the published vectors.
"""

import json
import re
from pathlib import Path

import pytest

from credhub.dids.did_webvh import WebvhDid
from credhub.dids.document import DidDocument
from credhub.dids.webvh_log import WebvhLog
from credhub.errors import DidDeactivatedError, DidLogError, DidMismatchError, DidSyntaxError
from tests import vectors
from tests.unit.dids.webvh_writing import SUITE
from tests.unit.factories import NOON

WRITERS = ("java", "java-eecc", "python", "rust", "ts")
GOOD = (
    "basic-create",
    "basic-update",
    "key-rotation",
    "multi-update",
    "multiple-update-keys",
    "portable",
    "portable-move",
    "pre-rotation",
    "pre-rotation-consume",
    "services",
    "witness-threshold",
)
BAD = (
    "cross-did-witness-replay",
    "did-key-body-fragment-mismatch",
    "duplicate-witness-ids",
    "portable-scid-swap",
    "pre-rotation-omit-updatekeys",
    "scid-mismatch-genesis",
    "unknown-method-version",
    "versiontime-future",
    "versiontime-non-monotonic",
    "wrong-cryptosuite",
    "zero-witness-threshold",
)
BAD_NAMES = (
    "fragment-leaks-into-domain",
    "lowercase-pct-port-ip",
    "path-traversal-did",
    "pct-encoded-ip-host",
    "pct-encoded-traversal",
)
# This writer names witnesses by their keys, where the method wants their did:keys.
NOT_OF_THE_METHOD = {("witness-threshold", "rust")}


def folder() -> Path:
    found = vectors.folder() / "didwebvh"
    if not found.is_dir():
        pytest.skip(
            "no did:webvh vectors: put the folder vectors of "
            "github.com/decentralized-identity/didwebvh-test-suite beside the others as didwebvh"
        )
    return found


def resolve(case: Path, did: str) -> DidDocument:
    log = WebvhLog.read(
        (case / "did.jsonl").read_bytes(),
        did=WebvhDid.parse(did),
        now=NOON,
        check_proof=SUITE.check,
    )
    if log.rules:
        log.check_witnesses((case / "did-witness.json").read_bytes(), SUITE.check)
    return log.document()


def named_by(case: Path) -> str:
    """Give the DID that a log begins with."""
    first = json.loads((case / "did.jsonl").read_text().splitlines()[0])
    return f"did:webvh:{first['parameters']['scid']}:example.com"


def expected(case: Path) -> DidDocument:
    document = json.loads((case / "resolutionResult.json").read_text())["didDocument"]
    return DidDocument.from_document(document, did=document["id"])


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("name", GOOD)
def test_logs_of_other_implementations_are_read(name: str, writer: str) -> None:
    case = folder() / name / writer
    if not case.is_dir() or (name, writer) in NOT_OF_THE_METHOD:
        pytest.skip(f"{writer} wrote no {name} that follows the method")

    wanted = expected(case)

    assert resolve(case, wanted.id) == wanted


@pytest.mark.parametrize("writer", WRITERS)
def test_dids_that_other_implementations_ended_have_ended(writer: str) -> None:
    case = folder() / "deactivate" / writer

    with pytest.raises(DidDeactivatedError):
        resolve(case, expected(case).id)


@pytest.mark.parametrize("writer", WRITERS)
def test_witnesses_do_not_follow_others_unseen(writer: str) -> None:
    # Here the new witnesses alone saw the version that names them. The method wants those that
    # were named before it (did:webvh 1.0, "Witness Lists"): else a thief names his own.
    case = folder() / "witness-update" / writer

    with pytest.raises(DidLogError, match="itness"):
        resolve(case, named_by(case))


@pytest.mark.parametrize("name", BAD)
def test_bad_logs_are_refused(name: str) -> None:
    case = folder() / f"negative-{name}" / "ts"

    with pytest.raises((DidLogError, DidMismatchError)):
        resolve(case, named_by(case))


@pytest.mark.parametrize("name", BAD_NAMES)
def test_t25_bad_names_are_refused(name: str) -> None:
    script = (folder() / f"negative-{name}" / "script.yaml").read_text()
    dids = re.findall(r'did: "(did:webvh:[^"]+)"', script)
    assert dids

    for did in dids:
        with pytest.raises(DidSyntaxError):
            # The hash in these names is none; what is tried here comes after it.
            WebvhDid.parse(re.sub("Qm0+", "Qm" + "1" * 44, did))
