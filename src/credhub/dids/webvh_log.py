"""The log of a did:webvh: every version of its document, each made by whoever was allowed to.

Nothing is believed of a log in which one version is wrong.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from credhub import instants
from credhub.dids.did_webvh import WebvhDid
from credhub.dids.document import DidDocument
from credhub.dids.webvh_hash import PATTERN, hash_of
from credhub.dids.webvh_parameters import Parameters
from credhub.dids.webvh_proofs import ProofCheck, check_by
from credhub.dids.webvh_witnesses import WitnessRule, check_witnessed
from credhub.errors import (
    DidDeactivatedError,
    DidLogError,
    DidMismatchError,
    DidMovedError,
    DidSyntaxError,
    MalformedInstantError,
    MalformedJsonError,
)
from credhub.jsontypes import JsonObject, JsonValue, canonical, parse_object

MAX_VERSIONS: Final = 256

_VERSION_ID: Final = re.compile(rf"([1-9][0-9]{{0,5}})-({PATTERN})")
_PLACEHOLDER: Final = "{SCID}"
_UTC: Final = ("Z", "+00:00")
_MAX_PROOFS: Final = 5
# As far ahead a clock may be; the method allows no more.
_TOLERANCE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a DID document.

    Attributes:
        id: Its number, a hyphen, and the hash of everything up to here.
        made_at: When its owner says that it was made.
        state: The document.
        parameters: The rules that the next version has to follow.
        witness: Who must have seen this one, if anybody.
    """

    id: str
    made_at: datetime
    state: JsonObject
    parameters: Parameters
    witness: WitnessRule | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebvhLog:
    """A log that was checked, but for its witnesses.

    Attributes:
        did: The identifier that was asked for.
        versions: At least one, in order.
    """

    did: WebvhDid
    versions: tuple[Version, ...]

    @classmethod
    def read(
        cls, data: bytes, *, did: WebvhDid, now: datetime, check_proof: ProofCheck
    ) -> "WebvhLog":
        """Read a log and check every version.

        Args:
            data: The published ``did.jsonl``.
            did: The identifier that was asked for.
            now: The time of the verification.
            check_proof: Checks an eddsa-jcs-2022 proof.

        Raises:
            DidMismatchError: It is the log of another DID.
            DidLogError: A version is malformed, or was made by somebody else.

        Source:
            did:webvh 1.0, "Read (Resolve)".
        """
        lines = data.removesuffix(b"\n").split(b"\n")
        if len(lines) > MAX_VERSIONS:
            raise DidLogError("The log of the DID has too many versions.")
        versions: list[Version] = []
        for line in lines:
            previous = versions[-1] if versions else None
            versions.append(_version(_entry(line), previous, did, now, check_proof))
        if not any(version.state["id"] == did.text for version in versions):
            raise DidMismatchError(did.text, str(versions[-1].state["id"]))
        return cls(did=did, versions=tuple(versions))

    @property
    def rules(self) -> Mapping[str, WitnessRule]:
        """The versions that must have been seen, and by whom."""
        return {
            version.id: version.witness for version in self.versions if version.witness is not None
        }

    @property
    def ttl(self) -> timedelta:
        """How long its owner would have the document remembered."""
        return timedelta(seconds=self.versions[-1].parameters.ttl)

    def check_witnesses(self, data: bytes, check_proof: ProofCheck) -> None:
        """Check that those who must see versions did.

        Args:
            data: The published ``did-witness.json``.
            check_proof: Checks an eddsa-jcs-2022 proof.

        Raises:
            DidLogError: Too few did.
        """
        version_ids = [version.id for version in self.versions]
        check_witnessed(data, self.rules, version_ids, check_proof=check_proof)

    def document(self) -> DidDocument:
        """Give the document that holds now.

        Raises:
            DidDeactivatedError: The DID has ended.
            DidMovedError: Its owner goes by another DID now.
            DidDocumentError: The document is malformed.
        """
        newest = self.versions[-1]
        if newest.parameters.deactivated:
            raise DidDeactivatedError("The owner of the identifier has ended it.")
        if newest.state["id"] != self.did.text:
            raise DidMovedError("The owner of the identifier goes by another one now.")
        return DidDocument.from_document(newest.state, did=self.did.text)


def _version(
    entry: JsonObject,
    previous: Version | None,
    did: WebvhDid,
    now: datetime,
    check_proof: ProofCheck,
) -> Version:
    proofs = _proofs(entry)
    entry = {name: value for name, value in entry.items() if name != "proof"}
    members = _object(entry, "parameters")
    if previous is None:
        parameters = Parameters.first(members, scid=did.scid)
        keys, witness = parameters.update_keys, parameters.witness
        _check_scid(entry, did.scid)
    else:
        parameters = previous.parameters.then(members)
        promised = previous.parameters.next_key_hashes
        keys = parameters.update_keys if promised else previous.parameters.update_keys
        witness = previous.parameters.witness or parameters.witness
    made_at = _made_at(entry, previous, now)
    state = _state(entry, previous, did)
    _check_version_id(entry, previous, did.scid)
    for proof in proofs:
        check_by(proof, entry, keys, check_proof)
    return Version(
        id=str(entry["versionId"]),
        made_at=made_at,
        state=state,
        parameters=parameters,
        witness=witness,
    )


def _check_scid(entry: JsonObject, scid: str) -> None:
    """Check the identifier against the first version, in which it stands in many places.

    Source:
        did:webvh 1.0, "Verify SCID".
    """
    text = canonical({**entry, "versionId": _PLACEHOLDER})
    try:
        before = parse_object(text.replace(scid.encode(), _PLACEHOLDER.encode()))
    except MalformedJsonError as error:
        raise DidLogError("The first version of the DID cannot be hashed.") from error
    if hash_of(canonical(before)) != scid:
        raise DidLogError("The first version of the DID is not the one that the DID was made of.")


def _check_version_id(entry: JsonObject, previous: Version | None, scid: str) -> None:
    """Check the number and the hash of a version.

    Source:
        did:webvh 1.0, "Verify The Entry Hash".
    """
    match = _VERSION_ID.fullmatch(str(entry.get("versionId")))
    number = 1 if previous is None else int(previous.id.partition("-")[0]) + 1
    if match is None or int(match[1]) != number:
        raise DidLogError("The versions of the DID are not numbered from one on.")
    before = scid if previous is None else previous.id
    if match[2] != hash_of(canonical({**entry, "versionId": before})):
        raise DidLogError("A version of the DID does not follow from the one before.")


def _made_at(entry: JsonObject, previous: Version | None, now: datetime) -> datetime:
    text = str(entry.get("versionTime"))
    try:
        made_at = instants.parse(text)
    except MalformedInstantError as error:
        raise DidLogError("A version of the DID has no time.") from error
    if not text.endswith(_UTC) or made_at > now + _TOLERANCE:
        raise DidLogError("A version of the DID has a time that is not UTC, or still to come.")
    if previous is not None and made_at <= previous.made_at:
        raise DidLogError("A version of the DID is not newer than the one before.")
    return made_at


def _state(entry: JsonObject, previous: Version | None, did: WebvhDid) -> JsonObject:
    state = _object(entry, "state")
    try:
        named = WebvhDid.parse(str(state.get("id")))
    except DidSyntaxError as error:
        raise DidLogError("A version of the DID is about no DID.") from error
    if named.scid != did.scid:
        raise DidLogError("A version of the DID is about another DID.")
    if previous is None or state["id"] == previous.state["id"]:
        return state
    known_as = state.get("alsoKnownAs")
    told = isinstance(known_as, list) and previous.state["id"] in known_as
    if not previous.parameters.portable or not told:
        raise DidLogError("The DID moves to another address without being allowed to.")
    return state


def _entry(line: bytes) -> JsonObject:
    try:
        return parse_object(line)
    except MalformedJsonError as error:
        raise DidLogError("A version of the DID is not strict JSON.") from error


def _proofs(entry: JsonObject) -> list[JsonObject]:
    value: JsonValue = entry.get("proof")
    items = value if isinstance(value, list) else [value]
    proofs = [item for item in items if isinstance(item, dict)]
    if not 1 <= len(items) <= _MAX_PROOFS or len(proofs) != len(items):
        raise DidLogError("A version of the DID is not signed.")
    return proofs


def _object(entry: JsonObject, name: str) -> JsonObject:
    value = entry.get(name)
    if not isinstance(value, dict):
        raise DidLogError(f"A version of the DID has no {name}.")
    return value
