"""What the verification page shows: a report, arranged for an employer.

The page is made from the report alone. When the verdict is ``invalid``, or the report carries no
verified document, the view holds no text that came from the document (THREATS T03).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credhub.jsontypes import JsonObject
from credhub.web.pages.credential_view import CredentialView, credential_view
from credhub.web.pages.links import Link, host_of, link_of
from credhub.web.pages.reading import count_of, object_of, objects_of, text_of, time_of

# The checks as an employer asks about them.
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "genuine": ("parse", "structure", "proof", "schema"),
    "standing": ("validity", "status"),
    "authority": ("issuerBinding", "ledger", "trust"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """One check.

    Attributes:
        detail: The report's own sentence, or None when it may repeat an unverified document.
    """

    check: str
    outcome: str
    code: str
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """The checks that answer one question, and their answer together."""

    group: str
    outcome: str
    checks: tuple[CheckView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerView:
    """Where a credential is recorded."""

    log: str
    seq: int
    size: int | None
    cosignatures: int
    checkpoint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadView:
    """One file to keep; ``kind`` names it in the catalogue."""

    kind: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationView:
    """The whole verification page.

    Attributes:
        credential: None when nothing of the document may be shown.
        address: The permanent address; None for a document that was sent in.
        superseded_by: The corrected credential, always one of this service.
    """

    verdict: str
    checked_at: datetime | None
    groups: tuple[GroupView, ...]
    passed: int
    total: int
    credential: CredentialView | None
    ledger: LedgerView | None
    address: str | None
    did_document: Link | None
    superseded_by: Link | None
    downloads: tuple[DownloadView, ...]
    host: str


def verification_view(
    report: JsonObject, *, base_url: str, code: str | None = None, hub_slug: str | None = None
) -> VerificationView:
    """Arrange a report for the page.

    Args:
        report: ``Report.to_document()``.
        base_url: The address of this service.
        code: The public code, when the page is the credential's permanent address.
        hub_slug: The hub of this service that issued it, when it is one.
    """
    credential = _shown(report)
    groups = _groups(report, details=credential is not None)
    checks = [check for group in groups for check in group.checks]
    return VerificationView(
        verdict=text_of(report, "verdict") or "invalid",
        checked_at=time_of(report, "checkedAt"),
        groups=groups,
        passed=sum(check.outcome == "passed" for check in checks),
        total=sum(check.outcome != "skipped" for check in checks),
        credential=None
        if credential is None
        else credential_view(credential, base_url=base_url, hub_slug=hub_slug),
        ledger=None if credential is None else _ledger(report, hub_slug),
        address=None if code is None else f"{base_url.rstrip('/')}/c/{code}",
        did_document=_did_document(hub_slug, base_url=base_url),
        superseded_by=_superseded_by(report, base_url=base_url),
        downloads=_downloads(code, report, shown=credential is not None),
        host=host_of(base_url),
    )


def _shown(report: JsonObject) -> JsonObject | None:
    credential = object_of(report, "credential")
    return credential if credential and text_of(report, "verdict") != "invalid" else None


def _groups(report: JsonObject, *, details: bool) -> tuple[GroupView, ...]:
    results = {text_of(result, "check"): result for result in objects_of(report, "checks")}
    return tuple(
        _group(group, [_check(name, results.get(name, {}), details=details) for name in names])
        for group, names in GROUPS.items()
    )


def _group(group: str, checks: list[CheckView]) -> GroupView:
    return GroupView(group=group, outcome=_worst(checks), checks=tuple(checks))


def _worst(checks: Iterable[CheckView]) -> str:
    outcomes = {check.outcome for check in checks}
    return next((worst for worst in ("failed", "unknown") if worst in outcomes), "passed")


def _check(name: str, result: JsonObject, *, details: bool) -> CheckView:
    outcome = text_of(result, "outcome") or "unknown"
    if name == "trust" and outcome == "failed":
        outcome = "unknown"  # an issuer that we do not know must never look like a forger
    return CheckView(
        check=name,
        outcome=outcome,
        code=text_of(result, "code") or "not-checked",
        detail=text_of(result, "detail") if details else None,
    )


def _ledger(report: JsonObject, hub_slug: str | None) -> LedgerView | None:
    ledger = object_of(report, "ledger")
    log, seq = text_of(ledger, "log"), count_of(ledger, "seq")
    if log is None or seq is None:
        return None
    return LedgerView(
        log=log,
        seq=seq,
        size=_size(text_of(ledger, "checkpoint")),
        cosignatures=sum(1 for _ in objects_of(ledger, "cosignatures")),
        checkpoint=None if hub_slug is None else f"/ledger/{hub_slug}/checkpoint",
    )


def _size(checkpoint: str | None) -> int | None:
    lines = (checkpoint or "").split("\n")
    return int(lines[1]) if len(lines) > 1 and lines[1].isascii() and lines[1].isdigit() else None


def _did_document(hub_slug: str | None, *, base_url: str) -> Link | None:
    if hub_slug is None:
        return None
    return link_of(f"{base_url.rstrip('/')}/hubs/{hub_slug}/did.json", base_url=base_url)


def _superseded_by(report: JsonObject, *, base_url: str) -> Link | None:
    address = text_of(report, "supersededBy")
    if address is None or not address.startswith(f"{base_url.rstrip('/')}/c/"):
        return None
    return link_of(address, base_url=base_url)


def _downloads(code: str | None, report: JsonObject, *, shown: bool) -> tuple[DownloadView, ...]:
    if code is None:
        return ()
    files = {"report": f"/c/{code}?format=report"}
    if shown:
        files = {
            "pdf": f"/c/{code}?format=pdf",
            "credential": f"/c/{code}?format=vc",
            **files,
        }
    if shown and object_of(report, "ledger"):
        files["receipt"] = f"/c/{code}/receipt"
    return tuple(DownloadView(kind=kind, href=href) for kind, href in files.items())
