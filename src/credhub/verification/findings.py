"""What the outside tells a verification: where a credential stands, and who its issuer is."""

from dataclasses import dataclass
from datetime import datetime

from credhub.jsontypes import JsonObject
from credhub.ledger.events import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPosition:
    """Where the signature of a credential is in its issuer's ledger.

    Attributes:
        log: The label or origin of the log.
        seq: Its entry, counted from zero.
        logged_at: The time in the entry, which the ledger set and not the document.
        checkpoint: A signed note whose tree holds the entry.
        cosignatures: The signature lines of witnesses under that tree.
        superseded_by: The address of the credential that replaces this one.
        standing: Whether it still stands, where the ledger says so and no status list.
    """

    log: str
    seq: int
    logged_at: datetime
    checkpoint: str
    cosignatures: tuple[str, ...] = ()
    superseded_by: str | None = None
    standing: Standing | None = None

    def to_document(self) -> JsonObject:
        """Make the ``ledger`` member of a report."""
        return {
            "log": self.log,
            "seq": self.seq,
            "checkpoint": self.checkpoint,
            "cosignatures": list(self.cosignatures),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerStanding:
    """What we know of an issuer by ourselves.

    Attributes:
        trusted: Whether somebody who runs this verifier vouches for the issuer.
        name: The name under which we know it; ``None`` when we do not.
        url: Its page, likewise.
        source: The list that names it; ``None`` when this service or a policy does by itself.
        endorser: The hub that signed the list, when it is one of partners.
    """

    trusted: bool
    name: str | None = None
    url: str | None = None
    source: str | None = None
    endorser: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusMessage:
    """What an issuer calls a status of a credential, in its own words.

    Attributes:
        purpose: What the status is for.
        value: The status.
        message: Its name.
    """

    purpose: str
    value: int
    message: str

    def to_document(self) -> JsonObject:
        """Make one item of the ``statusMessages`` member of a report."""
        return {"purpose": self.purpose, "status": hex(self.value), "message": self.message}
