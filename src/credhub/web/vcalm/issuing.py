"""Issuing: what a client composed is signed in the forms of the hub, and one is the answer."""

from typing import Final

from starlette.responses import Response

from credhub.services.api_keys import Caller
from credhub.services.idempotency import Once
from credhub.services.resources import Resources
from credhub.services.vcalm import vcalm_recording
from credhub.web.signed_member import written
from credhub.web.vcalm import bodies
from credhub.web.vcalm.answers import made
from credhub.web.vcalm.wishes import ISSUE_OPTIONS, wish_of

ROUTE: Final = "POST /vcalm/credentials/issue"


def issued(body: bytes, caller: Caller, resources: Resources, key: str | None) -> Response:
    """Sign a credential for the caller's hub.

    Args:
        body: As it arrived.
        caller: Who asks.
        resources: What services work with.
        key: The Idempotency-Key, when the client sent one: software for VCALM may know none.

    Raises:
        VcalmRequestError: The body is not of the documented form.
        IdempotencyKeyMissingError: The key cannot be one.
        CredhubError: The credential is not signed, and why.
    """
    credential, options = bodies.read_object(body, "credential", options=ISSUE_OPTIONS)
    wish = wish_of(options)
    once = (
        None
        if key is None
        else Once(
            resources,
            caller.hub,
            route=ROUTE,
            key=key,
            body={"credential": credential, "options": options.members},
        )
    )
    signed = vcalm_recording.record(
        resources, caller.hub, credential, wish=wish, once=once, actor=f"api-key:{caller.key_id}"
    )
    return made({"verifiableCredential": written(wish.form, signed)})
