"""By which rules a did:webvh may change, version by version."""

from dataclasses import dataclass
from typing import Final, Self

from credhub.dids.webvh_hash import hash_of
from credhub.dids.webvh_witnesses import WitnessRule
from credhub.errors import DidLogError
from credhub.jsontypes import JsonObject, JsonValue

METHOD: Final = "did:webvh:1.0"

_KNOWN: Final = frozenset(
    {
        "method",
        "scid",
        "updateKeys",
        "nextKeyHashes",
        "witness",
        "watchers",
        "portable",
        "deactivated",
        "ttl",
    }
)
_DEFAULT_TTL: Final = 3600
_MAX_TTL: Final = 2**31
_MAX_ITEMS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The rules in force after a version.

    Attributes:
        update_keys: Who may sign the next version, in Multikey form.
        next_key_hashes: When not empty, the hashes of all keys that the next version may name.
        witness: Who must see versions, if anybody.
        portable: Whether the DID may move to another address.
        deactivated: Whether the DID has ended.
        ttl: Seconds for which its owner would have it remembered.
    """

    update_keys: tuple[str, ...]
    next_key_hashes: frozenset[str]
    witness: WitnessRule | None
    portable: bool
    deactivated: bool
    ttl: int

    @classmethod
    def first(cls, members: JsonObject, *, scid: str) -> Self:
        """Read the parameters of the first version.

        Raises:
            DidLogError: They are malformed, or of another DID or version of the method.

        Source:
            did:webvh 1.0, "did:webvh DID Method Parameters".
        """
        _check_names(members)
        if members.get("method") != METHOD:
            raise DidLogError("The DID follows a version of its method that we do not know.")
        if members.get("scid") != scid or "updateKeys" not in members:
            raise DidLogError("The first version of the DID is not that of this DID.")
        before = cls(
            update_keys=(),
            next_key_hashes=frozenset(),
            witness=None,
            portable=_flag(members, "portable", default=False),
            deactivated=False,
            ttl=_DEFAULT_TTL,
        )
        return before._changed(members)

    def then(self, members: JsonObject) -> Self:
        """Read the parameters of the next version.

        Raises:
            DidLogError: They are malformed, or break the rules that were in force.
        """
        _check_names(members)
        if members.get("method", METHOD) != METHOD or "scid" in members:
            raise DidLogError("A later version of the DID changes what it is.")
        if self.deactivated:
            raise DidLogError("The DID goes on after it has ended.")
        if _flag(members, "portable", default=False):
            raise DidLogError("A later version of the DID makes it portable.")
        changed = self._changed(members)
        if self.next_key_hashes:
            _check_promised(members, changed.update_keys, self.next_key_hashes)
        return changed

    def _changed(self, members: JsonObject) -> Self:
        return type(self)(
            update_keys=_texts(members, "updateKeys", self.update_keys),
            next_key_hashes=frozenset(
                _texts(members, "nextKeyHashes", tuple(self.next_key_hashes))
            ),
            witness=(
                WitnessRule.parse(members["witness"]) if "witness" in members else self.witness
            ),
            portable=_flag(members, "portable", default=self.portable),
            deactivated=_flag(members, "deactivated", default=self.deactivated),
            ttl=_ttl(members.get("ttl", self.ttl)),
        )


def _check_promised(
    members: JsonObject, update_keys: tuple[str, ...], promised: frozenset[str]
) -> None:
    if not {"updateKeys", "nextKeyHashes"} <= members.keys():
        raise DidLogError("A version of the DID does not name the keys that it must name.")
    if not {hash_of(key.encode()) for key in update_keys} <= promised:
        raise DidLogError("A version of the DID names a key that was not promised before.")


def _check_names(members: JsonObject) -> None:
    if not members.keys() <= _KNOWN:
        raise DidLogError("A version of the DID has a parameter that the method does not know.")
    # Nobody is told about this DID by us, but its form is part of the log.
    _texts(members, "watchers", ())


def _texts(members: JsonObject, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    """Read an array of texts. Early versions of the method wrote null for an empty one."""
    if name not in members:
        return default
    value = members[name]
    items = [] if value is None else value
    texts = tuple(one for one in items if isinstance(one, str)) if isinstance(items, list) else ()
    if not isinstance(items, list) or len(texts) != len(items) or len(items) > _MAX_ITEMS:
        raise DidLogError(f"The parameter {name} of the DID is not an array of texts.")
    return texts


def _flag(members: JsonObject, name: str, *, default: bool) -> bool:
    value = members.get(name, default)
    if not isinstance(value, bool):
        raise DidLogError(f"The parameter {name} of the DID is not true or false.")
    return value


def _ttl(value: JsonValue) -> int:
    seconds = _DEFAULT_TTL if value is None else value
    if type(seconds) is not int or not 0 <= seconds <= _MAX_TTL:
        raise DidLogError("The parameter ttl of the DID is not a number of seconds.")
    return seconds
