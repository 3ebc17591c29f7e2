"""The ``options`` of issuing: in which of the hub's forms, and what is always shown.

VCALM itself has ``mandatoryPointers``, and leaves the form to the instance that is called. The two
options that choose a form have the words in which its presentation requests choose one.
"""

from collections.abc import Mapping
from typing import Final

from credhub.errors import VcalmRequestError
from credhub.proofs.forms import DEFAULT, TOKENS, VC, Form
from credhub.services.vcalm.vcalm_forms import Wish
from credhub.web.vcalm.bodies import Options

ISSUE_OPTIONS: Final = frozenset({"cryptosuite", "mediaType", "mandatoryPointers"})

_BY_CRYPTOSUITE: Final[Mapping[str, Form]] = {
    form.value: form for form in Form if form not in TOKENS
}
_BY_MEDIA_TYPE: Final[Mapping[str, Form]] = {
    VC: DEFAULT,
    **{form.media_type: form for form in Form if form in TOKENS},
}


def wish_of(options: Options) -> Wish:
    """Read what a client asks for.

    Raises:
        VcalmRequestError: There is no such form, or the options do not go together.
    """
    mandatory = options.texts("mandatoryPointers") or ()
    form = _form(options, Form.ECDSA_SD_2023 if mandatory else DEFAULT)
    if mandatory and form is not Form.ECDSA_SD_2023:
        raise VcalmRequestError("The option mandatoryPointers is for ecdsa-sd-2023 only.")
    return Wish(form=form, mandatory=mandatory)


def _form(options: Options, otherwise: Form) -> Form:
    cryptosuite, media_type = options.text("cryptosuite"), options.text("mediaType")
    if cryptosuite is not None and media_type is not None:
        raise VcalmRequestError("Say a cryptosuite or a mediaType, not both.")
    if cryptosuite is not None:
        return _known(_BY_CRYPTOSUITE, cryptosuite, "cryptosuite")
    if media_type is not None:
        return _known(_BY_MEDIA_TYPE, media_type, "mediaType")
    return otherwise


def _known(by_name: Mapping[str, Form], name: str, option: str) -> Form:
    if name not in by_name:
        raise VcalmRequestError(f"The option {option} is none of {', '.join(by_name)}.")
    return by_name[name]
