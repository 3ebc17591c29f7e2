"""What a Status List Token says, as a JWT and as a CWT."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from credhub.cbor import CborKey, CborValue
from credhub.errors import StatusListError
from credhub.jsontypes import JsonObject
from credhub.status.token_status_list import TokenStatusList

JWT_TYPE: Final = "statuslist+jwt"
CWT_TYPE: Final = "application/statuslist+cwt"

MAX_TTL: Final = timedelta(days=365)

_LATEST: Final = 253_402_300_799  # The year 9999 ends.

# RFC 8392, section 3.1; draft-ietf-oauth-status-list, section 5.2.
_ISSUER: Final = 1
_SUBJECT: Final = 2
_EXPIRES: Final = 4
_NOT_BEFORE: Final = 5
_ISSUED: Final = 6
_TTL: Final = 65534
_LIST: Final = 65533
_NAMES: Final[Mapping[str, int]] = {
    "iss": _ISSUER,
    "sub": _SUBJECT,
    "exp": _EXPIRES,
    "nbf": _NOT_BEFORE,
    "iat": _ISSUED,
    "ttl": _TTL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListToken:
    """One version of a Token Status List.

    Attributes:
        uri: Where it is published, as it says itself.
        issuer_id: Who published it; ``None`` when it does not say.
        valid_from: When it was issued, or from when it counts.
        valid_until: When it ends; ``None`` when it does not say.
        ttl: How long a copy is fresh; likewise.
    """

    uri: str
    statuses: TokenStatusList
    valid_from: datetime
    issuer_id: str | None = None
    valid_until: datetime | None = None
    ttl: timedelta | None = None

    def to_claims(self) -> JsonObject:
        """Make the claims of a JWT.

        Source:
            draft-ietf-oauth-status-list, section 5.1.
        """
        return {**self._members(), "status_list": self.statuses.to_json()}

    @classmethod
    def from_claims(cls, claims: JsonObject) -> Self:
        """Read the claims of a JWT.

        Raises:
            StatusListError: One is missing or malformed.
        """
        statuses = TokenStatusList.from_json(claims.get("status_list"))
        return cls._of({name: claims[name] for name in _NAMES if name in claims}, statuses)

    def to_cwt(self) -> CborValue:
        """Make the claims of a CWT.

        Source:
            draft-ietf-oauth-status-list, section 5.2.
        """
        named: dict[CborKey, CborValue] = {
            _NAMES[name]: value for name, value in self._members().items()
        }
        return {**named, _LIST: self.statuses.to_cbor()}

    @classmethod
    def from_cwt(cls, claims: CborValue) -> Self:
        """Read the claims of a CWT.

        Raises:
            StatusListError: One is missing or malformed.
        """
        if not isinstance(claims, dict):
            raise StatusListError("The content of the token is not a set of claims.")
        statuses = TokenStatusList.from_cbor(claims.get(_LIST))
        return cls._of(
            {name: claims[label] for name, label in _NAMES.items() if label in claims}, statuses
        )

    def _members(self) -> dict[str, str | int]:
        members: dict[str, str | int] = {"sub": self.uri, "iat": _seconds(self.valid_from)}
        if self.issuer_id is not None:
            members["iss"] = self.issuer_id
        if self.valid_until is not None:
            members["exp"] = _seconds(self.valid_until)
        if self.ttl is not None:
            members["ttl"] = int(self.ttl.total_seconds())
        return members

    @classmethod
    def _of(cls, claims: Mapping[str, object], statuses: TokenStatusList) -> Self:
        uri, issuer_id = claims.get("sub"), claims.get("iss")
        issued_at = _moment(claims, "iat")
        if not isinstance(uri, str) or not uri or issued_at is None:
            raise StatusListError("The token does not say of which list it is, or since when.")
        if issuer_id is not None and not isinstance(issuer_id, str):
            raise StatusListError("The token's issuer is not a text.")
        return cls(
            uri=uri,
            issuer_id=issuer_id,
            statuses=statuses,
            valid_from=max(issued_at, _moment(claims, "nbf") or issued_at),
            valid_until=_moment(claims, "exp"),
            ttl=_ttl(claims),
        )


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(claims: Mapping[str, object], name: str) -> datetime | None:
    if name not in claims:
        return None
    seconds = claims[name]
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise StatusListError(f"The token's {name} is not a time.")
    if not 0 <= seconds <= _LATEST:
        raise StatusListError(f"The token's {name} is not a time.")
    return datetime.fromtimestamp(seconds, UTC)


def _ttl(claims: Mapping[str, object]) -> timedelta | None:
    """Read the time to live, which tokens count in seconds."""
    ttl = claims.get("ttl")
    if "ttl" not in claims:
        return None
    if isinstance(ttl, bool) or not isinstance(ttl, int | float) or not 0 < ttl < float("inf"):
        raise StatusListError("The token's time to live is not a positive number.")
    return timedelta(seconds=min(float(ttl), MAX_TTL.total_seconds()))
