"""Hiding claims of a token, so that its holder can choose what to show."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, TypeAlias

from credhub import base64url
from credhub.errors import InvalidClaimError
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import jose
from credhub.proofs.sd_jwt.compact import SdJwt
from credhub.proofs.sd_jwt.disclosures import (
    ALGORITHM,
    DIGESTS,
    PLACEHOLDER,
    Disclosure,
    HashAlgorithm,
    Path,
)
from credhub.proofs.signer import Signer

Randomness: TypeAlias = Callable[[int], bytes]
"""Gives so many random bytes."""

SALT_BYTES: Final = 16

_HASH: Final = HashAlgorithm.SHA_256
_RESERVED: Final = frozenset({DIGESTS, PLACEHOLDER, ALGORITHM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Concealed:
    """Claims of which some are hidden.

    Attributes:
        payload: What the issuer signs.
        disclosures: What the holder gets beside it.
    """

    payload: JsonObject
    disclosures: tuple[str, ...]


def issue(  # noqa: PLR0913 - each is a separate decision of the issuer
    claims: JsonObject,
    *,
    disclosable: Collection[Path],
    header: JsonObject,
    signer: Signer,
    randomness: Randomness,
    decoys: int = 0,
) -> SdJwt:
    """Hide claims and sign the rest, with all disclosures for the holder.

    Args:
        claims: Everything that the token says.
        disclosable: Where the claims are that the holder may hide.
        header: The members of the token's header beside ``alg``.
        signer: The issuer's key.
        randomness: Where the salts come from.
        decoys: How many digests of nothing to add wherever members are hidden.

    Raises:
        InvalidClaimError: There is no claim in such a place, or one has a reserved name.

    Source:
        RFC 9901, sections 4.1 and 4.2.
    """
    concealed = conceal(claims, disclosable, randomness=randomness, decoys=decoys)
    jwt = jose.sign(header, canonical(concealed.payload), signer=signer)
    return SdJwt(jwt=jwt, disclosures=concealed.disclosures)


def conceal(
    claims: JsonObject, disclosable: Collection[Path], *, randomness: Randomness, decoys: int = 0
) -> Concealed:
    """Replace claims by digests.

    Raises:
        InvalidClaimError: There is no claim in such a place, or one has a reserved name.
    """
    concealment = _Concealment(frozenset(disclosable), randomness, decoys)
    payload = concealment.members(claims, ())
    missing = concealment.wanted - concealment.found
    if missing:
        raise InvalidClaimError(".".join(map(str, min(missing, key=str))), "is not there to hide.")
    if concealment.disclosures:
        payload[ALGORITHM] = _HASH.value
    return Concealed(payload=payload, disclosures=tuple(concealment.disclosures))


class _Concealment:
    """The claims of one token while they are hidden, the innermost first."""

    def __init__(self, wanted: frozenset[Path], randomness: Randomness, decoys: int) -> None:
        self.wanted = wanted
        self.found: set[Path] = set()
        self.disclosures: list[str] = []
        self._randomness = randomness
        self._decoys = decoys

    def members(self, members: JsonObject, path: Path) -> JsonObject:
        """Hide what is to be hidden in an object."""
        clear: JsonObject = {}
        digests: list[str] = []
        for name, value in members.items():
            if name in _RESERVED:
                raise InvalidClaimError(name, "is a name that no claim may have.")
            inner = self._value(value, (*path, name))
            if (*path, name) in self.wanted:
                disclosure = Disclosure.of_member(self._salt(), name, inner)
                digests.append(self._hide(disclosure, (*path, name)))
            else:
                clear[name] = inner
        if digests:
            # In the order of the digests, which says nothing about the order of the members.
            digests += [_HASH.digest(self._salt()) for _ in range(self._decoys)]
            clear[DIGESTS] = [*sorted(digests)]
        return clear

    def _elements(self, elements: list[JsonValue], path: Path) -> list[JsonValue]:
        clear: list[JsonValue] = []
        for index, element in enumerate(elements):
            inner = self._value(element, (*path, index))
            if (*path, index) in self.wanted:
                disclosure = Disclosure.of_element(self._salt(), inner)
                clear.append({PLACEHOLDER: self._hide(disclosure, (*path, index))})
            else:
                clear.append(inner)
        return clear

    def _value(self, value: JsonValue, path: Path) -> JsonValue:
        if isinstance(value, dict):
            return self.members(value, path)
        if isinstance(value, list):
            return self._elements(value, path)
        return value

    def _hide(self, disclosure: Disclosure, path: Path) -> str:
        self.found.add(path)
        self.disclosures.append(disclosure.text)
        return _HASH.digest(disclosure.text)

    def _salt(self) -> str:
        return base64url.encode(self._randomness(SALT_BYTES))
