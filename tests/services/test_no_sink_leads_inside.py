"""T21: wherever a stranger can write an address that we ask, no address leads to us or our own.

In ``test_no_way_inside.py`` all these addresses answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from credhub import base64url
from credhub.egress.client import Egress
from credhub.jsontypes import JsonObject, canonical
from credhub.services import verifying
from credhub.verification.presentation_report import PresentationReport
from credhub.verification.report import Report, Verdict
from tests.connections import connections, watched
from tests.did_sites import SIGNER
from tests.engines import SqliteDatabases
from tests.running import Service, running, unique
from tests.services.sinks import (
    ASKING_TWICE,
    ENDORSEMENTS,
    KEYS,
    LISTS,
    NAMED,
    SINKS,
    Sink,
    badge,
    with_status_list,
)
from tests.services.test_hostile_did_sites import NOT_PUBLIC, canary
from tests.sites import certificate, leading_to, redirecting, serving
from tests.unit import factories

__all__ = ["certificate"]


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


@pytest.mark.parametrize("sink", [*SINKS, *ASKING_TWICE, *ENDORSEMENTS])
def test_every_sink_asks_for_its_host(service_of_names: Service, names: Names, sink: Sink) -> None:
    # The positive twin: what follows is refused for where the host is, and nothing else.
    host = f"{unique('host')}.example"
    names.addresses = []

    verify(service_of_names, sink(host))

    assert host in names.asked


@pytest.mark.parametrize("address", NOT_PUBLIC)
@pytest.mark.parametrize("sink", [*SINKS, *ASKING_TWICE])
def test_t21_no_sink_leads_inside(
    service_of_names: Service, names: Names, sink: Sink, address: str
) -> None:
    names.addresses = [address]
    document = sink(f"{unique('evil')}.example")

    with watched() as seen:
        report = verify(service_of_names, document)

    assert seen == []
    assert report.verdict is Verdict.INDETERMINATE


@pytest.mark.parametrize("address", NOT_PUBLIC)
@pytest.mark.parametrize("sink", ENDORSEMENTS)
def test_t21_no_endorsement_leads_inside(
    service_of_names: Service, names: Names, sink: Sink, address: str
) -> None:
    names.addresses = [address]
    document = sink(f"{unique('evil')}.example")

    with watched() as seen:
        report = verify(service_of_names, document)

    assert seen == []
    assert isinstance(report, Report)
    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert [one.verdict for one in report.endorsements] == [Verdict.INDETERMINATE]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "169.254.169.254", "10.0.0.1", "2130706433"]
)
@pytest.mark.parametrize("sink", [*LISTS, *KEYS])
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


@pytest.mark.parametrize("named", NAMED)
def test_t21_what_tokens_and_presentations_name_is_not_asked_for(
    service_of_names: Service, names: Names, named: Sink
) -> None:
    names.addresses = ["93.184.216.34"]
    host = f"{unique('evil')}.example"

    with watched() as seen:
        report = verify(service_of_names, named(host))

    assert seen == []
    assert host not in names.asked
    assert report.verdict is not Verdict.VALID


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


@pytest.mark.parametrize("sink", [*SINKS, *ENDORSEMENTS])
def test_t22_t23_a_host_that_changes_its_mind_is_asked_where_it_was_checked_and_sends_nobody_on(
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    sqlite: SqliteDatabases,
    tmp_path: Path,
    sink: Sink,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    # The second answer would be the canary, which listens at the same port.
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    with (
        serving(certificate) as site,
        canary("127.0.0.2", port=site.port),
        sqlite.migrated() as url,
        running(
            url,
            tmp_path / "data",
            strangers=leading_to(site, addresses=lambda *_: next(answers)),
        ) as service,
    ):
        # It answers, with a way to the canary.
        away = redirecting(f"https://127.0.0.2:{site.port}/")
        site.pages |= dict.fromkeys(
            (
                "/list",
                "/keys",
                "/.well-known/did.json",
                "/.well-known/did.jsonl",
                "/.well-known/jwks.json",
            ),
            away,
        )
        host = site.origin.removeprefix("https://")
        with watched() as seen:
            report = verify(service, sink(host))

    assert len(site.asked) == 1
    assert connections(seen) == [f"socket.connect ('127.0.0.1', {site.port})"]
    assert next(answers) == ["127.0.0.2"]
    assert report.verdict is (
        Verdict.UNKNOWN_ISSUER if sink in ENDORSEMENTS else Verdict.INDETERMINATE
    )


def verify(service: Service, document: JsonObject | bytes) -> Report | PresentationReport:
    """Verify as a presentation what is one."""
    of_presentations = (b'"VerifiablePresentation"', b'"vp+jwt"')
    if any(word in readable(document) for word in of_presentations):
        return verifying.verify_presented(service.resources, document)
    return verifying.verify_uploaded(service.resources, document)


def readable(document: JsonObject | bytes) -> bytes:
    if isinstance(document, dict):
        return canonical(document)
    return base64url.decode(document.decode().partition(".")[0])
