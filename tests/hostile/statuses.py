"""Lists of statuses that are of another, too large, too short, or lead elsewhere (T27 to T29)."""

import base64
import gzip
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta

from credhub import instants
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import data_integrity, jose
from credhub.status import bitstring
from credhub.status.list_token import JWT_TYPE, ListToken
from credhub.status.token_reference import TokenStatusReference
from credhub.status.token_status_list import TokenStatusList
from tests.did_sites import SIGNER
from tests.hostile.sent import Make, TextCase, World
from tests.running import START
from tests.services.sinks import badge, in_sd_jwt
from tests.sites import Reply, redirecting, saying
from tests.unit import factories
from tests.unit.factories import MemorySigner

INDEX = 94567
DAY = timedelta(days=1)
Change = Callable[[JsonObject], JsonObject]
OPEN = "indeterminate"


def list_at(url: str, **subject: JsonValue) -> JsonObject:
    """Give an honest list in which nobody is revoked, but for what differs."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": SIGNER.did,
        "validFrom": instants.text_of(START - DAY),
        "validUntil": instants.text_of(START + DAY),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": bitstring.encode(()),
            **subject,
        },
    }


def signed(document: JsonObject, signer: MemorySigner = SIGNER) -> JsonObject:
    return data_integrity.sign(
        document,
        suite=factories.suite(),
        signer=signer,
        verification_method=signer.method,
        created=factories.NOON,
    )


def credential(url: str, **entry: JsonValue) -> bytes:
    """Name a place in a list."""
    named: JsonObject = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(INDEX),
        "statusListCredential": url,
        **entry,
    }
    return canonical(signed(badge(credentialStatus=named)))


def cases() -> Iterator[TextCase]:
    groups = (_lists(), _packed(), _pages(), _entries(), _addresses(), _tokens())
    for name, (says, hostile) in {one: it for group in groups for one, it in group.items()}.items():
        threat = "T27" if "too-large" in says else "T28" if "index" in name else "T29"
        tokens = name.startswith("a token")
        yield TextCase(
            name=f"status: {name}",
            threat=threat,
            hostile=hostile,
            twin=_token(_list_token) if tokens else _listed(lambda made: made),
            says=says,
        )


def _listed(change: Change, *, signer: MemorySigner = SIGNER, **subject: JsonValue) -> Make:
    """Publish a list that was changed before it was signed, and name it."""

    def make(world: World) -> bytes:
        url = world.publish(b"")
        document = signed(change(list_at(url, **subject)), signer)
        world.site.publish(url.removeprefix(world.site.origin), document)
        return credential(url)

    return make


def _with(**members: JsonValue) -> Change:
    return lambda document: document | members


Named = dict[str, tuple[str, Make]]


def _lists() -> Named:
    past, future = instants.text_of(START - DAY / 2), instants.text_of(START + DAY / 2)
    thief = MemorySigner(66)

    def altered(world: World) -> bytes:
        url = world.publish(b"")
        document = signed(list_at(url)) | {"validUntil": instants.text_of(START + 9 * DAY)}
        world.site.publish(url.removeprefix(world.site.origin), document)
        return credential(url)

    def unsigned(world: World) -> bytes:
        url = world.publish(b"")
        world.site.publish(url.removeprefix(world.site.origin), list_at(url))
        return credential(url)

    def of_another_place(world: World) -> bytes:
        return credential(world.publish(canonical(signed(list_at(f"{world.site.origin}/other")))))

    another = _with(issuer=thief.did)
    return {
        "a list of another issuer": (
            f"{OPEN} status-list-of-another",
            _listed(another, signer=thief),
        ),
        "a list signed by another": (
            f"{OPEN} status-list-not-genuine",
            _listed(lambda made: made, signer=thief),
        ),
        "a changed list": (f"{OPEN} status-list-not-genuine", altered),
        "a list that nobody signed": (f"{OPEN} status-list-not-genuine", unsigned),
        "a list of another place": (f"{OPEN} status-list-elsewhere", of_another_place),
        "a list that has ended": (f"{OPEN} status-list-expired", _listed(_with(validUntil=past))),
        "a list that has not begun": (
            f"{OPEN} status-list-not-yet-valid",
            _listed(_with(validFrom=future)),
        ),
        "a list for something else": (
            f"{OPEN} status-purpose-mismatch",
            _listed(lambda made: made, statusPurpose="suspension"),
        ),
        "a credential that is no list": (
            f"{OPEN} malformed-status-list",
            _listed(_with(type=["VerifiableCredential"])),
        ),
        "a list without bits": (
            f"{OPEN} malformed-status-list",
            _listed(lambda made: made, encodedList=""),
        ),
    }


def _text(packed: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _packed() -> Named:
    bits = bytes(bitstring.LENGTH // 8)
    large, malformed = f"{OPEN} status-list-too-large", f"{OPEN} malformed-status-list"
    texts = {
        "a bomb": (large, _text(gzip.compress(bytes(64 * 2**20)))),
        "a list that is packed twice": (
            f"{OPEN} status-list-too-short",
            _text(gzip.compress(gzip.compress(bits))),
        ),
        "a short list": (f"{OPEN} status-list-too-short", _text(gzip.compress(bits[1:]))),
        "a second list behind it": (malformed, _text(gzip.compress(bits) * 2)),
        "more behind it": (malformed, _text(gzip.compress(bits) + b"x")),
        "a list that is cut off": (malformed, _text(gzip.compress(bits)[:-9])),
        "a wrong checksum": (malformed, _text(gzip.compress(bits)[:-8] + bytes(8))),
        "another packing": (malformed, _text(zlib.compress(bits))),
        "no packing": (malformed, _text(bits)),
        "another base": (malformed, bitstring.encode(())[1:]),
    }
    found: Named = {
        name: (says, _listed(lambda made: made, encodedList=text))
        for name, (says, text) in texts.items()
    }
    return found


def _pages() -> Named:
    away, malformed = f"{OPEN} status-not-reached", f"{OPEN} status-list-not-genuine"
    pages: dict[str, tuple[str, bytes | Reply]] = {
        "a page": (malformed, b"<html>"),
        "nothing": (malformed, b""),
        "a name twice": (malformed, b'{"id":1,"id":2}'),
        "5,000 levels": (malformed, b'{"a":' * 5_000),
        "three megabytes": (away, bytes(3 * 2**20)),
        "a way inside": (away, redirecting("http://169.254.169.254/latest/meta-data")),
        "a way to this machine": (away, redirecting("http://127.0.0.1:9/")),
        "a packed answer": (away, saying(gzip.compress(b"{}"), content_encoding="gzip")),
        "a fault": (away, saying(b"", status=503)),
    }
    return {f"an answer of {name}": (says, _page(page)) for name, (says, page) in pages.items()}


def _page(page: bytes | Reply) -> Make:
    return lambda world: credential(world.publish(page))


def _entries() -> Named:
    malformed = "invalid malformed-status-entry"
    indexes: dict[str, tuple[str, JsonValue]] = {
        "beyond the list": (f"{OPEN} status-index-out-of-range", str(bitstring.LENGTH)),
        "far beyond": (f"{OPEN} status-index-out-of-range", str(2**53)),
        "below zero": (malformed, "-1"),
        "with zeros": (malformed, "007"),
        "with a space": (malformed, " 7"),
        "with a point": (malformed, "7.0"),
        "of 2^64": (f"{OPEN} status-index-out-of-range", str(2**64)),
        "of 5,000 digits": (malformed, "9" * 5_000),
        "in other digits": (malformed, "\u0667"),
        "of nothing": (malformed, ""),
    }
    return {
        f"an index {name}": (says, _entry(statusListIndex=index))
        for name, (says, index) in indexes.items()
    } | {
        "an entry for nothing": (malformed, _entry(statusPurpose="")),
        "an entry of huge places": (malformed, _entry(statusSize=2**31)),
    }


def _entry(**members: JsonValue) -> Make:
    def make(world: World) -> bytes:
        url = world.publish(b"")
        world.site.publish(url.removeprefix(world.site.origin), signed(list_at(url)))
        return credential(url, **members)

    return make


def _addresses() -> Named:
    away = f"{OPEN} status-not-reached"
    found = {
        "http": "http://evil.example/list",
        "a file": "file:///etc/passwd",
        "this machine": "https://127.0.0.1/list",
        "this machine as a number": "https://2130706433/list",
        "this machine in IPv6": "https://[::1]/list",
        "the cloud": "https://169.254.169.254/list",
        "another port": "https://evil.example:22/list",
        "a user": "https://evil.example@127.0.0.1/list",
    }
    return {f"a list at {name}": (away, _always(credential(url))) for name, url in found.items()}


def _always(text: bytes) -> Make:
    return lambda _: text


def _list_token(
    uri: str, *, signer: MemorySigner = SIGNER, typ: str = JWT_TYPE, **claims: JsonValue
) -> bytes:
    made = ListToken(
        uri=uri,
        issuer_id=SIGNER.did,
        statuses=TokenStatusList.of({}, bits=2, length=64),
        valid_from=START - DAY,
        valid_until=START + DAY,
    )
    header: JsonObject = {"typ": typ, "kid": signer.method}
    return jose.sign(header, canonical(made.to_claims() | claims), signer=signer).encode()


def _token(token: Callable[[str], bytes], index: int = 7) -> Make:
    """Publish a list of tokens, and name a place in it."""

    def make(world: World) -> bytes:
        url = world.publish(b"")
        world.site.pages[url.removeprefix(world.site.origin)] = token(url)
        place = TokenStatusReference(uri=url, index=index).to_claim()
        return in_sd_jwt(SIGNER.did, SIGNER.method, place)

    return make


def _tokens() -> Named:
    thief = MemorySigner(66)
    bomb = base64.urlsafe_b64encode(zlib.compress(bytes(64 * 2**20))).decode().rstrip("=")
    return {
        "a token of another": (
            f"{OPEN} status-list-not-genuine",
            _token(lambda uri: _list_token(uri, signer=thief)),
        ),
        "a token of another type": (
            f"{OPEN} status-list-not-genuine",
            _token(lambda uri: _list_token(uri, typ="JWT")),
        ),
        "a token of another place": (
            f"{OPEN} status-list-elsewhere",
            _token(lambda uri: _list_token(f"{uri}x")),
        ),
        "a token that is a bomb": (
            f"{OPEN} status-list-too-large",
            _token(lambda uri: _list_token(uri, status_list={"bits": 1, "lst": bomb})),
        ),
        "a token that has ended": (
            f"{OPEN} status-list-expired",
            _token(lambda uri: _list_token(uri, exp=1)),
        ),
        "a token whose index is beyond": (
            f"{OPEN} status-index-out-of-range",
            _token(_list_token, index=64),
        ),
    }
