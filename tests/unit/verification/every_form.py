"""One credential in each form that a hub can choose, as its holder shows it."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from credhub.credentials import sd_jwt_claims
from credhub.dids.document import DidDocument, VerificationMethod
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs.contexts import OB_EXTENSIONS
from credhub.proofs.ecdsa_sd_2023.derived import derive
from credhub.proofs.ecdsa_sd_2023.grouping import LocalGrouping
from credhub.proofs.forms import Form
from credhub.proofs.sd_jwt import credential as sd_jwt_credential
from credhub.proofs.sd_jwt.profiles import PROFILES
from credhub.proofs.signer import Signer, key_of
from credhub.proofs.suite import Suite
from credhub.proofs.suites import issuing_suites, suites
from credhub.public_key import LENGTHS, KeyType
from credhub.services.forms import DataIntegrityForm, FormMaker, JwtForm, SdJwtForm
from credhub.services.keyring import IssuingKey
from credhub.verification.protocols import VerifierContext
from tests.unit import factories
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import NOON, MemorySigner
from tests.unit.verification.world import HUB_DID, World

Change = Callable[[JsonObject], object]

SHOWN_BY_HOLDER: Final = (
    "/awardedDate",
    "/evidence",
    "/credentialSubject/identifier",
    "/credentialSubject/result",
    "/credentialSubject/creditsEarned",
    "/credentialSubject/achievement/creditsAvailable",
    "/credentialSubject/achievement/tag",
)
"""What is not always shown; a number in an array makes a difference as well."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whoever signs, with a key of each kind that forms need."""

    did: str = HUB_DID
    seed: int = 1

    def signer(self, key_type: KeyType) -> Signer:
        if key_type is KeyType.ED25519:
            return MemorySigner(self.seed)
        return EcMemorySigner(key_type, self.seed)

    def method(self, key_type: KeyType) -> str:
        return f"{self.did}#key-{list(LENGTHS).index(key_type) + 1}"

    def document(self) -> DidDocument:
        methods = tuple(
            VerificationMethod(
                id=self.method(key_type),
                controller=self.did,
                public_key=key_of(self.signer(key_type)),
            )
            for key_type in LENGTHS
        )
        ids = frozenset(method.id for method in methods)
        return DidDocument(id=self.did, methods=methods, assertion=ids)


HUB: Final = Issuer()


@cache
def issuing() -> Mapping[str, Suite]:
    full = factories.canonicalizer()
    return issuing_suites(full, LocalGrouping(full), random=secrets.token_bytes)


@cache
def checking() -> Mapping[str, Suite]:
    return suites(factories.canonicalizer())


def maker(form: Form) -> FormMaker:
    match form:
        case Form.VC_JWT:
            return JwtForm()
        case Form.VC_SD_JWT | Form.DC_SD_JWT:
            return SdJwtForm(form, secrets.token_bytes)
        case _:
            return DataIntegrityForm(form, issuing()[form])


def worth_credits(document: JsonObject) -> None:
    """Put in numbers of both kinds, which our own schema does not know and Open Badges does."""
    document.pop("credentialSchema", None)
    document["validUntil"] = "2030-01-01T00:00:00Z"
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    achievement = subject["achievement"]
    assert isinstance(achievement, dict)
    subject["creditsEarned"] = 7.5
    achievement["creditsAvailable"] = 12


def tags_the_other_way_round(document: JsonObject) -> None:
    tags_of(document).reverse()


def tag_twice(document: JsonObject) -> None:
    tags_of(document).append(tags_of(document)[0])


def idle_context(document: JsonObject) -> None:
    """Take the context out that no word of the document is of, or put it in."""
    contexts = document["@context"]
    assert isinstance(contexts, list)
    if OB_EXTENSIONS in contexts:
        contexts.remove(OB_EXTENSIONS)
    else:
        contexts.append(OB_EXTENSIONS)


SAME_IN_RDF: Final[tuple[Change, ...]] = (
    tags_the_other_way_round,
    tag_twice,
    idle_context,
)
"""In RDF an array is a set, and a context that gives no word a meaning says nothing."""


def tags_of(document: JsonObject) -> list[JsonValue]:
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    achievement = subject["achievement"]
    assert isinstance(achievement, dict)
    tags = achievement["tag"]
    assert isinstance(tags, list)
    return tags


def signed(form: Form, change: Change = lambda _: None, *, by: Issuer = HUB) -> bytes:
    """Sign a credential of the hub, after a change to it, and show all of it."""
    document = factories.credential(did=HUB_DID)
    change(document)
    key = IssuingKey(signer=by.signer(form.key_type), verification_method=by.method(form.key_type))
    made = maker(form).make(document, key, NOON)
    return shown(made.document) if form is Form.ECDSA_SD_2023 else made.signed


def signed_with_schema(form: Form, change: Change) -> bytes:
    """Sign a credential that names its schema, as hubs do not where a learner shows parts."""
    if form not in (Form.VC_SD_JWT, Form.DC_SD_JWT):
        return signed(form, change)
    document = factories.credential(did=HUB_DID)
    change(document)
    named: JsonObject = {"credentialSchema": document["credentialSchema"]}
    claims = document
    if form is Form.DC_SD_JWT:
        claims = sd_jwt_claims.to_claims(document, issued_at=NOON) | named
    token = sd_jwt_credential.sign(
        claims,
        profile=PROFILES[form],
        disclosable=sd_jwt_claims.disclosable(claims),
        signer=HUB.signer(form.key_type),
        verification_method=HUB.method(form.key_type),
        randomness=secrets.token_bytes,
    )
    return token.text().encode()


def shown(document: JsonObject) -> bytes:
    there = [pointer for pointer in SHOWN_BY_HOLDER if pointer.rpartition("/")[2] in str(document)]
    grouping = LocalGrouping(factories.canonicalizer())
    return canonical(derive(document, there, grouping=grouping))


@dataclass(kw_only=True)
class FormWorld(World):
    """A world that knows every cryptosuite, and the hub's keys of each kind."""

    def __post_init__(self) -> None:
        self.dids = {HUB_DID: HUB.document()}

    def context(self) -> VerifierContext:
        return replace(super().context(), suites=checking())
