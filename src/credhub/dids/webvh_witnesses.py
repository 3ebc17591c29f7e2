"""Who must have watched a did:webvh change, and what they signed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from credhub.dids import did_key
from credhub.dids.webvh_proofs import ProofCheck, check_by, signer_named
from credhub.errors import (
    DidLogError,
    DidSyntaxError,
    MalformedJsonError,
)
from credhub.jsontypes import JsonObject, JsonValue, parse
from credhub.public_key import KeyType

_MOST: Final = 32
_MOST_PROOFS: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessRule:
    """How many of which witnesses must have seen a version.

    Attributes:
        threshold: How many, at least one.
        witnesses: Their did:keys, without repeats.
    """

    threshold: int
    witnesses: frozenset[str]

    @classmethod
    def parse(cls, value: JsonValue) -> Self | None:
        """Read the parameter ``witness``; none where no witness is wanted.

        Raises:
            DidLogError: It is neither a rule nor nothing.

        Source:
            did:webvh 1.0, "The witness Parameter".
        """
        if value is None or value == {}:
            return None
        if not isinstance(value, dict):
            raise DidLogError("The witnesses of the DID are not an object.")
        listed = value.get("witnesses")
        if not isinstance(listed, list) or not 1 <= len(listed) <= _MOST:
            raise DidLogError(f"The DID has not 1 to {_MOST} witnesses.")
        witnesses = frozenset(map(_witness, listed))
        threshold = value.get("threshold")
        if type(threshold) is not int or not 1 <= threshold <= len(witnesses) == len(listed):
            raise DidLogError("The witnesses of the DID are named twice, or are too few.")
        return cls(threshold=threshold, witnesses=witnesses)


def check_witnessed(
    data: bytes,
    rules: Mapping[str, WitnessRule],
    version_ids: Iterable[str],
    *,
    check_proof: ProofCheck,
) -> None:
    """Check that enough witnesses saw every version that must be seen.

    Whoever saw a version saw all those before it. What is about other logs, or genuine in no
    way, does not count.

    Args:
        data: The published ``did-witness.json``.
        rules: The versions that must be seen, and by whom.
        version_ids: All versions of this log, in order.
        check_proof: Checks an eddsa-jcs-2022 proof.

    Raises:
        DidLogError: Too few have.

    Source:
        did:webvh 1.0, "Verifying Witness Proofs During Resolution".
    """
    numbers = {version_id: number for number, version_id in enumerate(version_ids)}
    wanted = frozenset().union(*(rule.witnesses for rule in rules.values()))
    seen: dict[str, int] = {}
    for version_id, proof in _proofs(data):
        number = numbers.get(version_id, -1)
        witness = signer_named(proof)
        if witness in wanted and number > seen.get(witness, -1):
            try:
                check_by(proof, {"versionId": version_id}, {witness}, check_proof)
            except DidLogError:
                continue
            seen[witness] = number
    for version_id, rule in rules.items():
        number = numbers[version_id]
        if sum(seen.get(witness, -1) >= number for witness in rule.witnesses) < rule.threshold:
            raise DidLogError("Too few witnesses saw a version of the DID.")


def _witness(item: JsonValue) -> str:
    name = item.get("id") if isinstance(item, dict) else None
    if not isinstance(name, str):
        raise DidLogError("A witness of the DID has no identifier.")
    try:
        (method,) = did_key.resolve(name).methods
    except DidSyntaxError as error:
        raise DidLogError("A witness of the DID is not a did:key.") from error
    if method.public_key.type is not KeyType.ED25519:
        raise DidLogError("A witness of the DID has a key of the wrong kind.")
    return name.removeprefix(did_key.PREFIX)


def _proofs(data: bytes) -> list[tuple[str, JsonObject]]:
    try:
        value = parse(data)
    except MalformedJsonError as error:
        raise DidLogError("The proofs of witnesses are not strict JSON.") from error
    if not isinstance(value, list):
        raise DidLogError("The proofs of witnesses are not an array.")
    found = [
        (str(item.get("versionId")), proof)
        for item in value
        if isinstance(item, dict) and isinstance(item.get("proof"), list)
        for proof in _objects(item["proof"])
    ]
    if len(found) > _MOST_PROOFS:
        raise DidLogError("There are too many proofs of witnesses.")
    return found


def _objects(value: JsonValue) -> list[JsonObject]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
