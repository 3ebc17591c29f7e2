"""DIDs that lead elsewhere, and documents that are not their own (T20, T21, T23 to T26)."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

from credhub import base64url
from credhub.dids import did_key
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import data_integrity
from tests.did_sites import SIGNER, document_of
from tests.hostile.sent import Make, TextCase, World
from tests.running import unique
from tests.services.sinks import badge, signed_as
from tests.sites import Reply, redirecting, saying
from tests.unit import factories
from tests.unit.dids.webvh_writing import LogWriter

SYNTAX = {
    "userinfo": "did:web:evil.example%40internal",
    "a user": "did:web:user@internal.example",
    "an encoded slash": "did:web:a.example%2Fetc%2Fpasswd",
    "dots": "did:web:a.example:..:etc",
    "encoded dots": "did:web:a.example:%2e%2e:etc",
    "a query": "did:web:a.example?x=1",
    "an encoded fragment": "did:web:a.example%23",
    "a line": "did:web:a.example%0d%0aHost:x",
    "this machine": "did:web:127.0.0.1",
    "a number": "did:web:2130706433",
    "a hexadecimal number": "did:web:0x7f000001",
    "an address of IPv6": "did:web:%5B%3A%3A1%5D",
    "letters that look alike": "did:web:\u0455chool.example",
    "no domain": "did:web:localhost",
    "a port that is none": "did:web:a.example%3Aevil",
    "two ports": "did:web:a.example%3A443%3A22",
    "nothing": "did:web:",
    "another method": "did:unheard:x",
    "no DID": "urn:x",
    "a history at this machine": f"did:webvh:{'1' * 46}:127.0.0.1",
    "a history of a user": f"did:webvh:{'1' * 46}:evil.example%40internal",
}
OTHERS = {
    "another method": "indeterminate did-method-not-known",
    "no DID": "indeterminate did-method-not-known",
}


def cases() -> Iterator[TextCase]:
    for name, did in SYNTAX.items():
        says = OTHERS.get(name, "invalid did-syntax")
        yield _case(f"the grammar: {name}", "T25", says, _by(did))
    for name, did in _keys().items():
        says = "invalid weak-key" if name == "of small order" else "invalid did-syntax"
        yield _case(f"a key: {name}", "T20", says, _by_key(did))
    for name, (says, changes) in _changes().items():
        yield _case(f"a document: {name}", "T24", says, _published(changes))
    for name, (says, page) in _pages().items():
        yield _case(f"a site: {name}", "T26", says, _at(page))
    for name, change in _histories().items():
        yield _case(f"a history: {name}", "T24", "invalid malformed-did-log", change)
    # Every name leads to this machine, where only the site itself may be asked.
    for port in ("", "%3A22", "%3A8000"):
        did = f"did:web:internal.example{port}"
        yield _case(f"inside{port}", "T21", "indeterminate did-not-resolved", _by(did))


def _case(name: str, threat: str, says: str, hostile: Make) -> TextCase:
    twins = {"a key": _by_key(SIGNER.did), "a history": _by_history}
    twin = twins.get(name.partition(":")[0], _by_school)
    return TextCase(name=f"did: {name}", threat=threat, hostile=hostile, twin=twin, says=says)


def _by_school(world: World) -> bytes:
    return canonical(signed_as(world.school))


def _by_history(world: World) -> bytes:
    return canonical(signed_as(world.history))


def _by(did: str) -> Make:
    return lambda _: canonical(signed_as(did))


def _by_key(did: str) -> Make:
    """Name the key that a DID is."""
    document = data_integrity.sign(
        badge(did),
        suite=factories.suite(),
        signer=SIGNER,
        verification_method=f"{did}#{did.rpartition(':')[2]}",
        created=factories.NOON,
    )
    return lambda _: canonical(document)


def _keys() -> dict[str, str]:
    def encoded(raw: bytes) -> str:
        return did_key.PREFIX + "z" + base58(raw)

    key = SIGNER.public_key
    private = base64url.encode(
        canonical({"kty": "OKP", "crv": "Ed25519", "x": base64url.encode(key), "d": "AAAA"})
    )
    curve: JsonObject = {"kty": "EC", "crv": "P-256", "x": base64url.encode(b"\1" * 32)}
    off = base64url.encode(canonical(curve | {"y": base64url.encode(b"\2" * 32)}))
    return {
        "too short": encoded(b"\xed\x01" + key[:-1]),
        "too long": encoded(b"\xed\x01" + key + b"\0"),
        "of another kind": encoded(b"\x99\x99\x01" + key),
        "without a kind": encoded(key),
        "of small order": encoded(b"\xed\x01" + b"\1" + bytes(31)),
        "in another base": did_key.PREFIX + "m" + base64url.encode(b"\xed\x01" + key),
        "with a letter that is none": SIGNER.did[:-1] + "0",
        "not on its curve": f"did:jwk:{off}",
        "that is no JSON": f"did:jwk:{base64url.encode(b'no JSON')}",
        "a private one": f"did:jwk:{private}",
    }


ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def base58(raw: bytes) -> str:
    number, text = int.from_bytes(raw, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = ALPHABET[rest] + text
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + text


def _changes() -> dict[str, tuple[str, JsonObject]]:
    """Say what differs in the document, ``key`` what differs in its key."""
    return {
        "of another": ("invalid did-mismatch", {"id": "did:web:other.example"}),
        "with the key of another": (
            "invalid did-controller-mismatch",
            {"key": {"controller": "did:web:other.example"}},
        ),
        "with a key for something else": ("invalid key-not-for-assertion", {"assertionMethod": []}),
        "without keys": (
            "invalid key-not-for-assertion",
            {"verificationMethod": [], "assertionMethod": []},
        ),
        "with a key that is none": (
            "invalid key-not-for-assertion",
            {"key": {"publicKeyMultibase": "z1"}},
        ),
        "with a key that was given up": (
            "invalid key-revoked",
            {"key": {"revoked": "2020-01-01T00:00:00Z"}},
        ),
        "with a key that has ended": (
            "invalid key-expired",
            {"key": {"expires": "2020-01-01T00:00:00Z"}},
        ),
        "with 800 keys": ("invalid malformed-did-document", {"times": 800}),
    }


def _published(changes: JsonObject) -> Make:
    def make(world: World) -> bytes:
        name = unique("hostile")
        did = f"{world.site.did}:{name}"
        document = document_of(did)
        (key,) = _list(document["verificationMethod"])
        assert isinstance(key, dict)
        of_key = changes.get("key", {})
        assert isinstance(of_key, dict)
        key.update(of_key)
        times = changes.get("times", 1)
        assert isinstance(times, int)
        document["verificationMethod"] = [key] * times
        rest = {name: one for name, one in changes.items() if name not in {"key", "times"}}
        world.site.publish(f"/{name}/did.json", document | rest)
        return canonical(signed_as(did))

    return make


def _list(value: JsonValue) -> list[JsonValue]:
    assert isinstance(value, list)
    return value


def _pages() -> dict[str, tuple[str, bytes | Reply]]:
    malformed, away = "invalid malformed-did-document", "indeterminate did-not-resolved"
    return {
        "nothing": (malformed, b""),
        "a page": (malformed, b"<html>"),
        "an array": (malformed, b"[]"),
        "a name twice": (malformed, b'{"id":1,"id":2}'),
        "5,000 levels": (malformed, b'{"a":' * 5_000),
        "UTF-16": (malformed, "{}".encode("utf-16")),
        "300,000 bytes": (away, bytes(300_000)),
        "a way to this machine": (away, redirecting("http://127.0.0.1:9/")),
        "a way to the cloud": (away, redirecting("http://169.254.169.254/")),
        "a way to a file": (away, redirecting("file:///etc/passwd")),
        "a packed document": (away, saying(b"\x1f\x8b", content_encoding="gzip")),
        "a fault": (away, saying(b"{}", status=500)),
        "an end that does not come": (away, _cut_off),
        "no answer": (away, _silent),
    }


def _cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"{")


def _silent(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def _at(page: bytes | Reply) -> Make:
    return lambda world: canonical(signed_as(world.publish_did(page)))


def _histories() -> dict[str, Make]:
    return {
        "a changed key": _rewritten(lambda data: data.replace(b"#key-1", b"#key-2")),
        "a changed time": _rewritten(lambda data: data.replace(b"2026-08-14T", b"2026-08-13T")),
        "cut off": _rewritten(lambda data: data[: len(data) // 2]),
        "without its beginning": _rewritten(lambda data: data.partition(b"\n")[2]),
        "its end twice": _rewritten(lambda data: data + data.splitlines()[-1] + b"\n"),
        "nothing": _rewritten(lambda _: b""),
        "by a thief": _by_a_thief,
        "of another": _of_another,
    }


def _written(world: World) -> tuple[LogWriter, str]:
    """Write a history, and say where it is published."""
    name = unique("history")
    log = LogWriter(place=f"{world.site.place}:{name}").begin().go_on()
    return log, f"/{name}/did.jsonl"


def _rewritten(change: Callable[[bytes], bytes]) -> Make:
    def make(world: World) -> bytes:
        log, path = _written(world)
        world.site.pages[path] = change(log.data)
        assert world.site.pages[path] != log.data
        return canonical(signed_as(log.did))

    return make


def _by_a_thief(world: World) -> bytes:
    log, path = _written(world)
    world.site.pages[path] = log.go_on(signer=factories.MemorySigner(66)).data
    return canonical(signed_as(log.did))


def _of_another(world: World) -> bytes:
    (log, path), (other, _) = _written(world), _written(world)
    world.site.pages[path] = other.data
    return canonical(signed_as(log.did))
