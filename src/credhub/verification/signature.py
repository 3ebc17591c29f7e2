"""What was found out about a signature."""

from dataclasses import dataclass
from datetime import datetime

from credhub.dids.document import DidDocument, VerificationMethod
from credhub.errors import OutcomeUnknownError


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A genuine signature.

    Attributes:
        method: The key that made it.
        signer: The document of the DID that the key is from.
        ignored: The methods of further signatures, which we do not know.
        doubt: Why nobody can tell whether the key is its signer's, if nobody can.
        proof_ends_at: When it ends, with all that must be genuine beside it, if it says so.
        others: The signer's further signatures of the same document, of which one is enough.
    """

    method: VerificationMethod
    signer: DidDocument
    ignored: tuple[str, ...] = ()
    doubt: OutcomeUnknownError | None = None
    proof_ends_at: datetime | None = None
    others: "tuple[Signature, ...]" = ()

    @property
    def ends_at(self) -> datetime | None:
        """From when on it is not believed, by its own end or that of its key."""
        return earlier(self.proof_ends_at, self.method.ends_at)


def earlier(*ends: datetime | None) -> datetime | None:
    """Choose the first of several ends; ``None`` is none."""
    return min((end for end in ends if end is not None), default=None)
