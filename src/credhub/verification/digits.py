"""Numbers with more digits than RDF signs: nobody forged them, and nobody signed all of them.

Software writes 17 digits where a double needs them, as for 0.1 + 0.2. JSON-LD signs 16. Whoever
changes the last one leaves the signature genuine, so such a document is not believed; but it is not
called forged either, unless the signature does not fit the digits that are signed.
"""

from credhub.errors import DigitsLostError, DigitsNotSignedError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity
from credhub.proofs.suite import Suite
from credhub.public_key import PublicKey


def verify(
    document: JsonObject, proof: JsonObject, *, suite: Suite, public_key: PublicKey, purpose: str
) -> None:
    """Check the signature of a document.

    Raises:
        DigitsNotSignedError: It is genuine, and does not cover the last digits of a number.
        DigitsLostError: It holds a number that software writes in several ways.
        VerificationError: It is not genuine, or does not cover something else.
        CanonicalizationError: The document cannot be written in the one way that is signed.
    """
    try:
        data_integrity.verify(document, proof, suite=suite, public_key=public_key, purpose=purpose)
    except DigitsLostError as error:
        data_integrity.verify(
            _shortened(document), proof, suite=suite, public_key=public_key, purpose=purpose
        )
        raise DigitsNotSignedError from error


def _shortened(members: JsonObject) -> JsonObject:
    return {name: _signed_part(value) for name, value in members.items()}


def _signed_part(value: JsonValue) -> JsonValue:
    """Leave of each number what is signed of it (JSON-LD 1.1 API, section 8.6)."""
    match value:
        case dict():
            return _shortened(value)
        case list():
            return [_signed_part(item) for item in value]
        case float():
            return float(f"{value:.15E}")
        case _:
            return value
