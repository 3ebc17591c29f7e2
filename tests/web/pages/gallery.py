"""Every page in every form, for the tests that hold for all of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from credhub.services.showing import part_of
from credhub.store.learner_choices import UNCHOSEN, Choice, Shown
from credhub.store.learner_requests import RequestKind
from credhub.verification.presentation_report import PresentationReport
from credhub.verification.report import Report, Verdict
from credhub.web.pages.claim_view import LinkView, Problem, Told, Typed, claim_view
from credhub.web.pages.presentation_view import presentation_view
from credhub.web.pages.public_views import (
    AwardView,
    LogView,
    PartnerView,
    ProblemView,
    VerifyView,
    VersionView,
    definition_view,
    home_view,
    hub_view,
)
from credhub.web.pages.rendering import (
    render_achievement,
    render_claim,
    render_claim_link,
    render_docs,
    render_home,
    render_hub,
    render_presentation,
    render_problem,
    render_verification,
    render_verify,
)
from credhub.web.pages.verification_view import verification_view
from tests.web.pages import presentations, samples
from tests.web.pages.openapi_sample import OPENAPI

if TYPE_CHECKING:
    from credhub.jsontypes import JsonObject


def permanent_page(report: Report) -> str:
    """The page at the permanent address of a hub's own credential."""
    return render_verification(
        verification_view(
            report, base_url=samples.BASE_URL, code=samples.CODE, hub_slug="riverside"
        )
    )


def sent_in_page(report: Report) -> str:
    """The page that answers a document that was sent in."""
    return render_verification(verification_view(report, base_url=samples.BASE_URL))


def presentation_page(report: PresentationReport) -> str:
    """The page that answers a presentation that was sent in."""
    return render_presentation(presentation_view(report, base_url=samples.BASE_URL))


def hub_page(name: str = "Riverside Makers Hub", description: str = "A workshop.") -> str:
    return render_hub(
        hub_view(
            slug="riverside",
            name=name,
            did=samples.DID,
            base_url=samples.BASE_URL,
            description=description,
            url="https://riverside.example.org/",
            email="learning@riverside.example.org",
            awards=[
                AwardView(name=name, code="aaaa", type_code="Badge", description=description),
                AwardView(name="Welding", code="aaab"),
            ],
            partners=[
                PartnerView(
                    name=name,
                    did="did:web:college.example",
                    until=datetime(2027, 2, 3, tzinfo=UTC),
                    code="aaac",
                    comment=description,
                ),
                PartnerView(
                    name="Nordic Coders",
                    did="did:web:nordic.example",
                    until=datetime(2027, 2, 3, tzinfo=UTC),
                    code="aaad",
                ),
            ],
            logs=[
                LogView(label="2025", origin="o/2025", size=9, vkey="o+1+k", frozen=True),
                LogView(label="2026", origin="o/2026", size=1482, vkey="o+2+k"),
            ],
        )
    )


def definition_page(validity: str | None = "P1Y6M") -> str:
    published = datetime(2026, 2, 3, tzinfo=UTC)
    version = VersionView(
        version=2, published_at=published, digest=bytes(range(32)), log="2026", seq=8
    )
    return render_achievement(
        definition_view(
            samples.achievement(),
            code="aaaa",
            hub_name="Riverside Makers Hub",
            hub_slug="riverside",
            base_url=samples.BASE_URL,
            version=2,
            validity=validity,
            versions=[version],
        )
    )


def _bare_definition() -> str:
    view = definition_view(
        {"name": "Welding"}, code="a", hub_name="H", hub_slug="h", base_url=samples.BASE_URL
    )
    return render_achievement(view)


def _bare_hub() -> str:
    return render_hub(hub_view(slug="h", name="H", did="did:key:z6Mk", base_url=samples.BASE_URL))


def _superseded() -> str:
    successor = f"{samples.BASE_URL}/c/{samples.CODE}"
    return permanent_page(replace(samples.report(), superseded_by=successor))


def _bare_credential() -> str:
    document: JsonObject = {
        "issuer": samples.DID,
        "credentialSubject": {"achievement": {"name": "Welding"}},
    }
    return sent_in_page(samples.report(Verdict.UNKNOWN_ISSUER, document))


def _unreached_issuer() -> str:
    return sent_in_page(replace(samples.report(Verdict.INDETERMINATE), credential=None))


def _home(*hubs: tuple[str, str]) -> str:
    return render_home(home_view(base_url=samples.BASE_URL, hubs=hubs))


def _problem(kind: str) -> str:
    return render_problem(ProblemView(kind=kind, code="outcome-unknown", detail="It was busy."))


def claim_page(  # noqa: PLR0913 - what the page may say
    report: Report,
    choice: Choice = UNCHOSEN,
    *,
    waiting: Iterable[RequestKind] = (),
    told: Told | None = None,
    problem: Problem | None = None,
    typed: Typed | None = None,
) -> str:
    """The page of a learner."""
    verification = verification_view(
        report, base_url=samples.BASE_URL, code=samples.CODE, hub_slug="riverside"
    )
    view = claim_view(
        verification,
        choice=choice,
        now=report.checked_at,
        until=report.checked_at + timedelta(hours=1),
        proof="x" * 43,
        waiting=tuple(waiting),
        told=told,
        problem=problem,
        typed=typed,
    )
    return render_claim(view)


def partial_page(verdict: Verdict) -> str:
    """The permanent address where the learner shows only whether it is valid."""
    whole = samples.report(verdict)
    return permanent_page(replace(whole, credential=part_of(samples.credential()), is_partial=True))


_SOON: Final = Choice(shown=Shown.VALIDITY, until=datetime(2027, 2, 4, tzinfo=UTC))
_LINKS: Final = {
    "": LinkView(),
    " refused": LinkView(problem=Problem.REFUSED, secret="A" * 36),
    " not whole": LinkView(problem=Problem.NOT_WHOLE),
    " ended": LinkView(problem=Problem.ENDED),
    " asked": LinkView(asked=True),
    " left": LinkView(left=True),
}

PAGES: Final[Mapping[str, Callable[[], str]]] = {
    **{f"verdict {v}": partial(permanent_page, samples.report(v)) for v in Verdict},
    **{f"sent in {v}": partial(sent_in_page, samples.report(v)) for v in Verdict},
    **{
        f"problem {kind}": partial(_problem, kind)
        for kind in ("not-found", "erased", "not-shown", "rate-limited", "too-large", "generic")
    },
    **{f"claim link{name}": partial(render_claim_link, view) for name, view in _LINKS.items()},
    "claim": partial(claim_page, samples.report()),
    "claim revoked": partial(claim_page, samples.report(Verdict.REVOKED)),
    "claim of nothing to show": partial(claim_page, samples.report(Verdict.INVALID)),
    "claim with a choice": partial(claim_page, samples.report(), _SOON, told=Told.SHOWN),
    "claim after asking": partial(
        claim_page,
        samples.report(),
        Choice(shown=Shown.NOTHING),
        waiting=(RequestKind.CORRECTION, RequestKind.ERASURE),
        told=Told.ASKED,
    ),
    "claim with a problem": partial(
        claim_page, samples.report(), problem=Problem.TEXT, typed=Typed(text="\u0627 <b>")
    ),
    "partial": partial(partial_page, Verdict.VALID),
    "partial revoked": partial(partial_page, Verdict.REVOKED),
    "superseded": _superseded,
    "bare credential": _bare_credential,
    "unreached issuer": _unreached_issuer,
    **{
        f"presentation {name}": partial(presentation_page, presentations.PRESENTATIONS[name])
        for name in presentations.PRESENTATIONS
    },
    "hub": hub_page,
    "bare hub": _bare_hub,
    "definition": definition_page,
    "bare definition": _bare_definition,
    "verify": partial(render_verify, VerifyView()),
    "verify with a problem": partial(render_verify, VerifyView(problem="not-ours", query="abc")),
    "home": partial(_home, ("riverside", "Riverside Makers Hub")),
    "empty home": _home,
    "docs": partial(render_docs, OPENAPI),
}
