"""Key binding: the holder's own token, which shows that the holder is here and now.

Whether it is wanted is a decision of whoever verifies, made before anything is read. A token that
was made for somebody else is refused where none is wanted.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from credhub import jwk
from credhub.errors import (
    HolderKeyMissingError,
    KeyBindingAudienceError,
    KeyBindingMismatchError,
    KeyBindingMissingError,
    KeyBindingNonceError,
    KeyBindingTimeError,
    KeyBindingUnexpectedError,
    MalformedKeyBindingError,
)
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import jose
from credhub.proofs.jose import Jws
from credhub.proofs.sd_jwt.compact import SdJwt
from credhub.proofs.sd_jwt.disclosures import HashAlgorithm
from credhub.proofs.signer import Signer
from credhub.public_key import PublicKey

TYPE: Final = "kb+jwt"
MAX_AGE: Final = timedelta(minutes=5)
CLOCK_SKEW: Final = timedelta(minutes=1)

_LATEST: Final = 253_402_300_799
"""The last second of the year 9999."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyBindingPolicy:
    """What whoever verifies asked the holder for.

    Attributes:
        audience: Who verifies, as the holder was told.
        nonce: What the holder was given to sign, once.
        max_age: How old the holder's token may be.
    """

    audience: str
    nonce: str
    max_age: timedelta = MAX_AGE


def bind(sd_jwt: SdJwt, *, policy: KeyBindingPolicy, signer: Signer, issued_at: datetime) -> SdJwt:
    """Sign what is shown, for one who verifies.

    Raises:
        UnknownSdAlgorithmError: The issuer's token hides its claims by an unknown hash.

    Source:
        RFC 9901, section 4.3.
    """
    claims: JsonObject = {
        "iat": int(issued_at.timestamp()),
        "aud": policy.audience,
        "nonce": policy.nonce,
        "sd_hash": _sd_hash(sd_jwt),
    }
    token = jose.sign({"typ": TYPE}, canonical(claims), signer=signer)
    return SdJwt(jwt=sd_jwt.jwt, disclosures=sd_jwt.disclosures, key_binding=token)


def check(
    sd_jwt: SdJwt, claims: JsonObject, *, policy: KeyBindingPolicy | None, now: datetime
) -> None:
    """Check that the holder showed this, or that nobody needed to.

    Args:
        sd_jwt: The token as it was received; the issuer's signature is checked elsewhere.
        claims: What it says.
        policy: What the holder was asked for; ``None`` when for nothing.
        now: The time of the verification.

    Raises:
        KeyBindingMissingError: The holder's token is not there.
        KeyBindingUnexpectedError: It is, but was asked for by somebody else.
        HolderKeyMissingError: The issuer bound the token to no key that we can read.
        VerificationError: It is not genuine, not fresh, or for something else.

    Source:
        RFC 9901, section 7.3.
    """
    if policy is None:
        if sd_jwt.key_binding is not None:
            raise KeyBindingUnexpectedError("The token was shown to somebody else.")
        return
    if sd_jwt.key_binding is None:
        raise KeyBindingMissingError("The holder did not prove to have the key of the token.")
    token = Jws.parse(sd_jwt.key_binding)
    token.check_type(TYPE)
    token.verify(holder_key(claims))
    said = token.claims()
    _check_time(said, policy, now)
    if said.get("aud") != policy.audience:
        raise KeyBindingAudienceError("The holder showed the token to somebody else.")
    if said.get("nonce") != policy.nonce:
        raise KeyBindingNonceError("The holder showed the token at another time.")
    if said.get("sd_hash") != _sd_hash(sd_jwt):
        raise KeyBindingMismatchError("The holder showed something else of the token.")


def holder_key(claims: JsonObject) -> PublicKey:
    """Read the key of the holder that the issuer named.

    Raises:
        HolderKeyMissingError: There is none that is written in the token.
        MalformedKeyError: It is not a key of a kind that we know.

    Source:
        RFC 7800, section 3.2.
    """
    confirmation = claims.get("cnf")
    members = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    if not isinstance(members, dict):
        raise HolderKeyMissingError("The token names no key of its holder.")
    return jwk.decode(members)


def _sd_hash(sd_jwt: SdJwt) -> str:
    algorithm = HashAlgorithm.of(Jws.parse(sd_jwt.jwt).claims())
    return algorithm.digest(sd_jwt.presented())


def _check_time(said: JsonObject, policy: KeyBindingPolicy, now: datetime) -> None:
    age = now - _moment(said.get("iat"))
    if not -CLOCK_SKEW <= age <= policy.max_age:
        raise KeyBindingTimeError("The holder's token is too old, or from the future.")
    if "exp" in said and now >= _moment(said["exp"]):
        raise KeyBindingTimeError("The holder's token has ended.")
    if "nbf" in said and now + CLOCK_SKEW < _moment(said["nbf"]):
        raise KeyBindingTimeError("The holder's token has not begun.")


def _moment(value: JsonValue) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LATEST:
        raise MalformedKeyBindingError("The holder's token has a time that is none.")
    return datetime.fromtimestamp(value, UTC)
