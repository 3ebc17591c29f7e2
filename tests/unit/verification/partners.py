"""A hub whose DID is its key, which vouches for partners in a ledger in memory."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from credhub.credentials.issuer import Issuer
from credhub.credentials.partner_endorsement import PartnerEndorsement
from credhub.jsontypes import JsonObject, canonical, digest
from credhub.ledger.entry import Kind
from credhub.ledger.partner_events import PartnerChange, PartnersChanged, digest_of_list
from credhub.ledger.policy import Policy
from credhub.ledger.receipt import PublicEntry
from credhub.verification.partner_list import PartnerList, SignedEndorsement
from tests.unit import factories
from tests.unit.factories import HOST, NOON, MemorySigner
from tests.unit.ledger.builder import ORIGIN, VKEY, Ledger

HUB = MemorySigner(5)
NORDIC = "did:web:nordic.example"
BALTIC = "did:web:baltic.example"
YEAR = timedelta(days=365)
LATER = NOON + timedelta(days=1)


def policy_of(did: str = HUB.did) -> Policy:
    return Policy.parse(
        f"#hub {did} {ORIGIN.removesuffix('2026')}\nlog {VKEY.text()}\nquorum none\n".encode()
    )


def issuer(did: str = HUB.did) -> Issuer:
    return Issuer(id=did, name="Riverside Learning Hub", url=f"{HOST}/hubs/riverside")


def endorsement(did: str = NORDIC, **changes: object) -> PartnerEndorsement:
    values = PartnerEndorsement(
        id=f"{HOST}/hubs/riverside/partners/1",
        did=did,
        name="Nordic Coders",
        comment="They train with care.",
        valid_from=NOON,
        valid_until=NOON + YEAR,
    )
    return replace(values, **changes)  # type: ignore[arg-type]  # a test may name any member


def signed(document: JsonObject | None = None, *, signer: MemorySigner = HUB) -> JsonObject:
    return factories.signed(document or endorsement().to_document(issuer()), signer=signer)


@dataclass(kw_only=True)
class Vouching:
    """What a hub said of its partners so far, each change in its ledger."""

    ledger: Ledger = field(default_factory=Ledger)
    listed: list[tuple[JsonObject, int]] = field(default_factory=list)
    version: int = 0

    def add(self, document: JsonObject | None = None) -> JsonObject:
        """Sign and record an endorsement, or record this one."""
        made = document or signed()
        self.listed.append((made, self.version))
        self._record(PartnerChange.ADDED, made)
        return made

    def end(self, place: int = 0) -> None:
        ended, _ = self.listed.pop(place)
        self._record(PartnerChange.ENDED, ended)

    def published(self) -> PartnerList:
        return PartnerList(
            did=HUB.did,
            version=self.version,
            receipt=self.receipt(self.version - 1) if self.version else None,
            endorsements=tuple(
                SignedEndorsement(
                    credential=canonical(document).decode(), receipt=self.receipt(index)
                )
                for document, index in self.listed
            ),
        )

    def receipt(self, index: int) -> str:
        extra = PublicEntry(encoded=self.ledger.entries[index].entry)
        return self.ledger.receipt(index, extra.encode()).text()

    def _record(self, change: PartnerChange, document: JsonObject) -> None:
        self.version += 1
        said = PartnersChanged(
            change=change,
            endorsement=str(document["id"]),
            digest=digest(document),
            in_force=digest_of_list(digest(one) for one, _ in self.listed),
            version=self.version,
            at=NOON,
        )
        self.ledger.append_public(said.payload(), kind=Kind.ENDORSEMENT)


def vouching(*documents: JsonObject) -> Vouching:
    """Vouch for these, or for one."""
    made = Vouching()
    for document in documents or (None,):
        made.add(document)
    return made
