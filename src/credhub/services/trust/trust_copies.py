"""Copies of lists that others publish: the text as it was fetched, from where, when, its digest."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Self

from credhub import instants
from credhub.errors import MalformedInstantError, MalformedJsonError, TrustListError
from credhub.jsontypes import parse_object

_MARK: Final = "copyOf"
_ENDORSER: Final = "endorsedBy"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustCopy:
    """A copy. The text is kept as text, so that what others published can be compared.

    Attributes:
        url: Where it was fetched.
        fetched_at: When.
        endorser: The DID of the hub that signed it, as was proved before it was copied; none for
            a list that nobody signed.
    """

    url: str
    fetched_at: datetime
    text: str
    endorser: str | None = None

    @property
    def digest(self) -> str:
        """The SHA-256 of what was fetched, in hexadecimal digits."""
        return sha256(self.text.encode()).hexdigest()

    def to_file(self) -> bytes:
        """Write it."""
        members = {
            _MARK: self.url,
            "fetchedAt": instants.text_of(self.fetched_at),
            "sha256": self.digest,
            "text": self.text,
        }
        if self.endorser is not None:
            members[_ENDORSER] = self.endorser
        return json.dumps(members, indent=1, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def parse(cls, data: bytes, *, source: str) -> Self | None:
        """Read one; ``None`` where the file is something else, such as a list of the operator.

        Raises:
            TrustListError: It is not whole, or was changed since it was fetched.
        """
        try:
            members = parse_object(data)
            if _MARK not in members:
                return None
            copy = cls(
                url=str(members[_MARK]),
                fetched_at=instants.parse(str(members.get("fetchedAt"))),
                text=str(members.get("text")),
                endorser=str(members[_ENDORSER]) if _ENDORSER in members else None,
            )
        except MalformedJsonError as error:
            raise TrustListError(source, f"it is not strict JSON. {error}") from error
        except MalformedInstantError as error:
            raise TrustListError(source, "it does not say when it was fetched") from error
        if copy.digest != members.get("sha256"):
            raise TrustListError(source, "it was changed since it was fetched")
        return copy
