"""Offline: how large bundles and receipts are, and what it costs to check them."""

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks import engines
from benchmarks.directly import issue, publish
from benchmarks.effort import Effort
from benchmarks.figures import Figures, Row, Table
from credhub.keys.ed25519 import Ed25519Signer
from credhub.ledger.checkpoint import Checkpoint, sign_checkpoint
from credhub.ledger.commitment import InnerKind
from credhub.ledger.cosignature import WitnessKey, cosign
from credhub.ledger.entry import leaf_hash
from credhub.ledger.events import Issued
from credhub.ledger.merkle import hash_children
from credhub.ledger.note import VerifierKey, add_signatures
from credhub.ledger.policy import Policy
from credhub.ledger.policy_lines import Group, KnownIssuer, KnownLog, KnownWitness
from credhub.ledger.receipt import PrivateOpening, Receipt, check_about
from credhub.proofs.suite import Suite
from credhub.services import bundles, policies
from credhub.status import bitstring
from credhub.verification.bundle import Bundle
from credhub.verification.offline import verify_bundle
from credhub.verification.pinned import PinnedLedgers
from credhub.verification.report import Verdict
from tests.running import Service, running

ORIGIN: Final = "hub.example/ledger/riverside/2026"
DID: Final = "did:web:hub.example:hubs:riverside"
HEIGHTS: Final = (10, 20, 30)
WITNESSES: Final = (0, 3)
REVOKED: Final = (0, 100, 1_000, 10_000)


def offline(effort: Effort) -> Iterator[Table]:
    """Measure sizes, receipts, and whole verifications."""
    with _service() as service:
        bundle = bundles.make(service.resources, issue(service, publish(service), "1"))
        yield _sizes(bundle)
        yield _receipts(effort)
        yield _verifications(service, bundle, effort)


def _sizes(bundle: Bundle) -> Table:
    stapled = bundle.status_list
    assert stapled is not None  # noqa: S101 - every credential of ours has one
    parts = {
        "whole": len(bundle.encode()),
        "credential": len(bundle.credential),
        "receipt": len(bundle.receipt),
        "receipt of the key": len(bundle.key.receipt),
        "status list": len(stapled.credential),
        "receipt of the list": len(stapled.receipt),
    }
    empty = len(bitstring.encode(()))
    lists = {
        f"whole, {count:,} of the list revoked": parts["whole"] - empty + _encoded(count)
        for count in REVOKED
    }
    rows = tuple((name, f"{size:,}") for name, size in (parts | lists).items())
    return Table(title="Bundle", columns=("part", "bytes"), rows=rows)


def _encoded(revoked: int) -> int:
    random = secrets.SystemRandom()
    return len(bitstring.encode(random.sample(range(bitstring.LENGTH), revoked)))


def _receipts(effort: Effort) -> Table:
    rows = tuple(
        _receipt_row(height, witnesses, effort) for height in HEIGHTS for witnesses in WITNESSES
    )
    columns = ("entries", "witnesses", "bytes", "per second", "p50 ms", "p99 ms")
    return Table(
        title="Receipt under a policy",
        columns=columns,
        rows=rows,
        note="Parsed, opened under the policy and compared with the credential.",
    )


def _receipt_row(height: int, witnesses: int, effort: Effort) -> Row:
    receipt, policy, digest = _receipt(height, witnesses)
    ledgers = PinnedLedgers(policy)
    figures = _timed(lambda: check_about(ledgers.open(receipt, DID).opened, digest), effort)
    return (f"2^{height}", str(witnesses), f"{len(receipt.encode()):,}", *figures.cells())


def _receipt(height: int, count: int) -> tuple[str, Policy, bytes]:
    """Make a receipt as a log of this size gives it; every other hash of the tree is random."""
    digest = secrets.token_bytes(32)
    issued = Issued(
        credential_id="019ab0f2-6f5e-7c3a-9d4e-000000000000", form="eddsa-rdfc-2022", digest=digest
    )
    extra = PrivateOpening(
        time_ms=1_795_000_000_000,
        opening=secrets.token_bytes(32),
        inner_kind=InnerKind.ISSUE,
        payload=issued.payload(),
    )
    path = tuple(secrets.token_bytes(32) for _ in range(height))
    root = leaf_hash(extra.entry().encode())
    for sibling in path:
        root = hash_children(root, sibling)
    log, witnesses = Ed25519Signer.generate(), [Ed25519Signer.generate() for _ in range(count)]
    checkpoint = Checkpoint(origin=ORIGIN, size=2**height, root=root)
    note = sign_checkpoint(checkpoint, public_key=log.public_key, sign=log.sign)
    keys = [
        WitnessKey(name=f"witness{number}.example/witness", public_key=one.public_key)
        for number, one in enumerate(witnesses)
    ]
    lines = [
        cosign(checkpoint.text(), key=key, timestamp=1_795_000_001, sign=one.sign)
        for key, one in zip(keys, witnesses, strict=True)
    ]
    known = tuple(KnownWitness(name=f"w{number}", key=key) for number, key in enumerate(keys))
    names = tuple(one.name for one in known)
    groups = (Group(name="all", threshold=count, members=names),) if known else ()
    policy = Policy(
        logs=(KnownLog(key=VerifierKey(name=ORIGIN, public_key=log.public_key)),),
        issuers=(KnownIssuer(did=DID, origin=ORIGIN),),
        witnesses=known,
        groups=groups,
        quorum="all" if known else "none",
    )
    receipt = Receipt(
        index=0, proof=path, checkpoint=add_signatures(note, lines), extra=extra.encode()
    )
    return receipt.text(), policy, digest


def _verifications(service: Service, bundle: Bundle, effort: Effort) -> Table:
    resources = service.resources
    policy = policies.of_hubs(resources.store, witnesses=Policy())
    ways = {"in this process": resources.suites, "in a worker": resources.guarded_suites}
    data = bundle.encode()

    def verified(suites: Mapping[str, Suite]) -> None:
        report = verify_bundle(
            data,
            policy=policy,
            suites=suites,
            schemas=resources.schemas,
            now=service.clock(),
        )
        assert report.verdict is Verdict.VALID  # noqa: S101 - else the figure means nothing

    rows = tuple(
        (name, *_timed(lambda suites=suites: verified(suites), effort).cells())  # type: ignore[misc]  # bound on purpose
        for name, suites in ways.items()
    )
    return Table(
        title="Verify a bundle offline",
        columns=("JSON-LD is canonicalised", "per second", "p50 ms", "p99 ms"),
        rows=rows,
        note="All nine checks, without the start of a process.",
    )


def _timed(work: Callable[[], object], effort: Effort) -> Figures:
    work()
    times: list[float] = []
    begun = time.perf_counter()
    while time.perf_counter() < begun + effort.short:
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return Figures.of(times, seconds=time.perf_counter() - begun)


@contextmanager
def _service() -> Iterator[Service]:
    with (
        engines.migrated("sqlite") as url,
        tempfile.TemporaryDirectory(prefix="credhub-bench-") as folder,
        running(url, Path(folder)) as service,
    ):
        yield service
