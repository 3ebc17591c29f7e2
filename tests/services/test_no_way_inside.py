"""T21 to T25, where every address is this machine: whoever is asked is heard, wherever that is.

The egress is that of production. Only who resolves names is the test, so that hosts can be inside,
and can be elsewhere when they are looked up again.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import credhub
from credhub.egress.client import Egress
from credhub.errors import NotReachedError
from credhub.jsontypes import JsonObject
from credhub.services import foreign_dids, status_sources
from credhub.verification.report import Report, Verdict
from tests.connections import watched
from tests.did_sites import document_of
from tests.egress.certificates import self_signed
from tests.engines import SqliteDatabases
from tests.networks import PUBLIC, Network, where_every_address_is_here
from tests.running import Service, running, unique
from tests.services.sinks import (
    ASKING_TWICE,
    ENDORSEMENTS,
    SINKS,
    Sink,
    by_did_web,
    by_watched_did_webvh,
    did_web,
    signed_as,
    watched_history,
)
from tests.services.test_hostile_did_sites import NO_DIDS, NOT_PUBLIC
from tests.services.test_no_sink_leads_inside import verify
from tests.sites import redirecting

ZONE = "school.example"
LOG = "/.well-known/did.jsonl"
FIRST = {"/.well-known/did.json", LOG, "/.well-known/jwks.json", "/keys", "/list"}
"""What is asked for at once; and what is asked for besides, in the order of the sink."""
BESIDES = {"/issuers/1", "/.well-known/did-witness.json"}
EVERY_SINK = (*SINKS, *ASKING_TWICE, *ENDORSEMENTS)


@dataclass
class Names:
    """Where hosts are: at the first answer, then at the next, and at the last for ever."""

    answers: list[list[str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]

    def lead(self, *answers: list[str]) -> None:
        """Begin anew with these answers."""
        self.answers, self.asked = list(answers), []


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A service, the network that it is in, and who tells it where hosts are."""

    service: Service
    network: Network
    names: Names

    def judge(self, sink: Sink, *, port: str = "") -> str:
        """Verify what a sink writes for a new host, with nothing asked before; give the host."""
        host = f"{unique('host')}.{ZONE}"
        self.names.asked.clear()
        self.network.site.asked.clear()
        pages = self.network.site.pages
        if sink is by_watched_did_webvh and isinstance(pages.get(LOG, b""), bytes):
            pages[LOG] = watched_history(host + port).data
        report = verify(self.service, sink(host + port))
        if sink in ENDORSEMENTS:
            assert isinstance(report, Report)
            assert [one.verdict for one in report.endorsements] == [Verdict.INDETERMINATE]
        else:
            assert report.verdict is Verdict.INDETERMINATE
        return host


@pytest.fixture(scope="module")
def opened(sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    folder = tmp_path_factory.mktemp("inside")
    certificate = self_signed(folder / "certificate.pem", f"*.{ZONE}")
    names = Names()
    with ExitStack() as open_until_the_end:
        enter = open_until_the_end.enter_context
        enter(pytest.MonkeyPatch.context()).setenv("SSL_CERT_FILE", str(certificate))
        network = enter(where_every_address_is_here(certificate, public=PUBLIC))
        url = enter(sqlite.migrated())
        egress = Egress(resolver=names)
        service = enter(running(url, folder / "data", strangers=egress))
        yield Inside(service=service, network=network, names=names)


@pytest.fixture
def inside(opened: Inside) -> Inside:
    """Give the network as it was at first."""
    opened.network.contacts()
    opened.network.site.pages.clear()
    opened.network.site.behind = lambda _path, _accept: (404, "text/plain", b"")
    return opened


# That it hears

UNHEARD = {"224.0.0.1", "255.255.255.255", "fe80::1", "ff02::1"}
"""Of many or of no known link: nobody can connect there."""
SAME = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what the kernel takes them for


@pytest.mark.parametrize("address", [*NOT_PUBLIC, PUBLIC, "2606:2800:220:1::1"])
def test_whoever_connects_anywhere_is_heard(inside: Inside, address: str) -> None:
    host = f"{unique('host')}.{ZONE}"
    permitted = Egress(configured=[f"https://{host}"], resolver=lambda *_: [address])

    for path in ("/", "/again"):
        if address == PUBLIC:
            assert permitted.get(f"https://{host}{path}").status == 404
        else:
            with pytest.raises(NotReachedError):
                permitted.get(f"https://{host}{path}")

    heard = inside.network.contacts()
    plain = SAME.get(address, address.removeprefix("::ffff:"))
    assert heard == ([] if address in UNHEARD else [(plain, 443)] * 2)


@pytest.mark.parametrize("sink", EVERY_SINK)
def test_every_sink_asks_a_public_host(inside: Inside, sink: Sink) -> None:
    inside.names.lead([PUBLIC])

    host = inside.judge(sink)

    asked = len(inside.network.site.asked)
    assert asked == (2 if sink in ASKING_TWICE else 1)
    assert inside.network.contacts() == [(PUBLIC, 443)] * asked
    assert inside.names.asked == [host] * asked


# That nobody inside is asked


@pytest.mark.parametrize("sink", EVERY_SINK)
def test_t21_nobody_inside_is_asked(inside: Inside, sink: Sink) -> None:
    for address in NOT_PUBLIC:
        for port in ("", ":8443"):
            inside.names.lead([address])
            host = inside.judge(sink, port=port)
            assert set(inside.names.asked) == {host}

    assert inside.network.contacts() == []


@pytest.mark.parametrize("sink", EVERY_SINK)
def test_t22_nobody_is_asked_when_one_of_the_addresses_is_inside(
    inside: Inside, sink: Sink
) -> None:
    for address in NOT_PUBLIC:
        for answer in ([PUBLIC, address], [address, PUBLIC]):
            inside.names.lead(answer)
            inside.judge(sink)

    assert inside.network.contacts() == []


@pytest.mark.parametrize("later", ["127.0.0.1", "::1", "169.254.169.254", "10.0.0.1"])
@pytest.mark.parametrize("sink", EVERY_SINK)
def test_t22_a_host_that_is_inside_from_the_second_look_on_is_asked_outside_only(
    inside: Inside, sink: Sink, later: str
) -> None:
    inside.names.lead([PUBLIC], [later])

    with watched() as seen:
        host = inside.judge(sink)

    # Whoever has a second address of it asked looks again, and is refused then.
    assert inside.names.asked == [host] * (2 if sink in ASKING_TWICE else 1)
    assert inside.network.contacts() == [(PUBLIC, 443)]
    assert len(inside.network.site.asked) == 1
    looked_up = {"socket.getaddrinfo", "socket.gethostbyname"}
    assert {one.split()[1] for one in seen if one.split()[0] in looked_up} <= {PUBLIC}


TARGETS = (
    (301, "http://127.0.0.1/inside"),
    (302, "https://127.0.0.1:8443/inside"),
    (303, "https://[::1]/inside"),
    (307, "http://169.254.169.254/inside"),
    (308, "//10.0.0.1/inside"),
    (302, f"https://elsewhere.{ZONE}/inside"),
    (302, "/inside"),
)


@pytest.mark.parametrize(("status", "target"), TARGETS)
@pytest.mark.parametrize("sink", EVERY_SINK)
def test_t23_nobody_is_sent_on_from_the_first_address(
    inside: Inside, sink: Sink, status: int, target: str
) -> None:
    inside.names.lead([PUBLIC])
    away = redirecting(target, status=status)
    inside.network.site.pages.update(dict.fromkeys(FIRST | BESIDES, away))

    host = inside.judge(sink)

    asked = inside.network.site.asked
    assert set(asked) <= FIRST | BESIDES
    assert inside.network.contacts() == [(PUBLIC, 443)] * len(asked)
    assert inside.names.asked == [host] * len(asked)
    assert asked


@pytest.mark.parametrize(("status", "target"), TARGETS)
@pytest.mark.parametrize("sink", ASKING_TWICE)
def test_t23_nobody_is_sent_on_from_the_second_address(
    inside: Inside, sink: Sink, status: int, target: str
) -> None:
    inside.names.lead([PUBLIC])
    inside.judge(sink)
    first, second = inside.network.site.asked
    inside.network.contacts()
    inside.network.site.pages = {second: redirecting(target, status=status)}

    host = inside.judge(sink)

    assert inside.network.site.asked == [first, second]
    assert inside.network.contacts() == [(PUBLIC, 443)] * 2
    assert inside.names.asked == [host] * 2


OTHER = f"did:web:other.{ZONE}"
LEADING_ON: dict[str, JsonObject] = {
    "is another's": {"id": OTHER},
    "has a controller": {"controller": OTHER},
    "is known elsewhere": {"alsoKnownAs": [OTHER, f"https://other.{ZONE}/"]},
    "counts on a key of another": {"assertionMethod": [f"{OTHER}#key-1"]},
    "has a service": {
        "service": [
            {"id": "#x", "type": "LinkedDomains", "serviceEndpoint": f"https://other.{ZONE}/"}
        ]
    },
}


@pytest.mark.parametrize("changes", LEADING_ON.values(), ids=LEADING_ON)
def test_t24_a_document_that_names_others_has_nobody_else_asked(
    inside: Inside, changes: JsonObject
) -> None:
    host = f"{unique('host')}.{ZONE}"
    inside.names.lead([PUBLIC])
    inside.network.site.publish("/.well-known/did.json", document_of(did_web(host), **changes))

    report = verify(inside.service, by_did_web(host))

    assert report.verdict is (
        Verdict.INVALID if changes.keys() & {"id", "assertionMethod"} else Verdict.UNKNOWN_ISSUER
    )
    assert inside.names.asked == [host]
    assert inside.network.contacts() == [(PUBLIC, 443)]


@pytest.mark.parametrize("tail", NO_DIDS)
@pytest.mark.parametrize("method", ["did:web:", f"did:webvh:{'1' * 46}:"])
def test_t25_nobody_is_asked_about_a_credential_of_a_did_that_is_none(
    inside: Inside, method: str, tail: str
) -> None:
    inside.names.lead([PUBLIC])

    with watched() as seen:
        report = verify(inside.service, signed_as(method + tail))

    assert report.verdict is Verdict.INVALID
    assert (inside.names.asked, seen) == ([], [])
    assert inside.network.contacts() == []


# That these are all the sinks

SOURCES = Path(credhub.__file__).parent
ASKS = {
    # For strangers, by the sinks.
    "services/foreign_dids.py _web errand.get": 1,
    "services/foreign_dids.py _published errand.get": 1,
    "services/foreign_dids.py _webvh errand.get": 2,
    "services/foreign_lists.py _fetched errand.get": 1,
    "services/fetching.py get _fetcher.get": 1,
    "services/fetching.py get _egress.get": 1,
    # Where the operator said, and nobody else.
    "services/trust/trust_updating.py fetched egress.get": 1,
    "services/witnessing.py _post _egress.post": 1,
    "services/witnessing.py position _egress.get": 1,
    "egress/reading.py read _egress.get": 1,
    # For hubs, of whose addresses ``test_webhook_addresses`` says the same as the sinks.
    "services/webhooks/sending.py _exchanged egress.send": 1,
}
"""Whoever asks somebody, and how often: a new one needs a sink, or an address of the operator's."""
MAKES = {
    "runtime.py Egress()": "for strangers: this one is replaced here by one with other names",
    "runtime.py Egress(configured)": "webhooks: public ones, and origins that the operator names",
    "witnesses.py Egress(configured)": "the witnesses of the policy",
    "cli/trust.py Egress(configured)": "the list that the operator names",
    "egress/reading.py Egress(configured)": "the published files that the operator names",
}


def test_t21_nobody_is_asked_but_where_the_table_says() -> None:
    found: dict[str, int] = {}
    for place, name in _calls(_asks):
        found[f"{place} {name}"] = found.get(f"{place} {name}", 0) + 1

    assert found == ASKS


def test_t21_nobody_else_has_the_means_to_ask() -> None:
    assert {f"{place.split()[0]} {name}" for place, name in _calls(_makes)} == MAKES.keys()


def test_t21_the_sinks_ask_for_all_that_is_ever_asked_for(inside: Inside) -> None:
    seen: set[tuple[str, str]] = set()

    def behind(path: str, accept: str) -> tuple[int, str, bytes]:
        seen.add((path, accept))
        return 404, "text/plain", b""

    inside.network.site.behind = behind
    inside.names.lead([PUBLIC])
    for sink in EVERY_SINK:
        inside.judge(sink)

    assert {accept for _, accept in seen} == _accepted()
    assert {path for path, _ in seen} == FIRST | BESIDES


def _calls(name_of: Callable[[ast.Call], str | None]) -> Iterator[tuple[str, str]]:
    """Give the file and function of every call that has such a name, and the name."""
    for file in sorted(SOURCES.rglob("*.py")):
        for function, call in _within(ast.parse(file.read_text("utf-8")), ""):
            name = name_of(call)
            if name is not None:
                yield f"{file.relative_to(SOURCES).as_posix()} {function}", name


def _within(node: ast.AST, function: str) -> Iterator[tuple[str, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.FunctionDef) else function
        if isinstance(child, ast.Call):
            yield inner, child
        yield from _within(child, inner)


def _asks(call: ast.Call) -> str | None:
    asked = call.func
    if not isinstance(asked, ast.Attribute) or asked.attr not in {"get", "post", "send"}:
        return None
    whom = _last(asked.value)
    asking = whom.lstrip("_") in {"errand", "fetcher", "egress", "strangers"}
    return f"{whom}.{asked.attr}" if asking else None


def _makes(call: ast.Call) -> str | None:
    if _last(call.func) != "Egress":
        return None
    given = [*("?" for _ in call.args), *(str(one.arg) for one in call.keywords)]
    return f"Egress({', '.join(given)})"


def _last(node: ast.AST) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))


def _accepted() -> set[str]:
    """Read what the callers for strangers accept, each named by a constant of its module."""
    found = set()
    for module in (foreign_dids, status_sources):
        for _, call in _within(ast.parse(Path(str(module.__file__)).read_text("utf-8")), ""):
            for given in call.keywords:
                if given.arg == "accept":
                    assert isinstance(given.value, ast.Name)
                    found.add(str(getattr(module, given.value.id)))
    return found
