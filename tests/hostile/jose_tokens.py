"""Tokens that bring, change or leave out what makes them genuine (T08 to T13, T17)."""

import hmac
import json
from collections.abc import Callable, Iterator

from credhub import base64url, jwk
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import vc_jwt
from credhub.proofs.signer import Signer, key_of
from credhub.public_key import KeyType
from tests.did_sites import SIGNER
from tests.hostile.sent import Make, TextCase, World
from tests.services.sinks import badge
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import MemorySigner

HEADER: JsonObject = {"alg": "EdDSA", "typ": "vc+jwt", "kid": SIGNER.method}
KEY = key_of(SIGNER)


def genuine(_: World | None = None) -> bytes:
    return vc_jwt.sign(badge(), signer=SIGNER, verification_method=SIGNER.method).encode()


def written(header: bytes, payload: bytes, sign: Callable[[bytes], bytes] = SIGNER.sign) -> bytes:
    """Sign whatever is given."""
    text = f"{base64url.encode(header)}.{base64url.encode(payload)}".encode()
    return text + b"." + base64url.encode(sign(text)).encode()


def token(*, signer: Signer = SIGNER, **header: JsonValue) -> bytes:
    """Sign a badge under another header; null takes a member away."""
    members = {name: one for name, one in (HEADER | header).items() if one is not None}
    return written(json.dumps(members).encode(), canonical(badge()), signer.sign)


def claiming(**claims: JsonValue) -> bytes:
    return written(canonical(HEADER), canonical(badge() | claims))


def cases() -> Iterator[TextCase]:
    for group in (_algorithms, _keys, _headers, _forms, _claims):
        for name, threat, code, hostile in group():
            says = code if " " in code else f"invalid {code}"
            yield TextCase(
                name=f"jose: {name}",
                threat=threat,
                hostile=hostile,
                twin=genuine,
                says=says,
                # A file of several words is no token, and no JSON either.
                file_says="400 malformed-json" if code == "unreadable" else None,
            )


Named = tuple[str, str, str, Make]


def _always(text: bytes) -> Make:
    return lambda _: text


def _algorithms() -> Iterator[Named]:
    for name in ("none", "None", "nOnE", "", "HS256", "dir"):
        made = token(alg=name)
        yield (f"alg {name!r}", "T08", "alg-not-allowed", _always(made))
    unsigned = token(alg="none").rpartition(b".")[0] + b"."
    yield ("alg none and no signature", "T08", "alg-not-allowed", _always(unsigned))
    yield ("no alg", "T08", "alg-not-allowed", _always(token(alg=None)))
    yield ("several algs", "T08", "alg-not-allowed", _always(token(alg=["EdDSA", "none"])))
    header = json.dumps(HEADER | {"alg": "HS256"}).encode()
    for name, secret in {
        "the key": KEY.raw,
        "the key as a JWK": canonical(jwk.encode(KEY)),
        "the DID": SIGNER.did.encode(),
        "nothing": b"",
    }.items():
        made = written(
            header,
            canonical(badge()),
            lambda text, secret=secret: hmac.digest(secret, text, "sha256"),  # type: ignore[misc]  # bound at once
        )
        yield (f"{name} as a shared secret", "T08", "alg-not-allowed", _always(made))
    yield ("another kind of key", "T08", "key-type-mismatch", _always(token(alg="RS256")))
    yield ("another curve", "T08", "key-type-mismatch", _always(token(alg="ES256")))
    large = EcMemorySigner(KeyType.P384)
    of_p384 = written(
        canonical({"alg": "ES256", "typ": "vc+jwt", "kid": large.method}),
        canonical(badge(large.did)),
        large.sign,
    )
    yield (
        "a larger curve under the name of a smaller",
        "T08",
        "key-type-mismatch",
        _always(of_p384),
    )


def _keys() -> Iterator[Named]:
    thief = MemorySigner(66)
    stolen = jwk.encode(key_of(thief))
    forged = "jose-header"
    yield ("a key of its own", "T09", forged, _always(token(signer=thief, jwk=stolen)))
    yield ("a certificate", "T09", forged, _always(token(signer=thief, x5c=["MIIB"])))
    for name in ("jku", "x5u"):

        def asks(world: World, name: str = name) -> bytes:
            keys = world.publish(canonical({"keys": [stolen]}))
            return token(signer=thief, **{name: keys})

        yield (f"an address in {name}", "T09", forged, asks)
        inside = token(signer=thief, **{name: "http://169.254.169.254/keys"})
        yield (f"an address inside in {name}", "T09", forged, _always(inside))
    yield ("the key of another", "T09", "bad-signature", _always(token(signer=thief)))
    yield (
        "the kid of another",
        "T01",
        "issuer-key-mismatch",
        _always(token(signer=thief, kid=thief.method)),
    )
    elsewhere = "indeterminate key-not-of-did"
    yield ("no kid", "T09", "did-syntax", _always(token(kid=None)))
    yield ("a kid that is a path", "T09", elsewhere, _always(token(kid="../../etc/passwd")))
    yield ("a kid that is a query", "T09", elsewhere, _always(token(kid="x' OR '1'='1")))
    yield ("a kid that is no text", "T09", "jose-header", _always(token(kid=[SIGNER.method])))


def _headers() -> Iterator[Named]:
    for name, members in {
        "a crit that nobody knows": {"crit": ["x"], "x": 1},
        "an empty crit": {"crit": []},
        "a payload that is not encoded": {"b64": False, "crit": ["b64"]},
        "b64 without crit": {"b64": False},
        "a packed payload": {"zip": "DEF"},
        "an encryption": {"enc": "A256GCM"},
    }.items():
        yield (name, "T10", "jose-header", _always(token(**members)))  # type: ignore[arg-type]  # JSON
    text = json.dumps(HEADER).encode()
    for name, header in {
        "alg twice": b'{"alg":"none",' + text[1:],
        "alg twice, once escaped": b'{"\\u0061lg":"none",' + text[1:],
        "kid twice": b'{"kid":"did:web:evil.example#1",' + text[1:],
        "no object": b'["EdDSA"]',
        "a byte order mark": b"\xef\xbb\xbf" + text,
        "5,000 levels": b'{"x":' + b"[" * 1_500 + b"]" * 1_500 + b"," + text[1:],
    }.items():
        made = written(header, canonical(badge()))
        yield (f"a header with {name}", "T10", "jose-header", _always(made))
    for name in ("at+jwt", "kb+jwt", "openid4vci-proof+jwt", "statuslist+jwt", "x"):
        yield (f"the type {name}", "T12", "token-type", _always(token(typ=name)))


def _forms() -> Iterator[Named]:
    head, body, signature = genuine().split(b".")
    whole = genuine()
    malformed = "malformed-token"
    yield ("padding", "T13", malformed, _always(b".".join([head, body + b"=", signature])))
    yield ("an empty signature", "T13", "bad-signature", _always(head + b"." + body + b"."))
    yield ("four segments", "T13", malformed, _always(whole + b"." + signature))
    yield (
        "an encrypted token",
        "T13",
        malformed,
        _always(b".".join([head, b"", b"AA", body, b"AA"])),
    )
    yield ("a line in it", "T13", malformed, _always(head + b"\n." + body + b"." + signature))
    yield ("another alphabet", "T13", malformed, _always(head + b"." + body + b"." + b"+/" * 43))
    bits = signature[:-1] + (b"B" if signature[-1:] != b"B" else b"C")
    yield ("bits that nobody reads", "T13", malformed, _always(b".".join([head, body, bits])))
    other = base64url.encode(canonical(badge() | {"name": "Master"})).encode()
    yield ("another payload", "T13", "bad-signature", _always(b".".join([head, other, signature])))
    long = "413 upload-too-large"
    yield ("a long header", "T11", long, _always(token(x="y" * 500_000)))
    yield ("a long signature", "T11", long, _always(whole + b"A" * 500_000))
    parts = {"payload": body, "protected": head, "signature": signature}
    flat = canonical({name: one.decode() for name, one in parts.items()})
    yield ("the JSON form", "T13", "token-json-serialization", _always(flat))
    general = canonical({"payload": body.decode(), "signatures": []})
    yield ("the JSON form with no signatures", "T13", "token-json-serialization", _always(general))
    garbage = written(canonical(HEADER), b"\xff\xfe")
    yield ("a payload that is no JSON", "T18", "malformed-token", _always(garbage))
    text = canonical(badge())
    twice = written(canonical(HEADER), b'{"name":"Master",' + text[1:])
    yield ("a payload with a name twice", "T18", "malformed-token", _always(twice))


def _claims() -> Iterator[Named]:
    mismatch = "claim-mismatch"
    yield ("another iss", "T17", mismatch, _always(claiming(iss="did:web:school.example")))
    yield ("another jti", "T17", mismatch, _always(claiming(jti="urn:uuid:1")))
    yield ("another sub", "T17", mismatch, _always(claiming(sub="did:web:other.example")))
    yield ("a beginning to come", "T17", "token-not-yet-valid", _always(claiming(nbf=2**32)))
    yield ("an exp that is a text", "T17", "malformed-token", _always(claiming(exp="never")))
    yield ("an end that is over", "T17", "token-expired", _always(claiming(exp=1)))
    yield ("a credential in a credential", "T17", "malformed-token", _always(claiming(vc=badge())))
