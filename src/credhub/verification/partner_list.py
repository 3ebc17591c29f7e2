"""The list of the partners that a hub vouches for, as the hub publishes it.

What was signed is in it as text, so that its bytes stay as they were signed. Nothing in a list is
to be believed because it is in there: ``partner_proof`` proves it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from credhub.credentials import partner_endorsement
from credhub.credentials.partner_endorsement import PartnerEndorsement
from credhub.errors import InvalidClaimError, MalformedJsonError, TrustListError
from credhub.jsontypes import JsonObject, JsonValue, canonical, parse_object
from credhub.verification.bundle import MAX_RECEIPT
from credhub.verification.lookalikes import check_legible
from credhub.verification.trust_list import MAX_BYTES, ListedIssuer, TrustList

TYPE: Final = "CredhubPartners"
MAX_PARTNERS: Final = 100
MAX_CREDENTIAL: Final = 64 * 1024

_MEMBERS: Final = frozenset({"type", "did", "version", "endorsements"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedEndorsement:
    """One endorsement and the proof that it is in the hub's ledger.

    Attributes:
        credential: The signed text.
        receipt: A tlog-proof.
    """

    credential: str
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerList:
    """A list.

    Attributes:
        did: The hub.
        version: How many changes there were; grows with each.
        receipt: A tlog-proof of the newest change, which names the whole list; none before the
            first.
    """

    did: str
    version: int
    receipt: str | None
    endorsements: tuple[SignedEndorsement, ...]

    def to_document(self) -> JsonObject:
        """Make the JSON form."""
        document: JsonObject = {
            "type": TYPE,
            "did": self.did,
            "version": self.version,
            "endorsements": [
                {"credential": one.credential, "receipt": one.receipt} for one in self.endorsements
            ],
        }
        if self.receipt is not None:
            document["receipt"] = self.receipt
        return document

    def encode(self) -> bytes:
        """Write the list."""
        return canonical(self.to_document())

    @classmethod
    def parse(cls, data: bytes, *, source: str) -> Self:
        """Read a list; one member that cannot be read refuses all of it.

        Args:
            data: What was fetched.
            source: What errors call it.

        Raises:
            TrustListError: It is not a list of partners.
        """
        if len(data) > MAX_BYTES:
            raise TrustListError(source, f"it is longer than {MAX_BYTES} bytes")
        try:
            document = parse_object(data)
        except MalformedJsonError as error:
            raise TrustListError(source, f"it is not strict JSON. {error}") from error
        try:
            return cls._of(document)
        except ValueError as error:
            raise TrustListError(source, str(error)) from error

    @classmethod
    def _of(cls, document: JsonObject) -> Self:
        if not _MEMBERS <= set(document) <= _MEMBERS | {"receipt"} or document["type"] != TYPE:
            raise ValueError(f"it is no {TYPE}")
        version, listed = document["version"], document["endorsements"]
        if not isinstance(version, int) or isinstance(version, bool) or version < 0:
            raise ValueError("its version is no number")
        if not isinstance(listed, list) or len(listed) > MAX_PARTNERS:
            raise ValueError(f"it is no list of at most {MAX_PARTNERS} endorsements")
        receipt = document.get("receipt")
        return cls(
            did=_text(document["did"], "identifier of the hub", MAX_CREDENTIAL),
            version=version,
            receipt=None if receipt is None else _text(receipt, "receipt", MAX_RECEIPT),
            endorsements=tuple(map(_endorsement, listed)),
        )

    def to_trust_list(self, *, source: str) -> TrustList:
        """Read whom the hub vouches for, and until when.

        Args:
            source: What errors call it.

        Raises:
            TrustListError: What it holds are not endorsements of partners.
        """
        issuers: dict[str, ListedIssuer] = {}
        endorser = self.did
        for document in self.documents(source):
            try:
                one = PartnerEndorsement.from_document(document)
                endorser = partner_endorsement.issuer_name(document)
                check_legible(one.name)
                check_legible(endorser)
            except InvalidClaimError as error:
                raise TrustListError(source, f"one of its endorsements: {error}") from error
            if one.did in issuers:
                raise TrustListError(source, f"it names {one.did} twice")
            issuers[one.did] = ListedIssuer(
                did=one.did, name=one.name, valid_from=one.valid_from, valid_until=one.valid_until
            )
        return TrustList.of(issuers, source=self.did, endorser=endorser)

    def documents(self, source: str) -> Iterator[JsonObject]:
        """Read the endorsements.

        Raises:
            TrustListError: One is no JSON.
        """
        for one in self.endorsements:
            try:
                yield parse_object(one.credential.encode())
            except MalformedJsonError as error:
                raise TrustListError(source, "one of its endorsements is no JSON") from error


def _endorsement(item: JsonValue) -> SignedEndorsement:
    if not isinstance(item, dict) or set(item) != {"credential", "receipt"}:
        raise ValueError("one of its endorsements has other members")
    return SignedEndorsement(
        credential=_text(item["credential"], "endorsement", MAX_CREDENTIAL),
        receipt=_text(item["receipt"], "receipt", MAX_RECEIPT),
    )


def _text(value: JsonValue, what: str, longest: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise ValueError(f"one {what} is not a text, or is too long")
    return value
