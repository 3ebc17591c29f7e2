"""Whether a credential stands, as clients of VCALM say it: one status of one purpose, on or off."""

from contextlib import suppress
from typing import Final

from starlette.responses import Response

from credhub.errors import AlreadyRevokedError, CredentialNotFoundError, VcalmRequestError
from credhub.jsontypes import JsonObject, parse_object
from credhub.runtime import Runtime
from credhub.services import reading, revoking, suspending
from credhub.services.api_keys import Caller
from credhub.services.reading import OpenedCredential
from credhub.status.document import Purpose
from credhub.verification.published_status import entries_of
from credhub.web import standing
from credhub.web.media import JSON
from credhub.web.vcalm import bodies, problem_details
from credhub.web.vcalm.bodies import StatusChange

REASON: Final = "Asked for through VCALM."


def changed(body: bytes, caller: Caller, runtime: Runtime) -> Response:
    """Change the status of a credential. What is so already is answered like what was changed.

    Raises:
        VcalmRequestError: The body is not of the documented form, or asks for what cannot be.
        CredentialNotFoundError: The caller's hub has no such credential.
        NotSuspendableError, NotSuspendedError, AlreadyRevokedError: It cannot be changed so.
    """
    wanted = bodies.status_change(body)
    change = _change(wanted)
    opened = _of_caller(runtime, caller, wanted.address)
    _check_place(opened, wanted.place)
    is_so = (AlreadyRevokedError,) if wanted.purpose is Purpose.REVOCATION else ()
    with suppress(*is_so):
        standing.changed(change, runtime, caller, opened.credential.credential_id, REASON)
    return Response(b"{}", media_type=JSON, headers=problem_details.NO_STORE)


def _change(wanted: StatusChange) -> standing.Change:
    match wanted.purpose, wanted.is_set:
        case Purpose.REVOCATION, True:
            return revoking.revoke
        case Purpose.REVOCATION, False:
            raise VcalmRequestError("A revocation is final. It is never lifted.")
        case _, True:
            return suspending.suspend
        case _:
            return suspending.lift


def _of_caller(runtime: Runtime, caller: Caller, address: str) -> OpenedCredential:
    found = reading.by_code(runtime.resources, address.rpartition("/c/")[2])
    if found.hub.number != caller.hub or found.address != address:
        raise CredentialNotFoundError
    return found


def _check_place(opened: OpenedCredential, place: JsonObject) -> None:
    """Refuse to change the status in another place than the one that is meant."""
    said = {name: value for name, value in place.items() if name != "type"}
    if said.keys() == {"statusPurpose"}:
        return
    for entry in entries_of(parse_object(opened.signed)):
        if all(entry.get(name) == value for name, value in said.items()):
            return
    raise VcalmRequestError("The credential has no such place in a status list.")
