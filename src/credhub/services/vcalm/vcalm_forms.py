"""In which forms a credential that a client composed is signed, and what makes them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from credhub.errors import FormNotOfferedError
from credhub.jsontypes import JsonObject
from credhub.proofs.forms import DEFAULT, TOKENS, Form
from credhub.services import deriving, forms
from credhub.services.forms import DataIntegrityForm, FormMaker
from credhub.services.resources import Resources
from credhub.verification import data_model


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a client asks for.

    Attributes:
        form: The form of the answer.
        mandatory: JSON Pointers to what is always shown of the form of which parts can be shown;
            without any, what every hub shows.
    """

    form: Form = DEFAULT
    mandatory: tuple[str, ...] = ()


DEFAULT_WISH: Final = Wish()


def of(document: JsonObject, chosen: Collection[Form], wish: Wish) -> tuple[Form, ...]:
    """List the forms to sign a document in: all that the hub chose and that can say it.

    Args:
        document: The document without proof.
        chosen: The forms in which the hub signs now, the default one first.
        wish: What the client asks for.

    Raises:
        FormNotOfferedError: What the client asks for is none of them.
    """
    able = tuple(form for form in chosen if _can_say(form, document))
    if wish.form not in able:
        raise FormNotOfferedError(f"The hub signs such a credential as {', '.join(able)} only.")
    return able


def maker_of(resources: Resources, form: Form, wish: Wish) -> FormMaker:
    """Find what makes a form. What it costs to divide a document is spent in a worker process."""
    if form is not Form.ECDSA_SD_2023:
        return forms.maker_of(resources, form)
    suite = deriving.selective_suite(resources)
    if wish.mandatory:
        suite = suite.always_showing(wish.mandatory)
    return DataIntegrityForm(form, suite)


def _can_say(form: Form, document: JsonObject) -> bool:
    if form is Form.DC_SD_JWT:
        return False  # Its claims name an achievement.
    # VC-JOSE-COSE is for version 2.0 alone.
    return form not in TOKENS or data_model.version_of(document) == data_model.V2
