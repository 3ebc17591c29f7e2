"""The pages, each a pure function from a view to HTML."""

from credhub.jsontypes import JsonObject
from credhub.web.pages.api_docs import api_docs_view
from credhub.web.pages.claim_view import ClaimView, LinkView
from credhub.web.pages.environment import render
from credhub.web.pages.presentation_view import PresentationView
from credhub.web.pages.public_views import (
    DefinitionView,
    HomeView,
    HubView,
    ProblemView,
    VerifyView,
)
from credhub.web.pages.verification_view import VerificationView


def render_verification(view: VerificationView) -> str:
    """Show the outcome of a verification: a permanent address, or a document that was sent in."""
    return render("verification.html", view=view)


def render_presentation(view: PresentationView) -> str:
    """Show the outcome of the verification of a presentation that was sent in."""
    return render("presentation.html", view=view)


def render_claim_link(view: LinkView) -> str:
    """Show where a link for a learner is opened."""
    return render("claim_link.html", view=view)


def render_claim(view: ClaimView) -> str:
    """Show a learner what is theirs."""
    return render("claim.html", view=view.verification, claim=view)


def render_problem(view: ProblemView) -> str:
    """Show that something was erased, was not found, came too often, or went wrong."""
    return render("problem.html", view=view)


def render_hub(view: HubView) -> str:
    """Show a hub to the public."""
    return render("hub.html", view=view)


def render_achievement(view: DefinitionView) -> str:
    """Show an achievement definition to the public."""
    return render("achievement.html", view=view)


def render_verify(view: VerifyView) -> str:
    """Show the form that checks a credential."""
    return render("verify.html", view=view)


def render_home(view: HomeView) -> str:
    """Show the start page."""
    return render("home.html", view=view)


def render_docs(openapi: JsonObject, *, base_url: str = "") -> str:
    """Show an OpenAPI document as a page, with examples for this address."""
    return render("docs.html", view=api_docs_view(openapi, base_url=base_url))
