"""The HTTP cases of the corpus again, at a real socket, where a server reads them first."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.hostile import requests
from tests.hostile.besieged import Besieged, as_body, besieged, said
from tests.hostile.sent import own
from tests.sites import certificate
from tests.wired import Wired, wire_of, wired

__all__ = ["besieged", "certificate"]

CASES = list(requests.cases())
LENGTHS = [b"-1", b"0x10", b"9" * 5_000, b"+2", b"2, 2", b"2 2", b""]


@pytest.fixture(scope="module")
def place(besieged: Besieged) -> Iterator[Wired]:
    with wired(besieged.service.app, wire_of()) as place:
        yield place


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if "a length of" not in case.name],
    ids=lambda case: f"{case.threat} {case.name}",
)
def test_corpus_no_hostile_request_is_believed_at_a_socket(
    besieged: Besieged, place: Wired, case: requests.RequestCase
) -> None:
    with httpx2.Client(base_url=f"http://127.0.0.1:{place.port}") as client:
        answer = case.send(client, own(besieged.world))  # type: ignore[arg-type]  # a client of the same kind

    code = answer.json().get("code") or said(answer).rpartition(" ")[2]
    refused = (answer.status_code, code) == (400, "malformed-http")
    assert refused or answer.status_code == case.status
    assert refused or case.code in {None, code}
    assert answer.json().get("verdict") not in {"valid", "unknownIssuer"}
    assert requests.EVIL not in str(answer.headers)
    assert said(as_body(besieged.service, own(besieged.world))) == "valid"


@pytest.mark.parametrize("length", LENGTHS, ids=lambda length: repr(length[:5]))
def test_corpus_a_length_that_is_none_is_refused_at_a_socket(place: Wired, length: bytes) -> None:
    head = b"POST /v1/verify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"

    answer = place.ask(head + b"Connection: close\r\nContent-Length: " + length + b"\r\n\r\n{}")

    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 ")), answer[:80]
    assert b"malformed-http" in answer or b"body-too-large" in answer
