"""Logs of did:webvh between us and didwebvh-ts, in both directions."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from credhub.dids.did_webvh import WebvhDid
from credhub.dids.webvh_hash import hash_of
from credhub.dids.webvh_log import WebvhLog
from credhub.errors import DidLogError
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs.signer import key_of
from tests.interop.packages import from_npm
from tests.unit.dids.webvh_writing import OWNER, SUITE, LogWriter, name_of
from tests.unit.factories import MemorySigner

pytestmark = pytest.mark.interop

HEIR, THIEF = MemorySigner(2), MemorySigner(3)


def promise(signer: MemorySigner) -> JsonValue:
    return [hash_of(name_of(signer).encode())]


def honest() -> list[LogWriter]:
    """Write logs in which keys are handed on, and promised before."""
    promised = LogWriter().begin({"nextKeyHashes": promise(HEIR)})
    return [
        LogWriter().begin(),
        LogWriter().begin().go_on({"updateKeys": [name_of(HEIR)]}).go_on(signer=HEIR),
        promised.go_on({"updateKeys": [name_of(HEIR)], "nextKeyHashes": []}, signer=HEIR),
    ]


def dishonest() -> list[LogWriter]:
    """Write logs that somebody else went on with."""
    left_out = LogWriter().begin().go_on().go_on()
    del left_out.entries[1]
    changed = LogWriter().begin().go_on()
    changed.entries[1]["versionTime"] = "2026-11-01T00:00:00Z"
    return [LogWriter().begin().go_on(signer=THIEF), left_out, changed]


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> JsonObject:
    """What didwebvh-ts made, and what it says of our logs."""
    project = from_npm("webvh", tmp_path_factory.mktemp("webvh"))
    logs = [written.entries for written in (*honest(), *dishonest())]
    given = {"seeds": ["01" * 32, "02" * 32], "logs": logs}
    made: JsonObject = project.ask(given)
    return made


def read(theirs: JsonObject, log: JsonValue) -> WebvhLog:
    assert isinstance(log, list)
    # They say the time of this machine.
    return WebvhLog.read(
        b"".join(canonical(entry) + b"\n" for entry in log),
        did=WebvhDid.parse(str(theirs["did"])),
        now=datetime.now(UTC) + timedelta(minutes=1),
        check_proof=SUITE.check,
    )


def test_we_read_what_they_write(theirs: JsonObject) -> None:
    log = read(theirs, theirs["log"])

    assert len(log.versions) == 2
    (method,) = log.document().methods
    assert method.public_key == key_of(HEIR)
    assert log.document().assertion == {method.id}


def test_we_refuse_what_was_changed_in_it(theirs: JsonObject) -> None:
    log = theirs["log"]
    assert isinstance(log, list)
    text = json.dumps(log).replace(name_of(HEIR), name_of(OWNER))

    with pytest.raises(DidLogError):
        read(theirs, json.loads(text))
    with pytest.raises(DidLogError):
        read(theirs, log[1:])


def test_they_read_what_we_write(theirs: JsonObject) -> None:
    resolved = theirs["resolved"]
    assert isinstance(resolved, list)

    assert resolved[:3] == [{"id": written.did} for written in honest()]


def test_they_refuse_what_we_refuse(theirs: JsonObject) -> None:
    resolved = theirs["resolved"]
    assert isinstance(resolved, list)

    for answer, written in zip(resolved[3:], dishonest(), strict=True):
        assert isinstance(answer, dict)
        assert "error" in answer
        with pytest.raises(DidLogError):
            WebvhLog.read(
                written.data,
                did=WebvhDid.parse(written.did),
                now=datetime.now(UTC),
                check_proof=SUITE.check,
            )
