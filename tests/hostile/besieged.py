"""A service that strangers send to, the doors it has for them, and what it says."""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from httpx2 import Response

from credhub.jsontypes import JsonObject
from tests.did_sites import SIGNER, document_of
from tests.engines import SqliteDatabases
from tests.hostile import corpus
from tests.hostile.case import Case
from tests.hostile.sent import Asked, World, own
from tests.networks import PUBLIC, Contact, Network, may_be_had, where_every_address_is_here
from tests.running import Service, issue, running
from tests.sites import leading_to, serving
from tests.unit.dids.webvh_writing import LogWriter

JSON = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Besieged:
    """A service that strangers send to, and what they make that of.

    Attributes:
        network: Where every address is this machine, if that may be had.
    """

    service: Service
    world: World
    files: Sequence[Case]
    network: Network | None

    def contacts(self) -> list[Contact]:
        """Give who was connected to besides the site, by whatever process."""
        return [] if self.network is None else self.network.contacts()


@pytest.fixture(scope="module")
def besieged(
    certificate: Path, sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Besieged]:
    """A service that knows a few issuers elsewhere and can reach one site."""
    folder = tmp_path_factory.mktemp("besieged")
    with (
        pytest.MonkeyPatch.context() as patch,
        _network(certificate) as network,
        serving(certificate) as site,
    ):
        patch.setenv("SSL_CERT_FILE", str(certificate))
        history = LogWriter(place=site.place).begin()
        site.pages["/.well-known/did.jsonl"] = history.data
        school = f"{site.did}:school"
        site.publish("/school/did.json", document_of(school))
        known = {did: {"name": "A school"} for did in (SIGNER.did, school, history.did)}
        (folder / "known.json").write_text(json.dumps({"registry": known}))
        with (
            sqlite.migrated() as url,
            running(
                url, folder / "data", strangers=leading_to(site), trust=folder / "known.json"
            ) as service,
        ):
            made = issue(service.client())
            signed = made["credential"]
            assert isinstance(signed, dict)
            world = World(own=signed, address=str(made["url"]), site=site, history=history.did)
            files = corpus.files(own(world), world.address)
            yield Besieged(service=service, world=world, files=files, network=network)


def _network(certificate: Path) -> AbstractContextManager[Network | None]:
    if not may_be_had():
        return nullcontext()
    return where_every_address_is_here(certificate, public=PUBLIC)


def as_file(service: Service, text: bytes) -> Response:
    return service.public().post("/v1/verify", files={"file": text})


def as_body(service: Service, text: bytes, asked: Asked | None = None) -> Response:
    """Send a text as software does; what is no JSON stands there as it is."""
    if asked is not None:
        answer = {"presentation": text.decode(), **asdict(asked)}
        return service.public().post("/v1/verify", json=answer)
    if b"{" not in text:
        return service.public().post("/v1/verify", json={"token": text.decode()})
    body = b'{"credential":' + text + b"}"
    return service.public().post("/v1/verify", content=body, headers=JSON)


def as_client(service: Service, text: bytes, asked: Asked | None = None) -> Response:
    """Send a text as a client of VCALM does."""
    if asked is not None:
        presented = {"verifiablePresentation": text.decode(), "options": asdict(asked)}
        return service.client().post("/vcalm/presentations/verify", json=presented)
    if b"{" not in text:
        sent = {"verifiableCredential": text.decode()}
        return service.client().post("/vcalm/credentials/verify", json=sent)
    body = b'{"verifiableCredential":' + text + b"}"
    return service.client().post("/vcalm/credentials/verify", content=body, headers=JSON)


def said(answer: Response) -> str:
    """Give the verdict, or the status of a problem; and the code that decided."""
    found: JsonObject = answer.json()
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        return f"{answer.status_code} {found['code']}"
    return " ".join((str(found["verdict"]), *_failed(found)[:1]))


def _failed(report: JsonObject) -> list[str]:
    checks = report["checks"]
    assert isinstance(checks, list)
    found = [
        str(check["code"])
        for check in checks
        if isinstance(check, dict) and check["outcome"] in {"failed", "unknown"}
    ]
    inner = report.get("credentials")
    if report.keys() >= {"holder", "credentials"} and isinstance(inner, list):
        for one in inner:
            assert isinstance(one, dict)
            assert isinstance(one["report"], dict)
            found += _failed(one["report"])
    return found
