"""Credentials signed so that parts of them can be shown."""

from collections.abc import Callable, Collection
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from credhub.jsontypes import JsonObject
from credhub.proofs import data_integrity
from credhub.proofs.contexts import VC, Contexts
from credhub.proofs.ecdsa_sd_2023.derived import derive
from credhub.proofs.ecdsa_sd_2023.grouping import LocalGrouping
from credhub.proofs.ecdsa_sd_2023.mandatory import pointers_for
from credhub.proofs.ecdsa_sd_2023.proof_key import ProofKey
from credhub.proofs.ecdsa_sd_2023.suite import IssuingSuite, VerifyingSuite
from credhub.proofs.rdfc import SafeCanonicalizer
from credhub.proofs.signer import key_of
from credhub.public_key import KeyType
from tests import vectors
from tests.unit import factories
from tests.unit.factories import NOON

CITIZENSHIP = "https://w3id.org/citizenship/v4rc1"
METHOD = "did:web:hub.example#p256"


class P256Signer:
    """A signer whose key is a number."""

    def __init__(self, number: int = 1) -> None:
        self._key = ProofKey(derive_private_key(number, SECP256R1()))

    @property
    def key_type(self) -> KeyType:
        return KeyType.P256

    @property
    def public_key(self) -> bytes:
        return self._key.public.raw

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


class Draws:
    """Random bytes that are known in advance."""

    def __init__(self, *draws: bytes) -> None:
        self._draws = list(draws)

    def __call__(self, length: int) -> bytes:
        draw = self._draws.pop(0)
        assert len(draw) == length
        return draw


@cache
def canonicalizer() -> SafeCanonicalizer:
    """Know the context of the vectors too."""
    citizenship = vectors.document("contexts/citizenship-v4rc1.json")["@context"]
    definitions = {**factories.contexts().definitions, CITIZENSHIP: citizenship}
    return SafeCanonicalizer(Contexts(definitions, frozenset({VC})))


def grouping() -> LocalGrouping:
    return LocalGrouping(factories.canonicalizer())


def issuing(
    *,
    mandatory: Callable[[JsonObject], Collection[str]] = pointers_for,
    random: Callable[[int], bytes] = lambda length: bytes(range(1, 1 + length)),
) -> IssuingSuite:
    return IssuingSuite(factories.canonicalizer(), grouping(), random=random, mandatory=mandatory)


def verifying() -> VerifyingSuite:
    return VerifyingSuite(factories.canonicalizer())


def signed(document: JsonObject | None = None, *pointers: str) -> JsonObject:
    """Sign a credential; without pointers that which every badge must show is mandatory."""
    suite = issuing(mandatory=lambda _: pointers) if pointers else issuing()
    return data_integrity.sign(
        document or factories.credential(),
        suite=suite,
        signer=P256Signer(),
        verification_method=METHOD,
        created=NOON,
    )


def shown(document: JsonObject, *pointers: str) -> JsonObject:
    return derive(document, pointers, grouping=grouping())


def check(document: JsonObject) -> None:
    """Check what is shown, as a verifier does."""
    [proof] = data_integrity.proofs_of(document)
    data_integrity.verify(document, proof, suite=verifying(), public_key=key_of(P256Signer()))
