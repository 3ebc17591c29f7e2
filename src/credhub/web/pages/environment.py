"""The template engine: everything is escaped, and an undefined name is an error."""

from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from credhub.verification.presentation_report import Finding
from credhub.verification.report import Outcome
from credhub.web.pages.assets import VERIFIER_NAME, asset
from credhub.web.pages.catalogue import ENGLISH, Catalogue, clock
from credhub.web.pages.verification_view import SAID, CheckView

LANGUAGES: Final = {"en": ENGLISH}


def render(template: str, *, language: str = "en", **values: object) -> str:
    """Fill one template in one language."""
    return _environment(language).get_template(template).render(**values)


@cache
def _environment(language: str) -> Environment:
    catalogue = LANGUAGES[language]
    environment = Environment(
        loader=PackageLoader("credhub.web.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(
        catalogue=catalogue,
        say=catalogue.say,
        plain=catalogue.plain,
        stylesheet=asset("credhub.css"),
        favicon=asset("favicon.svg"),
        own_check_script=asset("check.mjs"),
        claim_script=asset("claim.mjs"),
        verifier=asset(VERIFIER_NAME),
        check_sentence=lambda check: check_sentence(catalogue, check),
        finding_sentence=lambda finding: finding_sentence(catalogue, finding),
    )
    environment.filters.update(
        clock=clock, date=catalogue.date, date_text=catalogue.date_text, moment=catalogue.moment
    )
    return environment


def check_sentence(catalogue: Catalogue, check: CheckView) -> Markup | str:
    """Choose the sentence for one check.

    What only the report can say comes first, then the code's own sentence. What the report says
    is also for codes that this language does not know yet, when something went wrong; else the
    outcome has a sentence.
    """
    by_code, by_outcome = f"code.{check.code}", f"check.{check.check}.{check.outcome}"
    if check.detail is not None and check.code in SAID:
        return check.detail
    if by_code in catalogue:
        return catalogue.say(by_code)
    if check.detail is not None and check.outcome in {Outcome.FAILED, Outcome.UNKNOWN}:
        return check.detail
    return catalogue.say(by_outcome if by_outcome in catalogue else f"outcome.{check.outcome}")


def finding_sentence(catalogue: Catalogue, finding: Finding) -> Markup:
    """Choose the sentence for one check of a presentation: its code's own, or its outcome's."""
    by_code = f"code.{finding.code}"
    by_outcome = f"presentation.check.{finding.check}.{finding.outcome}"
    return catalogue.say(by_code if by_code in catalogue else by_outcome)
