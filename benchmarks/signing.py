"""Signing alone: the pure core, without a database."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

from benchmarks.effort import Effort
from benchmarks.figures import Figures, Row, Table
from credhub import jsontypes
from credhub.bundled import read_schema_file
from credhub.credentials.document import VARYING
from credhub.dids import did_key
from credhub.jsontypes import JsonObject
from credhub.keys.ed25519 import Ed25519Signer
from credhub.proofs import data_integrity, eddsa_rdfc_2022
from credhub.proofs.contexts import Contexts
from credhub.proofs.hashed import HashedSuite
from credhub.proofs.rdfc import SafeCanonicalizer
from credhub.proofs.shaped import ShapedCanonicalizer
from credhub.proofs.signer import key_of

NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)


def signing(effort: Effort) -> Iterator[Table]:
    """Measure one thread."""
    canonicalizer = SafeCanonicalizer(Contexts.load(read_schema_file))
    suite = eddsa_rdfc_2022.suite(canonicalizer)
    signer = Ed25519Signer.generate()

    def sign(number: int) -> None:
        signed_credential(suite, signer, f"Learner {number}")

    def canonicalise(number: int) -> None:
        canonicalizer.canonical(credential(f"Learner {number}", "did:example:issuer"))

    shaped = ShapedCanonicalizer(canonicalizer, VARYING)

    def fill(number: int) -> None:
        shaped.canonical(credential(f"Learner {number}", "did:example:issuer"))

    def sign_bytes(number: int) -> None:
        signer.sign(number.to_bytes(64, "big"))

    parts: tuple[tuple[str, Callable[[int], None]], ...] = (
        ("sign a credential (eddsa-rdfc-2022), in full", sign),
        ("canonicalise it (RDFC-1.0), in full", canonicalise),
        ("canonicalise it, a known shape", fill),
        ("Ed25519 over 64 bytes", sign_bytes),
    )
    yield Table(
        title="Sign, in one thread",
        columns=("what", "per second", "p50 ms", "p99 ms"),
        rows=tuple(_row(name, call, effort.short / 2) for name, call in parts),
    )


def signed_credential(suite: HashedSuite, signer: Ed25519Signer, name: str) -> JsonObject:
    """Sign a credential as an issuer with a did:key."""
    did = did_key.did_of(key_of(signer))
    return data_integrity.sign(
        credential(name, did),
        suite=suite,
        signer=signer,
        verification_method=f"{did}#{did.removeprefix('did:key:')}",
        created=NOW,
    )


def credential(name: str, issuer: str) -> JsonObject:
    """Make an Open Badges 3.0 credential."""
    return jsontypes.parse_object(
        jsontypes.canonical(
            {
                "@context": [
                    "https://www.w3.org/ns/credentials/v2",
                    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
                ],
                "id": "https://issuer.example/credentials/1",
                "type": ["VerifiableCredential", "OpenBadgeCredential"],
                "name": "Solar panel fitter",
                "issuer": {"id": issuer, "type": ["Profile"], "name": "An issuer elsewhere"},
                "validFrom": "2026-01-01T00:00:00Z",
                "credentialSubject": {
                    "type": ["AchievementSubject"],
                    "name": name,
                    "achievement": {
                        "id": "https://issuer.example/achievements/1",
                        "type": ["Achievement"],
                        "name": "Solar panel fitter",
                        "description": "Can fit a small solar plant on a roof.",
                        "criteria": {"narrative": "Fitted two roofs under supervision."},
                    },
                },
            }
        )
    )


def _row(name: str, call: Callable[[int], None], seconds: float) -> Row:
    times: list[float] = []
    begun = time.perf_counter()
    while time.perf_counter() < begun + seconds:
        started = time.perf_counter()
        call(len(times))
        times.append(time.perf_counter() - started)
    return (name, *Figures.of(times, seconds=time.perf_counter() - begun).cells())
