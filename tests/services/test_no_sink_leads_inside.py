"""T21: wherever a stranger can write an address that we ask, no address leads to us or our own."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from credhub import base64url
from credhub.egress.client import Egress
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import data_integrity, eddsa_jcs_2022
from credhub.services import verifying
from credhub.status.token_reference import TokenStatusReference
from credhub.verification.report import Report, Verdict
from tests.connections import connections, watched
from tests.did_sites import SIGNER
from tests.engines import SqliteDatabases
from tests.running import Service, running, unique
from tests.services.test_hostile_did_sites import NOT_PUBLIC
from tests.sites import certificate, leading_to, redirecting, serving
from tests.unit import factories

__all__ = ["certificate"]


Sink = Callable[[str], JsonObject]


@dataclass
class Names:
    """The addresses of every host, which a test may change, and the hosts that were asked for."""

    addresses: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, _port: int) -> list[str]:
        self.asked.append(host)
        return list(self.addresses)


@pytest.fixture(scope="module")
def names() -> Names:
    return Names()


@pytest.fixture(scope="module")
def service_of_names(
    names: Names, sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service as in production, but that the test says where hosts are."""
    folder = tmp_path_factory.mktemp("names")
    with (
        sqlite.migrated() as url,
        running(url, folder, strangers=Egress(resolver=names)) as service,
    ):
        yield service


def badge(did: str = SIGNER.did, **changes: JsonValue) -> JsonObject:
    made = factories.credential(did=did)
    del made["credentialSchema"], made["credentialStatus"]
    return made | changes


def by_did_web(host: str) -> JsonObject:
    return signed_as(f"did:web:{host}")


def by_did_webvh(host: str) -> JsonObject:
    return signed_as(f"did:webvh:{'1' * 46}:{host}")


def signed_as(did: str) -> JsonObject:
    """Sign with a key that the DID may hold or not."""
    return data_integrity.sign(
        badge(did),
        suite=factories.suite(),
        signer=SIGNER,
        verification_method=f"{did}#key-1",
        created=factories.NOON,
    )


def with_status_list(host: str) -> JsonObject:
    entry = factories.status_entry().to_document() | {
        "id": f"https://{host}/list#94567",
        "statusListCredential": f"https://{host}/list",
    }
    return factories.signed(badge(credentialStatus=entry))


def with_token_status_list(host: str) -> JsonObject:
    place = TokenStatusReference(uri=f"https://{host}/list", index=7)
    return data_integrity.sign(
        badge(credentialStatus=place.to_entry()),
        suite=eddsa_jcs_2022.suite(),
        signer=SIGNER,
        verification_method=SIGNER.method,
        created=factories.NOON,
    )


def with_revocation_list(host: str) -> JsonObject:
    entry: JsonObject = {"id": f"https://{host}/list", "type": "1EdTechRevocationList"}
    return factories.signed(badge(credentialStatus=entry))


LISTS = (with_status_list, with_token_status_list, with_revocation_list)
SINKS = (by_did_web, by_did_webvh, *LISTS)


@pytest.mark.parametrize("sink", SINKS)
def test_every_sink_asks_for_its_host(service_of_names: Service, names: Names, sink: Sink) -> None:
    # The positive twin: what follows is refused for where the host is, and nothing else.
    host = f"{unique('host')}.example"
    names.addresses = []

    verify(service_of_names, sink(host))

    assert host in names.asked


@pytest.mark.parametrize("address", NOT_PUBLIC)
@pytest.mark.parametrize("sink", SINKS)
def test_t21_no_sink_leads_inside(
    service_of_names: Service, names: Names, sink: Sink, address: str
) -> None:
    names.addresses = [address]
    document = sink(f"{unique('evil')}.example")

    with watched() as seen:
        report = verify(service_of_names, document)

    assert seen == []
    assert report.verdict is Verdict.INDETERMINATE


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "169.254.169.254", "10.0.0.1", "2130706433"]
)
@pytest.mark.parametrize("sink", LISTS)
def test_t21_an_address_that_is_written_out_is_not_asked(
    service_of_names: Service, names: Names, sink: Sink, host: str
) -> None:
    # As the system would answer, which knows the odd spellings too.
    names.addresses = ["127.0.0.1" if host == "2130706433" else host.strip("[]")]
    document = sink(host)

    with watched() as seen:
        report = verify(service_of_names, document)

    assert seen == []
    assert report.verdict in {Verdict.INDETERMINATE, Verdict.INVALID}


@pytest.mark.parametrize("port", [22, 25, 80, 3306, 5432, 6379, 8000])
def test_t21_other_ports_are_not_asked(service_of_names: Service, names: Names, port: int) -> None:
    names.addresses = ["93.184.216.34"]
    host = f"{unique('evil')}.example"

    with watched() as seen:
        report = verify(service_of_names, with_status_list(f"{host}:{port}"))

    assert seen == []
    assert host not in names.asked
    assert report.verdict is Verdict.INDETERMINATE


@pytest.mark.parametrize("scheme", ["http", "ftp", "file", "gopher"])
def test_t21_only_https_is_asked(service_of_names: Service, names: Names, scheme: str) -> None:
    names.addresses = ["93.184.216.34"]
    url = f"{scheme}://{unique('evil')}.example/list"
    entry = factories.status_entry().to_document()
    del entry["id"]
    entry["statusListCredential"] = url

    with watched() as seen:
        report = verify(service_of_names, factories.signed(badge(credentialStatus=entry)))

    assert seen == []
    assert report.verdict in {Verdict.INDETERMINATE, Verdict.INVALID}


@pytest.mark.parametrize("name", ["jku", "x5u"])
def test_t09_no_address_in_the_header_of_a_token_is_asked(
    service_of_names: Service, names: Names, name: str
) -> None:
    names.addresses = ["93.184.216.34"]
    host = f"{unique('evil')}.example"
    header: JsonObject = {"alg": "EdDSA", "typ": "vc+jwt", "kid": SIGNER.method}
    header[name] = f"https://{host}/keys"
    signing_input = ".".join(base64url.encode(canonical(one)) for one in (header, badge()))
    token = f"{signing_input}.{base64url.encode(SIGNER.sign(signing_input.encode()))}"

    with watched() as seen:
        report = verify(service_of_names, token.encode())

    assert seen == []
    assert host not in names.asked
    assert report.verdict is Verdict.INVALID


def test_t22_a_list_whose_host_changes_its_mind_is_asked_where_it_was_checked(
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    sqlite: SqliteDatabases,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    # The second answer would be the canary.
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    with (
        socket.create_server(("127.0.0.1", 0)) as canary,
        serving(certificate) as site,
        sqlite.migrated() as url,
        running(
            url,
            tmp_path / "data",
            strangers=leading_to(site, addresses=lambda *_: next(answers)),
        ) as service,
    ):
        # It answers, with a way to the canary.
        site.pages["/list"] = redirecting(f"http://127.0.0.1:{canary.getsockname()[1]}/")
        host = site.origin.removeprefix("https://")
        with watched() as seen:
            report = verify(service, with_status_list(host))

    assert site.asked == ["/list"]
    assert connections(seen) == [f"socket.connect ('127.0.0.1', {site.port})"]
    assert next(answers) == ["127.0.0.2"]
    assert report.verdict is Verdict.INDETERMINATE


def verify(service: Service, document: JsonObject | bytes) -> Report:
    return verifying.verify_uploaded(service.resources, document)
