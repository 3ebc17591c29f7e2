"""SD-JWTs that hide, repeat or replace what the issuer signed (T14, T15, T16)."""

import json
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from credhub import base64url, jwk
from credhub.credentials import sd_jwt_claims
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import jose
from credhub.proofs.sd_jwt import issuing, key_binding
from credhub.proofs.sd_jwt.compact import SdJwt
from credhub.proofs.sd_jwt.disclosures import Path
from credhub.proofs.sd_jwt.key_binding import KeyBindingPolicy
from credhub.proofs.sd_jwt.profiles import DC
from credhub.proofs.signer import key_of
from tests.did_sites import SIGNER
from tests.hostile.sent import Asked, Make, TextCase
from tests.running import START
from tests.services.sinks import badge
from tests.unit import factories
from tests.unit.factories import MemorySigner
from tests.unit.proofs.sd_jwt.making import digest, disclosure, salts

HOLDER = MemorySigner(5)
NAME: Path = ("credentialSubject", "name")
ASKED = Asked(challenge="n-1", domain="https://employer.example")
HEADER: JsonObject = {"typ": DC.typ, "kid": SIGNER.method}


def claims(*, holder: MemorySigner | None = None, **changes: JsonValue) -> JsonObject:
    key = None if holder is None else jwk.encode(key_of(holder))
    return sd_jwt_claims.to_claims(badge(), issued_at=factories.NOON, holder_key=key) | changes


def crafted(made: JsonObject, hidden: Collection[Path] = ()) -> SdJwt:
    """Hide anything, as no honest issuer would."""
    return issuing.issue(made, disclosable=hidden, header=HEADER, signer=SIGNER, randomness=salts())


def signed(payload: JsonObject, *disclosures: str) -> bytes:
    """Sign a payload as it is, and show something beside it."""
    token = jose.sign(HEADER, canonical(payload), signer=SIGNER)
    return "~".join((token, *disclosures, "")).encode()


def genuine() -> SdJwt:
    return crafted(claims(), [NAME, ("awardedDate",)])


def cases() -> Iterator[TextCase]:
    twin = genuine().text().encode()
    for group in (_rules(), _hidden(), _forms()):
        for name, (code, hostile) in group.items():
            says = code if " " in code else f"invalid {code}"
            yield TextCase(
                name=f"sd-jwt: {name}",
                threat="T15" if code == "required-claim-missing" else "T14",
                hostile=_always(hostile),
                twin=_always(twin),
                says=says,
            )
    answer = bound(MOMENT)
    for name, (code, hostile) in _bindings().items():
        yield TextCase(
            name=f"sd-jwt: {name}",
            threat="T16",
            hostile=_always(hostile),
            twin=_always(answer),
            says=f"invalid {code}",
            asked=ASKED,
        )


def _always(text: bytes) -> Make:
    return lambda _: text


Named = dict[str, tuple[str, bytes]]


def _rules() -> Named:
    """RFC 9901, section 7.1: what one more, or another, disclosure does."""
    one, other = disclosure("s1", "honours", "summa"), disclosure("s2", "honours", "cum laude")
    element, long = disclosure("s3", "x"), disclosure("s4", "a", "b", "c")
    inner = disclosure("s5", "honours", "summa")
    outer = disclosure("s6", "more", {"_sd": [digest(inner)]})
    taken, reserved = (
        disclosure("s7", "iss", "did:web:evil.example"),
        disclosure("s8", "_sd", ["x"]),
    )
    dots, nothing = disclosure("s9", "...", "x"), base64url.encode(b"no JSON")
    algorithm = disclosure("s10", "_sd_alg", "sha-256")

    def with_digests(*digests: JsonValue, **more: JsonValue) -> JsonObject:
        return claims() | {"_sd": list(digests)} | more

    return {
        "a disclosure that nothing refers to": ("unreferenced-disclosure", signed(claims(), one)),
        "a changed disclosure": (
            "unreferenced-disclosure",
            signed(with_digests(digest(one)), other),
        ),
        "a disclosure whose parent is hidden": (
            "unreferenced-disclosure",
            signed(with_digests(digest(outer)), inner),
        ),
        "a disclosure twice": (
            "repeated-disclosure",
            signed(with_digests(digest(one)), one, one),
        ),
        "a digest twice": ("repeated-digest", signed(with_digests(digest(one), digest(one)), one)),
        "a digest twice at two places": (
            "repeated-digest",
            signed(with_digests(digest(one), more={"_sd": [digest(one)]}), one),
        ),
        "two disclosures of one name": (
            "disclosure-name-taken",
            signed(with_digests(digest(one), digest(other)), one, other),
        ),
        "a disclosure that replaces a claim": (
            "disclosure-name-taken",
            signed(with_digests(digest(taken)), taken),
        ),
        "a disclosure called _sd": (
            "disclosure-name",
            signed(with_digests(digest(reserved)), reserved),
        ),
        "a disclosure called ...": ("disclosure-name", signed(with_digests(digest(dots)), dots)),
        "a disclosure called _sd_alg": (
            "disclosure-name",
            signed(with_digests(digest(algorithm)), algorithm),
        ),
        "an element as a member": (
            "disclosure-arity",
            signed(with_digests(digest(element)), element),
        ),
        "four parts": ("malformed-disclosure", signed(with_digests(digest(long)), long)),
        "no JSON": ("malformed-disclosure", signed(with_digests(digest(nothing)), nothing)),
        "an unknown hash": (
            "unknown-sd-alg",
            signed(with_digests(digest(one), _sd_alg="md5"), one),
        ),
        "digests that are none": ("malformed-digests", signed(claims() | {"_sd": "x"})),
        "... in an object": ("malformed-digests", signed(claims(more={"...": "x"}))),
        "... beside something": (
            "malformed-digests",
            signed(claims(more=[{"...": "x", "name": "y"}])),
        ),
        "40 levels of disclosures": ("too-complex", _nested(40)),
    }


def _nested(depth: int) -> bytes:
    shown: list[str] = []
    value: JsonValue = "end"
    for number in range(depth):
        shown.append(disclosure(f"n-{number}", "next", value))
        value = {"_sd": [digest(shown[-1])]}
    assert isinstance(value, dict)
    return signed(claims() | value, *shown)


def _hidden() -> Named:
    """T15: what decides whether it is valid is hidden."""
    ended = claims(exp=1)
    found = {}
    for name in ("iss", "vct", "exp"):
        whole = crafted(ended, [(name,)])
        hidden = SdJwt(jwt=whole.jwt)
        found[f"a hidden {name}"] = ("required-claim-missing", hidden.text().encode())
        found[f"{name} in a disclosure"] = ("required-claim-missing", whole.text().encode())
    return found


def _forms() -> Named:
    whole = genuine()
    text = whole.text()
    changed = whole.jwt.rpartition(".")[0] + "." + base64url.encode(bytes(64))
    return {
        "no separator": ("token-type", whole.jwt.encode()),
        "an empty disclosure": ("malformed-sd-jwt", text.replace("~", "~~", 1).encode()),
        "501 disclosures": ("413 upload-too-large", (whole.jwt + "~x" * 501 + "~").encode()),
        "no signature": ("bad-signature", text.replace(whole.jwt, changed).encode()),
        "the JSON form": (
            "token-json-serialization",
            json.dumps(
                {"payload": "e30", "signatures": [], "header": {"disclosures": []}}
            ).encode(),
        ),
        "a key binding that nobody asked for": ("key-binding-unexpected", bound(START)),
    }


MOMENT = START + timedelta(seconds=1)


def bound(moment: datetime, *, by: MemorySigner = HOLDER, **policy: str) -> bytes:
    asked = {"audience": ASKED.domain, "nonce": ASKED.challenge} | policy
    shown = crafted(claims(holder=HOLDER), [NAME])
    return (
        key_binding.bind(shown, policy=KeyBindingPolicy(**asked), signer=by, issued_at=moment)  # type: ignore[arg-type]  # texts
        .text()
        .encode()
    )


def _bindings() -> Named:
    whole = SdJwt.parse(bound(MOMENT).decode())
    less = SdJwt(jwt=whole.jwt, key_binding=whole.key_binding)
    stripped = SdJwt(jwt=whole.jwt, disclosures=whole.disclosures)
    nobodys = crafted(claims(), [NAME])
    unbound = SdJwt(jwt=nobodys.jwt, disclosures=nobodys.disclosures, key_binding=whole.key_binding)
    typed = SdJwt(jwt=whole.jwt, disclosures=whole.disclosures, key_binding=_typed())
    hour = timedelta(hours=1)
    return {
        "no key binding": ("challenge-mismatch", stripped.text().encode()),
        "a key binding for another": (
            "domain-mismatch",
            bound(MOMENT, audience="https://other.example"),
        ),
        "a key binding of another time": ("challenge-mismatch", bound(MOMENT, nonce="n-0")),
        "an old key binding": ("key-binding-time", bound(MOMENT - hour)),
        "a key binding to come": ("key-binding-time", bound(MOMENT + hour)),
        "a key binding of a thief": ("bad-signature", bound(MOMENT, by=MemorySigner(66))),
        "a key binding of something else": ("key-binding-mismatch", less.text().encode()),
        "a key binding without a key": ("holder-key-missing", unbound.text().encode()),
        "a key binding of another type": ("token-type", typed.text().encode()),
    }


def _typed() -> str:
    said: JsonObject = {
        "iat": int(MOMENT.timestamp()),
        "aud": ASKED.domain,
        "nonce": ASKED.challenge,
        "sd_hash": "x",
    }
    return jose.sign({"typ": "JWT"}, canonical(said), signer=HOLDER)
