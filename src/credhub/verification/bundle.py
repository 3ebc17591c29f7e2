"""Bundles: one file with a credential and everything that proves it to somebody offline.

What was signed is in it as text, so that its bytes stay as they were signed. Nothing in a bundle
is to be believed because it is in there: each part is proved by ``offline`` or proves nothing.
"""

from dataclasses import dataclass
from typing import Final, Self

from credhub.errors import BundleError, MalformedJsonError
from credhub.jsontypes import JsonObject, JsonValue, canonical, parse_object

TYPE: Final = "CredhubBundle"
VERSION: Final = 1
MEDIA_TYPE: Final = "application/vnd.credhub.bundle+json"

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_CREDENTIAL: Final = 1024 * 1024
"""As many characters as an upload of it alone may have bytes. A status list is a credential too."""
MAX_RECEIPT: Final = 256 * 1024
"""More than the largest entry with the longest path and 64 signatures."""
MAX_KEY_CHANGES: Final = 16

_MEMBERS: Final = frozenset({"type", "version", "credential", "receipt", "key", "didDocument"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StapledKey:
    """The receipt of the event that added a key, and of what became of the key since.

    Attributes:
        receipt: A tlog-proof.
        changes: Likewise, for each retirement or compromise.
    """

    receipt: str
    changes: tuple[str, ...] = ()

    def to_document(self) -> JsonObject:
        """Make the ``key`` member."""
        document: JsonObject = {"receipt": self.receipt}
        if self.changes:
            document["changes"] = list(self.changes)
        return document

    @classmethod
    def from_document(cls, document: JsonObject) -> Self:
        """Read the ``key`` member.

        Raises:
            BundleError: It is not one.
        """
        _check_members(document, {"receipt"}, optional={"changes"})
        changes = document.get("changes", [])
        if not isinstance(changes, list) or len(changes) > MAX_KEY_CHANGES:
            raise BundleError("The changes of a key are not a short list.")
        return cls(
            receipt=_text(document["receipt"], MAX_RECEIPT),
            changes=tuple(_text(change, MAX_RECEIPT) for change in changes),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StapledList:
    """A signed status list as it was when the bundle was made.

    Attributes:
        credential: The signed text.
        receipt: A tlog-proof of it.
        key: The key that signed it, when that is another one than the credential's.
    """

    credential: str
    receipt: str
    key: StapledKey | None = None

    def to_document(self) -> JsonObject:
        """Make the ``statusList`` or ``suspensionList`` member."""
        document: JsonObject = {"credential": self.credential, "receipt": self.receipt}
        if self.key is not None:
            document["key"] = self.key.to_document()
        return document

    @classmethod
    def from_document(cls, document: JsonObject) -> Self:
        """Read the ``statusList`` or ``suspensionList`` member.

        Raises:
            BundleError: It is not one.
        """
        _check_members(document, {"credential", "receipt"}, optional={"key"})
        return cls(
            credential=_text(document["credential"], MAX_CREDENTIAL),
            receipt=_text(document["receipt"], MAX_RECEIPT),
            key=StapledKey.from_document(_object(document["key"])) if "key" in document else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A credential and what was stapled to it.

    Attributes:
        credential: The signed text.
        receipt: A tlog-proof of it, with the opening.
        key: The key that signed it.
        did_document: What the issuer's DID said when the bundle was made. Nobody signed it.
        status_list: The list of revocations; none for a credential that cannot be withdrawn.
        suspension_list: The list of suspensions, for a credential that can be suspended.
    """

    credential: str
    receipt: str
    key: StapledKey
    did_document: JsonObject
    status_list: StapledList | None = None
    suspension_list: StapledList | None = None

    @property
    def lists(self) -> tuple[StapledList, ...]:
        """Every stapled list, revocations first: they decide more."""
        return tuple(one for one in (self.status_list, self.suspension_list) if one is not None)

    def to_document(self) -> JsonObject:
        """Make the JSON form."""
        document: JsonObject = {
            "type": TYPE,
            "version": VERSION,
            "credential": self.credential,
            "receipt": self.receipt,
            "key": self.key.to_document(),
            "didDocument": self.did_document,
        }
        if self.status_list is not None:
            document["statusList"] = self.status_list.to_document()
        if self.suspension_list is not None:
            document["suspensionList"] = self.suspension_list.to_document()
        return document

    def encode(self) -> bytes:
        """Write the file."""
        return canonical(self.to_document())

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a file.

        Raises:
            BundleError: It is not a bundle, or is larger than any that we make.
        """
        if len(data) > MAX_BYTES:
            raise BundleError("The bundle is too large.")
        try:
            return cls.from_document(parse_object(data))
        except MalformedJsonError as error:
            raise BundleError("The bundle is not one strict JSON object.") from error

    @classmethod
    def from_document(cls, document: JsonObject) -> Self:
        """Read a bundle that was parsed strictly.

        Raises:
            BundleError: It is not one.
        """
        if not is_bundle(document):
            raise BundleError("The document is not a bundle.")
        if document.get("version") != VERSION or document["version"] is True:
            raise BundleError("The bundle is of a version that is not known here.")
        _check_members(document, _MEMBERS, optional={"statusList", "suspensionList"})
        return cls(
            credential=_text(document["credential"], MAX_CREDENTIAL),
            receipt=_text(document["receipt"], MAX_RECEIPT),
            key=StapledKey.from_document(_object(document["key"])),
            did_document=_object(document["didDocument"]),
            status_list=_list(document, "statusList"),
            suspension_list=_list(document, "suspensionList"),
        )


def is_bundle(document: JsonObject) -> bool:
    """Say whether a document says that it is a bundle."""
    return document.get("type") == TYPE


def _list(document: JsonObject, name: str) -> StapledList | None:
    return StapledList.from_document(_object(document[name])) if name in document else None


def _check_members(
    document: JsonObject, required: frozenset[str] | set[str], *, optional: set[str]
) -> None:
    if not required <= set(document) <= required | optional:
        raise BundleError("A part of the bundle is missing, or is not one that is known here.")


def _text(value: JsonValue, longest: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise BundleError("A part of the bundle is not a text, or is too long.")
    return value


def _object(value: JsonValue) -> JsonObject:
    if not isinstance(value, dict):
        raise BundleError("A part of the bundle is not an object.")
    return value
