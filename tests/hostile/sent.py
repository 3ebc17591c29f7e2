"""Texts that mean harm: a document or a token, and what every door must say of it."""

from collections.abc import Callable
from dataclasses import dataclass

from credhub.jsontypes import JsonObject, canonical
from credhub.proofs import data_integrity, eddsa_jcs_2022
from tests.did_sites import SIGNER
from tests.running import unique
from tests.services.sinks import badge
from tests.sites import Reply, Site
from tests.unit import factories


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What cases are made of.

    Attributes:
        own: A credential of the service that is attacked.
        address: Where it is.
        site: The web site of a stranger, the one place that the service can reach.
        history: The DID of the site that has a history.
    """

    own: JsonObject
    address: str
    site: Site
    history: str

    @property
    def school(self) -> str:
        """The DID of a known issuer on the site."""
        return f"{self.site.did}:school"

    def publish(self, content: bytes | Reply) -> str:
        """Put something under a new address of the site, and give the address."""
        path = f"/{unique('hostile')}"
        self.site.pages[path] = content
        return self.site.origin + path

    def publish_did(self, content: bytes | Reply) -> str:
        """Put something where the document of a new DID is, and give the DID."""
        name = unique("hostile")
        self.site.pages[f"/{name}/did.json"] = content
        return f"{self.site.did}:{name}"


Make = Callable[[World], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a holder was asked to sign."""

    challenge: str
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCase:
    """A text that must not be believed, and one like it that must.

    Attributes:
        threat: The threat that it belongs to, such as T08.
        says: What is answered: the verdict, or the status of a problem; and the deciding code.
        file_says: What is answered to the same bytes as a file, where that is something else.
        asked: Given where both are presentations.
    """

    name: str
    threat: str
    hostile: Make
    twin: Make
    says: str
    file_says: str | None = None
    asked: Asked | None = None


def own(world: World) -> bytes:
    """Give the credential as it was signed: the twin of everything that is done to it."""
    return canonical(world.own)


def by_bytes(document: JsonObject) -> JsonObject:
    """Sign the bytes of a document, whatever it means, with the key of a known issuer."""
    return data_integrity.sign(
        document,
        suite=eddsa_jcs_2022.suite(),
        signer=SIGNER,
        verification_method=SIGNER.method,
        created=factories.NOON,
    )


def honest() -> bytes:
    """Give a badge of a known issuer elsewhere."""
    return canonical(by_bytes(badge()))
