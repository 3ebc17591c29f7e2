"""Which checks a client asks for."""

from collections.abc import Collection
from typing import Final

from credhub.jsontypes import JsonObject, JsonValue
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
    """Give what is to be verified: an object, or the text of a token."""
    return value if isinstance(value, dict) else str(value).encode("utf-8", "replace")
