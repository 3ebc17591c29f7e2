"""What was found out about a signature."""

from dataclasses import dataclass

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
    """

    method: VerificationMethod
    signer: DidDocument
    ignored: tuple[str, ...] = ()
    doubt: OutcomeUnknownError | None = None
