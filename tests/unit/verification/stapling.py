"""Hubs with ledgers in memory, and bundles of their credentials, stapled part by part."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from credhub import multikey
from credhub.credentials.schema import Schemas
from credhub.dids.document import DidDocument, VerificationMethod
from credhub.jsontypes import JsonObject, canonical, digest
from credhub.ledger.commitment import InnerKind, opening
from credhub.ledger.entry import NO_HASH, Kind, LedgerEntry
from credhub.ledger.events import Issued, KeyChange, KeyEvent, StatusListPublished
from credhub.ledger.merkle_proofs import inclusion_proof
from credhub.ledger.note import VerifierKey
from credhub.ledger.policy import Policy
from credhub.ledger.policy_lines import KnownIssuer, KnownLog
from credhub.ledger.receipt import PrivateOpening, PublicEntry, Receipt
from credhub.proofs.signer import key_of
from credhub.status import bitstring
from credhub.status.document import Purpose, StatusEntry, StatusList
from credhub.verification.bundle import Bundle, StapledKey, StapledList
from credhub.verification.offline import verify_bundle
from credhub.verification.report import Report
from tests.unit import factories
from tests.unit.factories import HOST, NOON, MemorySigner
from tests.unit.ledger.builder import KeyOf, Ledger, Tiles, signed
from tests.unit.verification.world import load_schemas, sign

WEEK = timedelta(days=7)
INDEX = 94567


@cache
def schemas() -> Schemas:
    return load_schemas()


class Log:
    """One log of a hub. What it records carries the time that it is told."""

    def __init__(self, origin: str, key: KeyOf) -> None:
        self.origin = origin
        self._key = key
        self._ledger = Ledger()

    @property
    def vkey(self) -> VerifierKey:
        return VerifierKey(name=self.origin, public_key=self._key.public_key)

    def record(self, kind: Kind, payload: bytes, *, at: datetime = NOON) -> tuple[int, bytes]:
        """Add a public entry; give its number and what a receipt says of it."""
        entry = LedgerEntry(kind=kind, time_ms=_ms(at), commitment=NO_HASH, public=payload)
        return self._add(entry), PublicEntry(encoded=entry.encode()).encode()

    def record_private(
        self, payload: bytes, *, kind: InnerKind = InnerKind.ISSUE, at: datetime = NOON
    ) -> tuple[int, bytes]:
        opened = PrivateOpening(
            time_ms=_ms(at),
            opening=opening(b"k" * 32, len(self._ledger.entries).to_bytes(16, "big")),
            inner_kind=kind,
            payload=payload,
        )
        return self._add(opened.entry()), opened.encode()

    def receipt(self, place: tuple[int, bytes]) -> str:
        """Prove an entry under the tree as it now is."""
        index, extra = place
        frontier = self._ledger.frontier
        tiles = Tiles([row.leaf_hash for row in self._ledger.entries])
        return Receipt(
            index=index,
            proof=inclusion_proof(index, frontier.size, tiles),
            checkpoint=signed(frontier.size, frontier.root(), origin=self.origin, key=self._key),
            extra=extra,
        ).text()

    def _add(self, entry: LedgerEntry) -> int:
        self._ledger.append(entry)
        return len(self._ledger.entries) - 1


@dataclass(kw_only=True)
class StapledHub:
    """A hub that signs, records and staples."""

    slug: str = "riverside"
    owner: str = "riverside"
    did: str = ""
    host: str = "hub.example"
    label: str = "2026"
    logs: list[Log] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.did = self.did or f"did:web:hub.example:hubs:{self.slug}"
        self.begin_log(self.label)

    @property
    def log(self) -> Log:
        return self.logs[-1]

    @property
    def signer(self) -> MemorySigner:
        return self.signer_of("key-1")

    @property
    def prefix(self) -> str:
        return f"{self.host}/ledger/{self.slug}/"

    @property
    def list_url(self) -> str:
        return f"{HOST}/hubs/{self.slug}/status/1"

    def begin_log(self, label: str) -> Log:
        self.logs.append(Log(self.prefix + label, KeyOf(f"{self.owner} {label}")))
        return self.log

    def signer_of(self, key_id: str) -> MemorySigner:
        return MemorySigner(sum(f"{self.owner} {key_id}".encode()) % 251 + 1)

    def policy(self, *logs: Log) -> Policy:
        return Policy(
            logs=tuple(KnownLog(key=log.vkey) for log in logs or self.logs),
            issuers=(KnownIssuer(did=self.did, origin=self.prefix),),
        )

    def key_event(self, key_id: str = "key-1", **changes: object) -> KeyEvent:
        values: dict[str, object] = {
            "event": KeyChange.ADDED,
            "key_id": key_id,
            "purpose": "issuing",
            "algorithm": "Ed25519",
            "public_key_multibase": multikey.encode_ed25519(self.signer_of(key_id).public_key),
            "did": self.did,
            "at": NOON,
        }
        return KeyEvent(**(values | changes))  # type: ignore[arg-type]  # a test may name any member

    def record_key(self, event: KeyEvent | None = None, *, at: datetime = NOON) -> str:
        payload = (event or self.key_event()).payload()
        return self.log.receipt(self.log.record(Kind.KEY, payload, at=at))

    def did_document(
        self, *ended: tuple[str, datetime], keys: Iterable[str] = ("key-1",)
    ) -> JsonObject:
        ends = dict(ended)
        methods = tuple(
            VerificationMethod(
                id=f"{self.did}#{key_id}",
                controller=self.did,
                public_key=key_of(self.signer_of(key_id)),
                revoked_at=ends.get(key_id),
            )
            for key_id in keys
        )
        return DidDocument(
            id=self.did, methods=methods, assertion=frozenset(method.id for method in methods)
        ).to_document()

    def credential(
        self,
        code: str = "1",
        *,
        key_id: str = "key-1",
        change: Callable[[JsonObject], object] = lambda _: None,
    ) -> JsonObject:
        document = factories.credential(code, did=self.did)
        document["credentialStatus"] = StatusEntry.at(
            self.list_url, INDEX, Purpose.REVOCATION
        ).to_document()
        change(document)
        return self.sign(document, key_id=key_id)

    def sign(self, document: JsonObject, *, key_id: str = "key-1") -> JsonObject:
        return sign(document, signer=self.signer_of(key_id), method=f"{self.did}#{key_id}")

    def record_issue(self, document: JsonObject, *, at: datetime = NOON) -> str:
        issued = Issued(credential_id="1", form="eddsa-rdfc-2022", digest=digest(document))
        return self.log.receipt(self.log.record_private(issued.payload(), at=at))

    def status_list(
        self,
        *revoked: int,
        key_id: str = "key-1",
        made_at: datetime = NOON,
        **changes: object,
    ) -> JsonObject:
        values: dict[str, object] = {
            "url": self.list_url,
            "issuer": self.did,
            "purpose": Purpose.REVOCATION,
            "encoded": bitstring.encode(revoked),
            "valid_from": made_at,
            "valid_until": made_at + WEEK,
        }
        made = StatusList(**(values | changes))  # type: ignore[arg-type]  # a test may name any member
        return self.sign(made.to_document(), key_id=key_id)

    def record_list(self, document: JsonObject, *, at: datetime = NOON, version: int = 1) -> str:
        published = StatusListPublished(url=self.list_url, version=version, digest=digest(document))
        return self.log.receipt(self.log.record(Kind.STATUS_LIST, published.payload(), at=at))

    def stapled_list(self, *revoked: int, **changes: object) -> StapledList:
        document = self.status_list(*revoked, **changes)  # type: ignore[arg-type]  # likewise
        return StapledList(
            credential=canonical(document).decode(), receipt=self.record_list(document)
        )

    def bundle(self, document: JsonObject | None = None) -> Bundle:
        """Issue a credential and staple everything that belongs to it."""
        document = document or self.credential()
        return Bundle(
            key=StapledKey(receipt=self.record_key()),
            credential=canonical(document).decode(),
            receipt=self.record_issue(document),
            status_list=self.stapled_list(),
            did_document=self.did_document(),
        )


def judge(
    bundle: Bundle | bytes,
    policy: Policy,
    *,
    now: datetime = NOON + timedelta(days=1),
    in_the_past: bool = False,
) -> Report:
    """Verify a bundle offline."""
    return verify_bundle(
        bundle if isinstance(bundle, bytes) else bundle.encode(),
        policy=policy,
        suites={factories.suite().name: factories.suite()},
        schemas=schemas(),
        now=now,
        in_the_past=in_the_past,
    )


def codes(report: Report) -> dict[str, str]:
    return {result.check.value: result.code for result in report.checks}


def _ms(moment: datetime) -> int:
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
