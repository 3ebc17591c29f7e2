"""Badges whose keys are named by a web address, or come along: whose word they are.

The school's site is told what it publishes, and the test what was asked. Names carry the rows of
THREATS.md.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub import base64url, jwk, multikey
from credhub.dids import key_document
from credhub.dids.document import DidDocument
from credhub.errors import DidNotResolvedError
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import data_integrity
from credhub.proofs.signer import Signer, key_of
from credhub.public_key import KeyType
from credhub.verification.findings import IssuerStanding
from credhub.verification.report import Check, Outcome, Report, Verdict
from tests.unit import factories
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import NOON, MemorySigner
from tests.unit.rsa_signer import RsaMemorySigner, private_key
from tests.unit.verification.world import HUB, HUB_DID, World, result

HOST = "https://school.example"
SCHOOL = f"{HOST}/issuers/565049"
KEY_SET = f"{HOST}/.well-known/jwks.json"
KEYS = f"{HOST}/keys"
KID = f"{KEYS}#key-1"
EVIL = "https://evil.example/keys"
SIGNER = RsaMemorySigner()
ATTACKER = RsaMemorySigner(private_key(which=2))
ALGORITHMS = {KeyType.RSA: "RS256", KeyType.P256: "ES256", KeyType.ED25519: "EdDSA"}

Pages = dict[str, JsonObject]


@dataclass(kw_only=True)
class Web(World):
    """What is published, by its address, and the addresses that were asked for."""

    pages: Pages = field(default_factory=dict)
    places: list[str] = field(default_factory=list)

    def namesake(self, _name: str) -> IssuerStanding | None:
        return None  # Every issuer here has the same name, and these tests are not about that.

    def resolve(self, did: str) -> DidDocument:
        if did.startswith("did:"):
            return super().resolve(did)
        self.places.append(did)
        if did not in self.pages:
            raise DidNotResolvedError(did)
        return key_document.read(self.pages[did], url=did)


def key(signer: Signer = SIGNER, **members: JsonValue) -> JsonObject:
    return {**jwk.encode(key_of(signer)), **members}


def key_set(*keys: JsonObject) -> JsonObject:
    return {"keys": [*keys]}


def profile(*methods: JsonValue, issuer: str = SCHOOL) -> JsonObject:
    """Make the document of an issuer that says which keys sign its credentials."""
    return {"id": issuer, "type": ["Profile"], "name": "A school", "assertionMethod": [*methods]}


def method(name: str, signer: Signer = SIGNER, **members: JsonValue) -> JsonObject:
    made: JsonObject = {"id": name, "type": "JsonWebKey", "controller": SCHOOL}
    return made | {"publicKeyJwk": jwk.encode(key_of(signer))} | members


def badge(issuer: str = SCHOOL) -> JsonObject:
    document = factories.credential(did=issuer)
    del document["credentialSchema"], document["credentialStatus"]
    return document


def token(
    document: JsonObject | None = None, *, signer: Signer = SIGNER, **header: JsonValue
) -> bytes:
    said: JsonObject = {"alg": ALGORITHMS[signer.key_type], "typ": "JWT", "kid": KID, **header}
    kept = {name: value for name, value in said.items() if value is not None}
    content = canonical(badge() if document is None else document)
    text = f"{base64url.encode(json.dumps(kept).encode())}.{base64url.encode(content)}"
    return f"{text}.{base64url.encode(signer.sign(text.encode()))}".encode()


def judged(pages: Pages, data: bytes | JsonObject | None = None) -> Report:
    return Web(pages=pages, position=None).verify(token() if data is None else data)


def said(report: Report) -> str:
    """Give the verdict and the code of the first check that is not passed or skipped."""
    bad = (Outcome.FAILED, Outcome.UNKNOWN)
    code = next((one.code for one in report.checks if one.outcome in bad), "")
    shown = report.verdict is Verdict.UNKNOWN_ISSUER
    assert (report.credential is not None) == shown, report
    assert (report.issuer is not None) == shown
    return f"{report.verdict.value}: {code}"


UNKNOWN = "unknownIssuer: issuer-not-known"
"""Genuine, by a key that the issuer calls its own."""


def test_a_badge_by_a_key_of_the_set_of_its_host_is_genuine() -> None:
    web = Web(pages={KEY_SET: key_set(key(kid=KID))}, position=None)

    report = web.verify(token())

    assert said(report) == UNKNOWN
    assert report.credential == badge()
    assert report.issuer is not None
    assert (report.issuer.id, report.issuer.trusted) == (SCHOOL, False)
    assert web.places == [KEY_SET]


def test_an_issuer_that_is_vouched_for_is_believed() -> None:
    # The positive twin of all that follows: nothing but trust was missing.
    pages = {KEY_SET: key_set(key(kid=KID))}
    web = Web(pages=pages, position=None, issuers={SCHOOL: HUB})

    assert web.verify(token()).verdict is Verdict.VALID


@pytest.mark.parametrize("signer", [SIGNER, EcMemorySigner(KeyType.P256), MemorySigner()])
def test_every_kind_of_key_may_be_published(signer: Signer) -> None:
    pages = {KEY_SET: key_set(key(signer, kid=KID))}

    assert said(judged(pages, token(signer=signer))) == UNKNOWN


@pytest.mark.parametrize("typ", ["JWT", None, "vc+jwt"])
@pytest.mark.parametrize(
    ("kid", "pages"),
    [
        (f"{KEY_SET}#key-1", {KEY_SET: key_set(key(kid="key-1"))}),
        ("key-1", {KEY_SET: key_set(key(kid="key-1"))}),
        (KEYS, {KEYS: key(), KEY_SET: key_set(key(kid="another name"))}),
        (KID, {KEYS: key(kid="key-1"), KEY_SET: key_set(key())}),
        (KID, {KEYS: key_set(key(kid="key-1")), KEY_SET: key_set(key(iss=SCHOOL))}),
        (EVIL, {EVIL: key(), KEY_SET: key_set(key())}),
        (f"{SCHOOL}#key-1", {SCHOOL: profile(method(f"{SCHOOL}#key-1"))}),
        ("#key-1", {SCHOOL: profile(method("#key-1"))}),
        (f"{SCHOOL}#key-1", {SCHOOL: key_set(key(kid="key-1"))}),
        (SCHOOL, {SCHOOL: key()}),
        (f"{SCHOOL}#key-1", {SCHOOL: profile(), KEY_SET: key_set(key(kid=f"{SCHOOL}#key-1"))}),
        (KEYS, {KEYS: key(), SCHOOL: profile(method(KEYS))}),
        (KEYS, {KEYS: key(), SCHOOL: profile(KEYS)}),
        (KID, {KEYS: key_set(key(kid="key-1")), SCHOOL: profile(KID)}),
        (KEYS, {KEYS: method(KEYS), SCHOOL: profile(KEYS)}),
    ],
    ids=[
        "the set itself",
        "a name in the set",
        "an address, and the key is in the set",
        "a name at an address, and the key is in the set",
        "a set at an address, and the key is in the set for this issuer",
        "another host, and the key is in the set",
        "the document of the issuer",
        "a part of the document of the issuer",
        "a set in place of the document of the issuer",
        "a key in place of the document of the issuer",
        "no key in the document of the issuer, but in the set",
        "the key is in the document of the issuer",
        "the document of the issuer names the address",
        "the document of the issuer names the key in a set",
        "a verification method that the document of the issuer names",
    ],
)
def test_a_key_is_the_issuers_if_the_issuer_says_so(
    kid: str, pages: Pages, typ: str | None
) -> None:
    assert said(judged(pages, token(kid=kid, typ=typ))) == UNKNOWN


@pytest.mark.parametrize(
    "pages",
    [
        {},
        {KEY_SET: key_set(key(ATTACKER, kid="other"))},
        {SCHOOL: profile()},
        {SCHOOL: profile(KID, issuer=f"{HOST}/issuers/2")},
        {SCHOOL: profile(f"{HOST}/keys")},
        {SCHOOL: profile("")},
        {SCHOOL: profile(method(f"{SCHOOL}#1", ATTACKER))},
        {SCHOOL: {"id": SCHOOL, "verificationMethod": [method(KID)]}},
        {KEY_SET: key_set(key(iss=f"{HOST}/issuers/2"))},
    ],
    ids=[
        "nothing",
        "other keys",
        "no keys",
        "the document of another issuer",
        "another address",
        "no address",
        "another key",
        "a key that is not for credentials",
        "a key for another issuer",
    ],
)
@pytest.mark.parametrize("place", [KEYS, f"{SCHOOL}/keys", f"{HOST}/uploads/keys.json", EVIL])
def test_t01_t09_a_key_that_only_lies_beside_an_issuer_is_not_the_issuers(
    place: str, pages: Pages
) -> None:
    # Anybody with a place on the host could have put it there.
    moved = {name.replace(KEYS, place): page for name, page in pages.items()}

    report = judged({place: key_set(key(kid="key-1")), **moved}, token(kid=f"{place}#key-1"))

    assert said(report) == "indeterminate: key-not-vouched-for"
    assert result(report, Check.PROOF).outcome is Outcome.PASSED
    assert result(report, Check.ISSUER_BINDING).outcome is Outcome.UNKNOWN


def test_t01_a_trusted_issuer_is_not_believed_by_a_key_beside_it() -> None:
    for pages, data in (
        ({EVIL: key(ATTACKER)}, token(signer=ATTACKER, kid=EVIL)),
        ({KEYS: key(ATTACKER)}, token(signer=ATTACKER, kid=KEYS)),
        ({}, token(signer=ATTACKER, kid=None, jwk=key(ATTACKER))),
    ):
        web = Web(pages=pages, position=None, issuers={SCHOOL: HUB})
        assert web.verify(data).verdict is Verdict.INDETERMINATE


def test_t01_a_key_of_another_issuer_at_the_host_is_refused() -> None:
    other = key(kid=KID, iss=f"{HOST}/issuers/2")

    assert said(judged({KEY_SET: key_set(other)})) == "invalid: issuer-key-mismatch"
    assert said(judged({KEY_SET: key_set(other | {"iss": SCHOOL})})) == UNKNOWN


def test_t01_an_address_does_not_speak_for_a_did() -> None:
    document = factories.credential(did=HUB_DID)
    report = judged({EVIL: key(ATTACKER)}, token(document, signer=ATTACKER, kid=EVIL))

    assert said(report) == "invalid: issuer-key-mismatch"
    genuine = judged({KEYS: key(MemorySigner())}, token(document, signer=MemorySigner(), kid=KEYS))
    assert genuine.verdict is Verdict.VALID


def test_t30_the_keys_of_a_did_that_cannot_be_had_leave_it_open() -> None:
    document = factories.credential(did="did:web:away.example")

    for data in (token(document, kid=KEYS), token(document, kid=None, jwk=key())):
        assert said(judged({KEYS: key()}, data)) == "indeterminate: did-not-resolved"


# T09: a key that comes along


def along(
    signer: Signer = SIGNER, document: JsonObject | None = None, **header: JsonValue
) -> bytes:
    return token(document, signer=signer, **{"kid": None, "jwk": key(signer), **header})


@pytest.mark.parametrize(
    "pages",
    [{}, {KEY_SET: key_set(key(kid="1"))}, {SCHOOL: profile(method(f"{SCHOOL}#1"))}],
    ids=["nothing", "another key in the set", "another key in the document"],
)
def test_t09_a_key_that_comes_along_proves_nothing(pages: Pages) -> None:
    report = judged(pages, along(ATTACKER))

    assert said(report) == "indeterminate: key-came-along"
    assert "anybody" in result(report, Check.ISSUER_BINDING).detail


@pytest.mark.parametrize(
    "pages",
    [
        {KEY_SET: key_set(key(kid="1"))},
        {KEY_SET: key_set(key(iss=SCHOOL))},
        {SCHOOL: profile(method(f"{SCHOOL}#1"))},
    ],
)
def test_t09_a_key_that_comes_along_counts_if_the_issuer_calls_it_its_own(pages: Pages) -> None:
    assert said(judged(pages, along())) == UNKNOWN


def test_t09_a_key_for_another_issuer_of_the_host_comes_along_in_vain() -> None:
    pages = {KEY_SET: key_set(key(iss=f"{HOST}/issuers/2"))}

    assert said(judged(pages, along())) == "indeterminate: key-came-along"


def test_t09_a_did_says_which_keys_are_its_own() -> None:
    document = factories.credential(did=HUB_DID)

    assert said(judged({}, along(ATTACKER, document))) == "invalid: issuer-key-mismatch"
    assert judged({}, along(MemorySigner(), document)).verdict is Verdict.VALID


def test_t09_the_name_of_a_key_counts_more_than_a_key_that_comes_along() -> None:
    pages = {KEY_SET: key_set(key(kid=KID))}

    assert said(judged(pages, token(jwk=key(ATTACKER)))) == UNKNOWN
    forged = token(signer=ATTACKER, jwk=key(ATTACKER))
    assert said(judged(pages, forged)) == "invalid: bad-signature"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"jwk": {**key(), "d": "AA"}}, "invalid: malformed-key"),
        ({"jwk": {"kty": "oct", "k": "AA"}}, "invalid: malformed-key"),
        ({"jwk": {}}, "invalid: did-syntax"),
        ({"jwk": "text"}, "invalid: jose-header"),
        ({"jwk": [key()]}, "invalid: jose-header"),
        ({"typ": "vc+jwt"}, "invalid: jose-header"),
        ({"typ": "at+jwt"}, "invalid: token-type"),
        ({"alg": "HS256"}, "invalid: alg-not-allowed"),
        ({"alg": "none"}, "invalid: alg-not-allowed"),
        ({"alg": "ES256"}, "invalid: key-type-mismatch"),
        ({"alg": "PS256"}, "indeterminate: unknown-algorithm"),
        ({"jku": EVIL}, "invalid: jose-header"),
        ({"x5c": []}, "invalid: jose-header"),
        ({"crit": ["jwk"]}, "invalid: jose-header"),
    ],
)
def test_t08_t09_what_comes_along_is_a_public_key_and_no_more(
    header: JsonObject, code: str
) -> None:
    web = Web(pages={KEY_SET: key_set(key())}, position=None)

    assert said(web.verify(along(SIGNER, None, **header))) == code
    assert EVIL not in web.places


@pytest.mark.parametrize(
    ("bits", "code"), [(1024, "invalid: weak-key"), (4104, "indeterminate: uncommon-key")]
)
def test_t20_a_key_of_another_size_counts_for_nothing(bits: int, code: str) -> None:
    n = base64url.encode((2**bits - 1).to_bytes(bits // 8, "big"))
    pages = {KEY_SET: key_set({"kty": "RSA", "n": n, "e": "AQAB", "kid": KID})}

    assert said(judged(pages)) == code


# Forged ones


@pytest.mark.parametrize("kid", [KID, f"{KEY_SET}#1", f"{SCHOOL}#1"])
def test_a_forger_makes_us_ask_nobody_else(kid: str) -> None:
    base = kid.partition("#")[0]
    web = Web(pages={base: key_set(key(kid=kid))}, position=None)

    assert said(web.verify(token(signer=ATTACKER, kid=kid))) == "invalid: bad-signature"
    assert web.places == ([KEY_SET, KEYS] if base == KEYS else [base])


@given(st.data())
def test_t13_every_changed_character_is_refused(data: st.DataObject) -> None:
    text = token().decode()
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(
        st.sampled_from("ABCXYZabcxyz0189-_.=+/ \n").filter(lambda c: c != text[place])
    )
    pages = {KEY_SET: key_set(key(kid=KID), key(kid="key-1")), SCHOOL: profile(method("#1"))}

    report = judged(pages, (text[:place] + other + text[place + 1 :]).encode())

    assert report.credential is None
    assert report.verdict in {Verdict.INVALID, Verdict.INDETERMINATE}


@pytest.mark.parametrize("name", ["iss", "jti", "sub"])
def test_t17_a_claim_that_disagrees_is_invalid(name: str) -> None:
    pages = {KEY_SET: key_set(key(kid=KID))}
    subject = badge()["credentialSubject"]
    assert isinstance(subject, dict)
    same: JsonObject = {"iss": SCHOOL, "jti": badge()["id"], "sub": subject["id"]}

    assert said(judged(pages, token(badge() | same))) == UNKNOWN
    wrong = badge() | same | {name: "https://other.example/"}
    assert said(judged(pages, token(wrong))) == "invalid: claim-mismatch"


def test_t24_a_key_of_somebody_else_in_the_document_of_an_issuer_is_refused() -> None:
    name = f"{SCHOOL}#key-1"
    other = method(name, controller="https://other.example/")
    listed: JsonObject = {
        "id": SCHOOL,
        "verificationMethod": [method(name)],
        "assertionMethod": ["#2"],
    }

    assert said(judged({SCHOOL: profile(other)}, token(kid=name))) == (
        "invalid: did-controller-mismatch"
    )
    assert said(judged({SCHOOL: listed}, token(kid=name))) == "invalid: key-not-for-assertion"


@pytest.mark.parametrize("controller", ["https://other.example/", f"{HOST}/issuers/2"])
def test_t24_a_key_that_says_it_is_anothers_is_refused(controller: str) -> None:
    pages = {KEYS: method(KEYS, controller=controller), SCHOOL: profile(KEYS)}

    assert said(judged(pages, token(kid=KEYS))) == "invalid: did-controller-mismatch"


@pytest.mark.parametrize(
    ("member", "code"), [("revoked", "key-revoked"), ("expires", "key-expired")]
)
def test_a_published_key_counts_until_its_end(member: str, code: str) -> None:
    name = f"{SCHOOL}#key-1"
    ended = method(name, SIGNER, **{member: "2020-01-01T00:00:00Z"})
    lasts = method(name, SIGNER, **{member: "2120-01-01T00:00:00Z"})

    assert said(judged({SCHOOL: profile(ended)}, token(kid=name))) == f"invalid: {code}"
    assert said(judged({SCHOOL: profile(lasts)}, token(kid=name))) == UNKNOWN
    beside = {KEYS: ended | {"id": KEYS}, SCHOOL: profile(KEYS)}
    assert said(judged(beside, token(kid=KEYS))) == f"invalid: {code}"


def test_a_name_of_two_keys_is_the_name_of_neither() -> None:
    twice = key_set(key(ATTACKER, kid="key-1"), key(kid="key-1"))

    for data in (token(kid=f"{KEY_SET}#key-1"), token(signer=ATTACKER, kid=f"{KEY_SET}#key-1")):
        assert said(judged({KEY_SET: twice}, data)) == "indeterminate: no-keys-published"


def test_t30_keys_that_cannot_be_had_leave_it_open() -> None:
    for kid in (KID, "key-1", "#key-1", f"{SCHOOL}#key-1", KEY_SET):
        assert said(judged({}, token(kid=kid))) == "indeterminate: did-not-resolved"
    assert said(judged({KEYS: key_set(key(kid="2"))})) == "indeterminate: no-keys-published"


@pytest.mark.parametrize(
    "issuer", ["http://school.example/1", "urn:uuid:7", "https://user@school.example/"]
)
def test_an_issuer_without_a_place_of_its_own_cannot_vouch(issuer: str) -> None:
    pages = {KEYS: key(), KEY_SET: key_set(key())}

    report = judged(pages, token(badge(issuer), kid=KEYS))

    assert said(report) == "indeterminate: key-not-vouched-for"


# Documents with proofs

EDWARDS = MemorySigner()


def signed(name: str, document: JsonObject | None = None, signer: Signer = EDWARDS) -> JsonObject:
    return data_integrity.sign(
        badge() if document is None else document,
        suite=factories.suite(),
        signer=signer,
        verification_method=name,
        created=NOON,
    )


def multikey_of(name: str, signer: Signer = EDWARDS) -> JsonObject:
    text = multikey.encode(key_of(signer))
    return {"id": name, "type": "Multikey", "controller": SCHOOL, "publicKeyMultibase": text}


@pytest.mark.parametrize(
    ("name", "pages"),
    [
        (f"{SCHOOL}#key-1", {SCHOOL: profile(multikey_of(f"{SCHOOL}#key-1"))}),
        (
            f"{SCHOOL}/key",
            {f"{SCHOOL}/key": multikey_of(f"{SCHOOL}/key"), SCHOOL: profile(f"{SCHOOL}/key")},
        ),
        (KID, {KEY_SET: key_set(key(EDWARDS, kid=KID))}),
        (KEYS, {KEYS: multikey_of(KEYS), KEY_SET: key_set(key(EDWARDS))}),
    ],
)
def test_a_proof_may_name_its_key_by_a_web_address(name: str, pages: Pages) -> None:
    assert said(judged(pages, signed(name))) == UNKNOWN
    changed = signed(name) | {"name": "Master of everything"}
    assert said(judged(pages, changed)) == "invalid: bad-signature"


def test_t01_a_proof_by_a_key_that_only_lies_beside_its_issuer_leaves_it_open() -> None:
    place = f"{SCHOOL}/key"
    report = judged({place: multikey_of(place)}, signed(place))

    assert said(report) == "indeterminate: key-not-vouched-for"
    assert said(judged({}, signed(place))) == "indeterminate: did-not-resolved"


def test_t07_a_partner_may_have_a_key_at_a_web_address() -> None:
    own = signed(f"{SCHOOL}#1")
    partner = data_integrity.sign(
        {name: one for name, one in own.items() if name != "proof"},
        suite=factories.suite(),
        signer=MemorySigner(7),
        verification_method=EVIL,
        created=NOON,
    )
    proofs: list[JsonValue] = [*_proofs(partner), *_proofs(own)]
    document = own | {"proof": proofs}
    pages: Pages = {EVIL: multikey_of(EVIL, MemorySigner(7))}

    good: Pages = {SCHOOL: profile(multikey_of(f"{SCHOOL}#1"))}

    assert said(judged(pages | good, document)) == UNKNOWN
    assert said(judged(pages, document)).startswith("indeterminate: ")


def _proofs(document: JsonObject) -> list[JsonValue]:
    proof = document["proof"]
    return proof if isinstance(proof, list) else [proof]


def test_a_later_look_finds_the_same() -> None:
    web = Web(pages={KEY_SET: key_set(key(kid=KID))}, position=None)

    assert web.verify(token(), now=NOON + timedelta(days=300)).verdict is Verdict.UNKNOWN_ISSUER
