"""What clients send: one strict JSON object, and options that are known here."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from credhub import jsontypes
from credhub.errors import VcalmRequestError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.status.document import ENTRY_TYPE, LIST_TYPE, Purpose

MAX_POINTERS: Final = 100
MAX_TEXT: Final = 2_000

# What a client may say about the form of the answer; the answer has one form.
_WITHOUT_EFFECT: Final = frozenset({"returnCredential", "returnProblemDetails", "returnResults"})

# The standard's own example names the type of the list where its text means that of the entry.
# Not sets: what is looked for in them may be an array.
_STATUS_TYPES: Final = (ENTRY_TYPE, LIST_TYPE)
_PLACE: Final = frozenset(
    {"id", "type", "statusPurpose", "statusListIndex", "statusListCredential"}
)


@dataclass(frozen=True, slots=True)
class Options:
    """The ``options`` of a request."""

    members: JsonObject

    def text(self, name: str) -> str | None:
        """Read a text that may be absent.

        Raises:
            VcalmRequestError: It is something else, or long.
        """
        value = self.members.get(name)
        if value is not None and (not isinstance(value, str) or len(value) > MAX_TEXT):
            raise VcalmRequestError(f"The option {name} is not a short text.")
        return value

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Read a list of texts that may be absent.

        Raises:
            VcalmRequestError: It is something else, or long.
        """
        value = self.members.get(name)
        if value is None:
            return None
        items = value if isinstance(value, list) else [None]
        texts = tuple(item for item in items if isinstance(item, str) and len(item) <= MAX_TEXT)
        if len(texts) != len(items) or len(items) > MAX_POINTERS:
            raise VcalmRequestError(f"The option {name} is not a short list of texts.")
        return texts


def read(body: bytes, name: str, *, options: Collection[str]) -> tuple[JsonValue, Options]:
    """Read the body of a request.

    Args:
        body: As it arrived.
        name: The member that holds what the request is about.
        options: The options that have a meaning here.

    Raises:
        MalformedJsonError: The body is not one strict JSON object.
        VcalmRequestError: It holds anything else than is documented.
    """
    members = jsontypes.parse_object(body)
    if name not in members:
        raise VcalmRequestError(f"The body has no member {name}.")
    # The public suites send the context of the words that they use.
    if members.keys() - {name, "options", "@context"}:
        raise VcalmRequestError("The body has a member that is not known here.")
    given = members.get("options", {})
    if not isinstance(given, dict):
        raise VcalmRequestError("The member options is not an object.")
    if given.keys() - set(options) - _WITHOUT_EFFECT:
        known = f"Known are {', '.join(sorted(options))}." if options else "None is known."
        raise VcalmRequestError(f"There is an option that is not known here. {known}")
    return members[name], Options(given)


def read_object(body: bytes, name: str, *, options: Collection[str]) -> tuple[JsonObject, Options]:
    """Read the body of a request that is about an object.

    Raises:
        VcalmRequestError: The body is anything else.
    """
    value, found = read(body, name, options=options)
    if not isinstance(value, dict):
        raise VcalmRequestError(f"The member {name} is not an object.")
    return value, found


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """What a client wants to be recorded.

    Attributes:
        address: Of which credential.
        place: What the client says of its place in the status list.
        purpose: The purpose of that list.
        is_set: Whether the status holds from now on.
    """

    address: str
    place: JsonObject
    purpose: Purpose
    is_set: bool


def status_change(body: bytes) -> StatusChange:
    """Read how the status of a credential is to be changed.

    Raises:
        MalformedJsonError: The body is not one strict JSON object.
        VcalmRequestError: It asks for anything else.

    Source:
        W3C VCALM 1.0, "Update Status", with its schema UpdateCredentialStatusRequest.
    """
    members = jsontypes.parse_object(body)
    if members.keys() - {"credentialId", "credentialStatus", "status"}:
        raise VcalmRequestError("The body has a member that is not known here.")
    address, place, status = (
        members.get(name) for name in ("credentialId", "credentialStatus", "status")
    )
    if not isinstance(address, str):
        raise VcalmRequestError("The member credentialId is not the address of a credential.")
    if not isinstance(status, bool):
        raise VcalmRequestError("The member status is neither true nor false.")
    if not isinstance(place, dict) or place.get("type") not in _STATUS_TYPES:
        raise VcalmRequestError("The member credentialStatus is no BitstringStatusListEntry.")
    if place.keys() - _PLACE:
        raise VcalmRequestError("The member credentialStatus has a member that is not known here.")
    purpose = next((one for one in Purpose if one.value == place.get("statusPurpose")), None)
    if purpose is None:
        raise VcalmRequestError("The statusPurpose is neither revocation nor suspension.")
    return StatusChange(address=address, place=place, purpose=purpose, is_set=status)
