"""Which checks a client asks for."""

from collections.abc import Collection
from typing import Final

from credhub.errors import VcalmRequestError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification.reading import looks_like_token
from credhub.verification.report import Check
from credhub.web.vcalm.bodies import Options
from credhub.web.vcalm.problem_details import ALL_CHECKS, PROOF_CHECKS

VERIFY_OPTIONS: Final = frozenset({"checks", "challenge", "domain"})

_MORE: Final = {
    "credentialStatus": Check.STATUS,
    "status": Check.STATUS,
    "credentialSchema": Check.SCHEMA,
    "validity": Check.VALIDITY,
}


def checks_of(options: Options) -> Collection[Check]:
    """Choose the checks that decide. That of the proof always does.

    Raises:
        VcalmRequestError: The option is not a list of texts.
    """
    wanted = options.texts("checks")
    if not wanted:
        return ALL_CHECKS
    more = [_MORE[name] for name in wanted if name in _MORE]
    return (*PROOF_CHECKS, Check.LEDGER, *more)


def as_received(value: JsonValue) -> bytes | JsonObject:
    """Give what is to be verified: an object, or the text of a token.

    Raises:
        VcalmRequestError: It is something else, such as an object that was written as a text.
    """
    if isinstance(value, dict):
        return value
    text = value.encode("utf-8", "replace") if isinstance(value, str) else b""
    if not looks_like_token(text):
        raise VcalmRequestError("What is to be verified is neither an object nor a token.")
    return text
