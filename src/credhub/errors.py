"""Every error that credhub raises on purpose, as one tree.

    CredhubError
    |- MalformedJsonError, CanonicalizationError     a value has no meaning, or no form
    |- VerificationError                             a check of a credential failed
    |   `- OutcomeUnknownError                       ... or could not be made at all
    |- LedgerError                                   the ledger refuses, or is not what it was
    |- StoreError                                    the database refuses
    |- PublishingError                               a ledger cannot be published to its place
    |- KeyStoreError                                 a key is missing, unreadable or unsafe
    |- DocumentError                                 a certificate or file cannot be made
    |- SandboxError                                  a worker was stopped or failed
    `- RequestError                                  a caller asked for what cannot be done

``code`` is permanent: callers match on it. The message is one sentence for the public; typed
fields are for tests and logs. Nothing here knows HTTP.
"""

from dataclasses import dataclass, field
from typing import ClassVar


class CredhubError(Exception):
    """The root of all errors that credhub raises on purpose."""

    code: ClassVar[str] = "internal"


# Values


class MalformedJsonError(CredhubError):
    """A text is not strict JSON."""

    code = "malformed-json"


class CanonicalizationError(CredhubError):
    """A value has no canonical form."""

    code = "no-canonical-form"


class TamperedFileError(CredhubError):
    """A file that we ship is not the one that the code was written for."""

    code = "tampered-file"

    def __init__(self, name: str) -> None:
        super().__init__(f"The file {name} is not the one that this version ships.")
        self.name = name


class MalformedInstantError(CredhubError):
    """A text is not a date and time with an offset."""

    code = "malformed-instant"


class MalformedBase64Error(CredhubError):
    """A text is not the one base64url text of its bytes."""

    code = "malformed-encoding"


class MalformedCborError(CredhubError):
    """Data is not CBOR that means the same to every reader."""

    code = "malformed-cbor"


# Verification


class VerificationError(CredhubError):
    """A check of a credential failed."""

    code = "check-failed"


class OutcomeUnknownError(VerificationError):
    """A check could not be made, so its outcome is unknown. It is never read as failed."""

    code = "check-outcome-unknown"


class SchemaNotKnownError(OutcomeUnknownError):
    """A document names a schema that is not ours."""

    code = "schema-not-known"

    def __init__(self, schema_id: str) -> None:
        super().__init__(f"We do not know the schema {schema_id}.")
        self.schema_id = schema_id


class StatusListError(OutcomeUnknownError):
    """A status list cannot be read, so it says nothing about a credential."""

    code = "malformed-status-list"


class StatusListTooLargeError(StatusListError):
    """A status list unpacks to more than we read."""

    code = "status-list-too-large"


class StatusListTooShortError(StatusListError):
    """A status list is too short to hide a credential among others."""

    code = "status-list-too-short"


class SignatureError(VerificationError):
    """A signature does not fit the key and the message."""

    code = "bad-signature"

    def __init__(self) -> None:
        super().__init__("The signature does not match the content.")


class KeyTypeError(VerificationError):
    """A key is of a kind that does not make such signatures."""

    code = "key-type-mismatch"


class WeakKeyError(VerificationError):
    """A public key accepts signatures that its owner never made."""

    code = "weak-key"

    def __init__(self) -> None:
        super().__init__("The public key is weak: anyone can make signatures that it accepts.")


class MalformedKeyError(VerificationError):
    """A text or an object is not a public key of a kind that we know."""

    code = "malformed-key"


class UncommonKeyError(OutcomeUnknownError):
    """A key is of a kind that we know, but of a size or with numbers that we do not use."""

    code = "uncommon-key"


class MalformedTokenError(VerificationError):
    """A text is not a signed token in the compact form."""

    code = "malformed-token"


class TokenTooLargeError(VerificationError):
    """A part of a token is longer than any honest one."""

    code = "token-too-large"


class JoseHeaderError(VerificationError):
    """The header of a token is not strict JSON, or would change how the token is read."""

    code = "jose-header"


class AlgorithmNotAllowedError(VerificationError):
    """A token is not signed by a private key."""

    code = "alg-not-allowed"


class UnknownAlgorithmError(OutcomeUnknownError):
    """A token is signed by an algorithm that we do not know."""

    code = "unknown-algorithm"


class ClaimMismatchError(VerificationError):
    """A token says one thing about the credential in it, and the credential another."""

    code = "claim-mismatch"

    def __init__(self, claim: str) -> None:
        super().__init__(f"The claim {claim} of the token is not what the document says.")
        self.claim = claim


class TokenExpiredError(VerificationError):
    """A token has ended."""

    code = "token-expired"


class TokenNotYetValidError(VerificationError):
    """A token has not begun."""

    code = "token-not-yet-valid"


class KeyNotOfDidError(OutcomeUnknownError):
    """A token names a key that is published in another way than in the document of a DID."""

    code = "key-not-of-did"


class NoKeysPublishedError(OutcomeUnknownError):
    """What is published at a web address is no key that we know."""

    code = "no-keys-published"

    def __init__(self) -> None:
        super().__init__("There is no key that we know at the address.")


class KeyNotVouchedForError(OutcomeUnknownError):
    """A signature is genuine, and its issuer does not say that the key is its own."""

    code = "key-not-vouched-for"

    def __init__(self) -> None:
        super().__init__("The issuer does not say that the key is its own.")


class KeyCameAlongError(OutcomeUnknownError):
    """A signature fits the key that came with it, which its issuer does not call its own."""

    code = "key-came-along"

    def __init__(self) -> None:
        super().__init__("The key came with the token, which proves nothing about who signed.")


class EnvelopeError(VerificationError):
    """An enveloped credential says more than where its token is, or something else."""

    code = "malformed-envelope"


class UnknownEnvelopeError(OutcomeUnknownError):
    """A credential is in an envelope of a kind that we do not know."""

    code = "unknown-envelope"


class NotAPresentationError(VerificationError):
    """A document is no verifiable presentation."""

    code = "not-a-presentation"


class MalformedPresentationError(VerificationError):
    """A presentation lacks what every presentation has, or says it in another shape."""

    code = "malformed-presentation"


class HolderMismatchError(VerificationError):
    """A presentation was signed by somebody other than the holder that it names."""

    code = "holder-mismatch"


class ChallengeMismatchError(VerificationError):
    """A presentation does not answer the challenge that was given."""

    code = "challenge-mismatch"


class DomainMismatchError(VerificationError):
    """A presentation was made for somebody else."""

    code = "domain-mismatch"


class TokenTypeError(VerificationError):
    """A token is of another type than it must be in this place, or does not say its type."""

    code = "token-type"


class SdJwtError(VerificationError):
    """A token of which the holder shows a part is not what it must be."""

    code = "sd-jwt-refused"


class MalformedSdJwtError(SdJwtError):
    """A text is not an SD-JWT in the compact form."""

    code = "malformed-sd-jwt"


class JsonSerializationError(VerificationError):
    """A token is in the JSON serialization, which we do not read."""

    code = "token-json-serialization"


class UnknownSdAlgorithmError(SdJwtError):
    """An SD-JWT hides its claims by a hash that does not count."""

    code = "unknown-sd-alg"


class MalformedDigestsError(SdJwtError):
    """A name that is reserved for digests holds something else, or stands elsewhere."""

    code = "malformed-digests"


class RepeatedDigestError(SdJwtError):
    """An SD-JWT holds the same digest twice."""

    code = "repeated-digest"


class MalformedDisclosureError(SdJwtError):
    """A disclosure is not an array of a salt and a claim."""

    code = "malformed-disclosure"


class RepeatedDisclosureError(SdJwtError):
    """A disclosure is there twice."""

    code = "repeated-disclosure"


class UnreferencedDisclosureError(SdJwtError):
    """A disclosure does not belong to its token, or was changed."""

    code = "unreferenced-disclosure"


class DisclosureArityError(SdJwtError):
    """A disclosure of a member stands for an element, or the other way round."""

    code = "disclosure-arity"


class DisclosureNameError(SdJwtError):
    """A disclosure has a name that no claim may have."""

    code = "disclosure-name"


class DisclosureNameTakenError(SdJwtError):
    """A disclosure would replace another claim."""

    code = "disclosure-name-taken"


class RequiredClaimMissingError(SdJwtError):
    """A claim that everybody must see is missing, or could be hidden."""

    code = "required-claim-missing"


class KeyBindingError(SdJwtError):
    """The holder did not show that a token is theirs."""

    code = "key-binding-refused"


class KeyBindingMissingError(KeyBindingError):
    """The holder's own token is not there."""

    code = "key-binding-missing"


class KeyBindingUnexpectedError(KeyBindingError):
    """The holder showed a token to somebody else."""

    code = "key-binding-unexpected"


class HolderKeyMissingError(KeyBindingError):
    """A token names no key of its holder."""

    code = "holder-key-missing"


class MalformedKeyBindingError(KeyBindingError):
    """The holder's own token lacks a claim."""

    code = "malformed-key-binding"


class KeyBindingTimeError(KeyBindingError):
    """The holder's own token is too old, or from the future."""

    code = "key-binding-time"


class KeyBindingAudienceError(KeyBindingError):
    """The holder's own token is for another verifier."""

    code = "key-binding-audience"


class KeyBindingNonceError(KeyBindingError):
    """The holder's own token answers another question."""

    code = "key-binding-nonce"


class KeyBindingMismatchError(KeyBindingError):
    """The holder's own token is about something else."""

    code = "key-binding-mismatch"


class ContextNotAllowedError(VerificationError):
    """A document gives its words a meaning that we do not know."""

    code = "context-not-allowed"


class DataLossError(VerificationError):
    """A document holds something that its signature cannot cover."""

    code = "data-loss"


class DigitsLostError(DataLossError, OutcomeUnknownError):
    """A number has more digits than its signed form in RDF can hold, so it is not compared."""

    code = "digits-lost"

    def __init__(self) -> None:
        super().__init__("A number has more digits than its signed form can hold.")


class EndorsementsNotToldApartError(DataLossError, OutcomeUnknownError):
    """A document holds endorsements of itself, and which of them said what is not signed in RDF."""

    code = "endorsements-not-told-apart"

    def __init__(self) -> None:
        super().__init__("The document holds endorsements of itself that cannot be told apart.")


class DigitsNotSignedError(OutcomeUnknownError):
    """A signature is genuine, and does not cover the last digits of a number."""

    code = "digits-not-signed"

    def __init__(self) -> None:
        super().__init__("The signature does not cover the last digits of a number.")


class TooComplexError(VerificationError):
    """A document would take too long to bring into its canonical form."""

    code = "too-complex"


class MalformedProofError(VerificationError):
    """A proof is missing, or not shaped as Data Integrity wants it."""

    code = "malformed-proof"


class BaseProofError(VerificationError):
    """A proof is the one from which its holder derives what others are shown."""

    code = "base-proof"

    def __init__(self) -> None:
        super().__init__("The proof is for the holder, who derives another one to show.")


class PointerError(VerificationError):
    """A pointer into a document is malformed, or leads nowhere."""

    code = "bad-pointer"


class DuplicateProofError(VerificationError):
    """A document holds the same proof twice."""

    code = "duplicate-proof"

    def __init__(self) -> None:
        super().__init__("The document holds the same proof twice.")


class ProofExpiredError(VerificationError):
    """A proof says itself until when it counts, and that is over."""

    code = "proof-expired"


class PreviousProofError(VerificationError):
    """A proof builds on another one that is not there."""

    code = "previous-proof-missing"


class UnknownSuiteError(OutcomeUnknownError):
    """No proof of a document is by a cryptosuite that we know, so none could be checked."""

    code = "unknown-cryptosuite"

    def __init__(self, suites: tuple[str, ...]) -> None:
        super().__init__(f"The document is signed by methods we do not know: {', '.join(suites)}.")
        self.suites = suites


class DidSyntaxError(VerificationError):
    """A text is not a DID of a method that we read."""

    code = "did-syntax"


class DidDocumentError(VerificationError):
    """A DID document is malformed."""

    code = "malformed-did-document"


class DidMismatchError(VerificationError):
    """A DID document is about another DID than the one asked for."""

    code = "did-mismatch"

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"The document of {expected} names itself {found}.")
        self.expected = expected
        self.found = found


class ControllerMismatchError(VerificationError):
    """A key in a DID document belongs to someone else."""

    code = "did-controller-mismatch"


class NotForAssertionError(VerificationError):
    """A key may not sign credentials for this DID, or is not there."""

    code = "key-not-for-assertion"

    def __init__(self, method_id: str) -> None:
        super().__init__(f"The key {method_id} may not sign credentials for its owner.")
        self.method_id = method_id


class NotForAuthenticationError(VerificationError):
    """A proof names a key that its owner does not use for presentations."""

    code = "key-not-for-authentication"

    def __init__(self, method_id: str) -> None:
        super().__init__(f"The key {method_id} is not one that signs presentations.")
        self.method_id = method_id


class DidLogError(VerificationError):
    """The history of a DID is not one that its owner made, step by step."""

    code = "malformed-did-log"


class DidDeactivatedError(VerificationError):
    """The owner of a DID has ended it."""

    code = "did-deactivated"


class StatusEntryError(VerificationError):
    """A credential's place in a status list is malformed."""

    code = "malformed-status-entry"


class StatusIndexError(OutcomeUnknownError):
    """A credential's place lies outside its status list."""

    code = "status-index-out-of-range"

    def __init__(self, index: int) -> None:
        super().__init__(f"The status list has no place {index}.")
        self.index = index


class SchemaError(VerificationError):
    """A document does not follow the schema that it names."""

    code = "schema-violated"

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path or 'The document'}: {message}")
        self.path = path
        self.message = message


class OlderOpenBadgeError(OutcomeUnknownError):
    """What was handed in is a badge of an edition before the one that we verify."""

    code = "older-open-badge"

    def __init__(self) -> None:
        super().__init__("It is an Open Badge of an edition before 3.0.")


class ForeignLinkError(OutcomeUnknownError):
    """An address, perhaps in a QR code, leads to somebody else's site, which is not asked."""

    code = "foreign-link"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"The address leads to {host}, which is not this service, so it was not opened. It may"
            " look like an address that you know: compare every letter."
        )
        self.host = host


class NotShownAtAddressError(OutcomeUnknownError):
    """Whom a credential is about does not show it at its address."""

    code = "not-shown-at-address"

    def __init__(self) -> None:
        super().__init__(
            "The person whom this credential is about does not show it at its address. Ask them"
            " for the credential itself."
        )


class NothingAtAddressError(OutcomeUnknownError):
    """An address of ours, among others to be verified, leads to nothing."""

    code = "nothing-at-address"

    def __init__(self) -> None:
        super().__init__("The address is one of this service, and no credential is there.")


class LinkOfflineError(OutcomeUnknownError):
    """An address, perhaps in a QR code, leads to a credential, where nobody is asked."""

    code = "link-offline"

    def __init__(self) -> None:
        super().__init__("The file holds a link and no credential.")


class UnreadableError(VerificationError):
    """What was handed in is not one strict JSON object."""

    code = "unreadable"


class NotACredentialError(VerificationError):
    """The document is not an Open Badges credential."""

    code = "not-a-credential"


class MalformedCredentialError(VerificationError):
    """The document lacks what every credential has, or says it in another shape."""

    code = "malformed-credential"


class MalformedContextError(MalformedCredentialError):
    """A credential gives its words a meaning in a way that cannot be processed."""

    code = "malformed-context"


class MalformedTypeError(MalformedCredentialError):
    """An object that must say what it is does not."""

    code = "malformed-type"


class MalformedIdError(MalformedCredentialError):
    """An identifier is not one absolute URL."""

    code = "malformed-id"


class MalformedIssuerError(MalformedCredentialError):
    """The issuer is not named by one absolute URL."""

    code = "malformed-issuer"


class MalformedSubjectError(MalformedCredentialError):
    """A credential says nothing about anybody."""

    code = "malformed-subject"


class MalformedPeriodError(MalformedCredentialError):
    """The time in which a credential is valid is malformed."""

    code = "malformed-period"


class MalformedTextError(MalformedCredentialError):
    """A name or a description is not a text in some language."""

    code = "malformed-text"


class MalformedRelatedResourceError(MalformedCredentialError):
    """A related resource is not named by an address and a digest."""

    code = "malformed-related-resource"


class RelatedResourceDiffersError(VerificationError):
    """A credential was made for another edition of a file than the one we know."""

    code = "related-resource-differs"

    def __init__(self) -> None:
        super().__init__("The digest of a related resource is that of another file.")


class DidNotResolvedError(OutcomeUnknownError):
    """The keys of an issuer could not be had."""

    code = "did-not-resolved"


class DidMethodNotKnownError(OutcomeUnknownError):
    """A signer is identified in a way that we do not know."""

    code = "did-method-not-known"


class DidMovedError(OutcomeUnknownError):
    """The owner of a DID goes by another one now."""

    code = "did-moved"


class NotJsonLdError(VerificationError):
    """A document is JSON but not JSON-LD, so its signature covers nothing."""

    code = "not-json-ld"


class KeyTimeUnknownError(OutcomeUnknownError):
    """A key has ended, and the ledger could not say whether it was used before."""

    code = "key-time-unknown"


class IssuerMismatchError(VerificationError):
    """A credential is signed with a key of somebody other than the issuer that it names."""

    code = "issuer-key-mismatch"


class KeyRevokedError(VerificationError):
    """A credential is not known to have been signed before its key was withdrawn."""

    code = "key-revoked"


class KeyRetiredError(VerificationError):
    """A credential was recorded after its issuer had stopped using the key."""

    code = "key-retired"


class KeyExpiredError(VerificationError):
    """A credential was signed after its key had ended."""

    code = "key-expired"


class NotYetValidError(VerificationError):
    """A credential is valid from a later time on."""

    code = "not-yet-valid"


class ExpiredError(VerificationError):
    """A credential was valid until an earlier time."""

    code = "expired"


class RevokedError(VerificationError):
    """The issuer has withdrawn a credential for good."""

    code = "revoked"


class SuspendedError(VerificationError):
    """The issuer has put a credential on hold."""

    code = "suspended"


class StatusNotReachedError(OutcomeUnknownError):
    """Whether a credential still stands could not be asked."""

    code = "status-not-reached"


class StatusNotStapledError(OutcomeUnknownError):
    """No status list is in the bundle, or not every one that the credential names."""

    code = "status-not-stapled"

    def __init__(self) -> None:
        super().__init__("The bundle does not hold every status list that the credential names.")


class StatusTypeNotKnownError(OutcomeUnknownError):
    """A credential's status is published in a way that we do not know."""

    code = "status-type-not-known"

    def __init__(self) -> None:
        super().__init__("The status is published in a way that is not known here.")


class StatusPurposeNotKnownError(OutcomeUnknownError):
    """A status is set whose meaning we do not know."""

    code = "status-purpose-not-known"

    def __init__(self) -> None:
        super().__init__("The issuer has set a status whose meaning is not known here.")


class StatusPurposeMismatchError(OutcomeUnknownError):
    """A status list is for something else than the credential says."""

    code = "status-purpose-mismatch"

    def __init__(self) -> None:
        super().__init__("The status list is not for what the credential says.")


class StatusListNotGenuineError(OutcomeUnknownError):
    """A published status list is not signed as it must be, so it says nothing."""

    code = "status-list-not-genuine"

    def __init__(self) -> None:
        super().__init__("The published status list is not genuine.")


class StatusListOfAnotherError(OutcomeUnknownError):
    """A published status list is signed by somebody other than the credential's issuer."""

    code = "status-list-of-another"

    def __init__(self) -> None:
        super().__init__("The published status list is not the issuer's own.")


class StatusListElsewhereError(OutcomeUnknownError):
    """A published status list says that it belongs at another address."""

    code = "status-list-elsewhere"

    def __init__(self) -> None:
        super().__init__("The published status list belongs at another address.")


class StatusListExpiredError(OutcomeUnknownError):
    """A published status list has ended."""

    code = "status-list-expired"

    def __init__(self) -> None:
        super().__init__("The published status list has ended.")


class StatusListNotYetValidError(OutcomeUnknownError):
    """A published status list has not begun."""

    code = "status-list-not-yet-valid"

    def __init__(self) -> None:
        super().__init__("The published status list has not begun.")


class StatusListStaleError(OutcomeUnknownError):
    """The status list had ended before the moment that is judged."""

    code = "status-list-stale"

    def __init__(self) -> None:
        super().__init__("The status list had ended before the moment that is judged.")


class StatusListTooNewError(OutcomeUnknownError):
    """The status list was made after the moment that is judged."""

    code = "status-list-too-new"

    def __init__(self) -> None:
        super().__init__("The status list was made after the moment that is judged.")


class BundleError(VerificationError):
    """The file is not a bundle."""

    code = "malformed-bundle"


class BundleContradictionError(VerificationError):
    """The parts of a bundle do not belong together."""

    code = "bundle-contradiction"


class NotInLedgerError(VerificationError):
    """A credential of an issuer whose ledger we hold is not in it."""

    code = "not-in-ledger"


class NotAsRecordedError(VerificationError):
    """A credential is in the ledger of its issuer, without what others added to the file."""

    code = "not-as-recorded"


class RecordedLaterError(VerificationError):
    """The signature came into the ledger after the moment that is judged."""

    code = "recorded-later"

    def __init__(self) -> None:
        super().__init__("The signature was recorded after the moment that is judged.")


class IssuerNotKnownError(OutcomeUnknownError):
    """Nobody has told us who an issuer is."""

    code = "issuer-not-known"


class IssuerNamesakeError(IssuerNotKnownError):
    """An issuer that nobody told us about goes by the name of one that we know."""

    code = "issuer-namesake"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"It calls itself by a name that reads like {name}, but it has another identifier than"
            f" the {name} that is known here. Ask {name} itself whether it issued this, in a way"
            " that you find yourself."
        )
        self.name = name


class ReceiptError(VerificationError):
    """A receipt cannot be read, or it proves nothing."""

    code = "receipt-refused"


class ForeignLedgerError(ReceiptError):
    """The receipt is from a ledger that does not speak for the issuer."""

    code = "ledger-of-another"

    def __init__(self) -> None:
        super().__init__("The receipt is from a ledger that does not speak for the issuer.")


class ReceiptMismatchError(ReceiptError):
    """A receipt is genuine but about something else."""

    code = "receipt-mismatch"


class NotCheckedNowError(OutcomeUnknownError):
    """Everything that could make the check is busy. Trying again may help."""

    code = "not-checked-now"

    def __init__(self) -> None:
        super().__init__("The service is too busy to check this now.")


class NoTimeLeftError(OutcomeUnknownError):
    """The credentials before this one in a request took all the time that there is."""

    code = "no-time-left"

    def __init__(self) -> None:
        super().__init__("There was no time left to check this.")


class TextTooLargeError(OutcomeUnknownError):
    """A text is larger than any honest credential, and was not read."""

    code = "text-too-large"

    def __init__(self) -> None:
        super().__init__("The text is larger than any credential that would be honest.")


class PresentationInBatchError(OutcomeUnknownError):
    """A presentation is among credentials that are verified together."""

    code = "presentation-in-batch"

    def __init__(self) -> None:
        super().__init__("A presentation is verified by itself.")


class LedgerNotReachedError(OutcomeUnknownError):
    """The ledger of the issuer could not be asked, or cannot be opened any more."""

    code = "ledger-not-reached"

    def __init__(self) -> None:
        super().__init__("The ledger could not be asked.")


class LogNotKnownError(OutcomeUnknownError):
    """A receipt is signed by a ledger whose key we do not know."""

    code = "log-not-known"


class LogNotInPolicyError(LogNotKnownError):
    """The ledger could be the issuer's, but the policy does not name its key."""

    code = "log-not-in-policy"

    def __init__(self) -> None:
        super().__init__("The policy does not name the ledger that signed the receipt.")


class EgressError(OutcomeUnknownError):
    """Another service could not be asked, so nothing is known of what it would say."""

    code = "not-asked"


class AddressRefusedError(EgressError):
    """An address is not one of https on the public internet."""

    code = "address-refused"

    def __init__(self) -> None:
        super().__init__("The address is not one of https on the public internet.")


class NotReachedError(EgressError):
    """Another service did not answer in time, or not in its protocol."""

    code = "not-reached"

    def __init__(self, message: str = "The other service did not answer.") -> None:
        super().__init__(message)


class AnswerTooLargeError(EgressError):
    """Another service answers with more than we read."""

    code = "answer-too-large"

    def __init__(self) -> None:
        super().__init__("The other service answers with more than we read.")


class QuorumNotMetError(OutcomeUnknownError):
    """Too few of the witnesses that a policy asks for cosigned a checkpoint, so far."""

    code = "quorum-not-met"


# The ledger


class LedgerError(CredhubError):
    """The ledger refuses, or is not what it was."""

    code = "ledger-refused"


class EntryError(LedgerError):
    """Bytes are not a ledger entry, or say what no entry of their kind says."""

    code = "malformed-ledger-entry"


class NoteError(LedgerError):
    """A text is not a signed note, or its signature is not genuine."""

    code = "note-refused"


class UnknownNoteKeyError(NoteError):
    """No key that we know signed a note."""

    code = "note-key-not-known"


class CheckpointError(LedgerError):
    """A text is not a checkpoint."""

    code = "malformed-checkpoint"


class TileError(LedgerError):
    """A path is not that of a tile or entry bundle, or bytes are not one."""

    code = "malformed-tile"


class PublishedFaultError(LedgerError):
    """A published file of a log is missing, or is not what the log's entries give.

    ``path`` is below the address of the log; ``seq`` is the first entry that the file is about.
    """

    code = "published-fault"

    def __init__(self, *, origin: str, path: str, seq: int | None, message: str) -> None:
        place = "" if seq is None else f", seq {seq}"
        super().__init__(f"{path} of {origin}{place}: {message}")
        self.origin = origin
        self.path = path
        self.seq = seq


class NoLogThereError(LedgerError):
    """An address is not that of a log that we believe, so nothing is known of the log."""

    code = "no-log-there"

    def __init__(self, path: str, came: str) -> None:
        super().__init__(
            f"This is not the address of the log. It was asked for {path}, and {came}."
        )
        self.path = path


class TrustListError(CredhubError):
    """A file is not a list of issuers."""

    code = "malformed-trust-list"

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source} is not a list of issuers: {reason.rstrip('.')}.")
        self.source = source


class PartnerListError(CredhubError):
    """A list of a hub's partners is not genuine, or is not that hub's."""

    code = "partner-list-refused"

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source} is refused: {reason.rstrip('.')}.")
        self.source = source


class PartnerListNotProvedError(CredhubError):
    """Whether a list of a hub's partners is genuine could not be found out."""

    code = "partner-list-not-proved"

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source} could not be proved: {reason.rstrip('.')}.")
        self.source = source


class PartnerListOlderError(CredhubError):
    """A list of a hub's partners is older than the copy that is there."""

    code = "partner-list-older"

    def __init__(self, source: str, *, version: int, copied: int) -> None:
        super().__init__(
            f"{source} is version {version} of the list, and the copy that is there is version "
            f"{copied}. Somebody shows you a list of before."
        )
        self.version = version
        self.copied = copied


class PolicyError(LedgerError):
    """A file is not a transparency log policy."""

    code = "malformed-policy"


class WitnessRefusedError(LedgerError):
    """A witness said no, or nothing that we understand."""

    code = "witness-refused"

    def __init__(self, witness: str, status: int) -> None:
        super().__init__(f"The witness {witness} did not cosign; it answered {status}.")
        self.witness = witness
        self.status = status


class WitnessAheadError(LedgerError):
    """A witness has seen a larger tree of a log than the database holds."""

    code = "witness-ahead"

    def __init__(self, witness: str, origin: str, size: int) -> None:
        super().__init__(f"The witness {witness} has seen {size} entries of {origin}.")
        self.witness = witness
        self.origin = origin
        self.size = size


class MerkleProofError(LedgerError):
    """An inclusion or consistency proof does not hold."""

    code = "merkle-proof-refused"


class LedgerFaultError(LedgerError):
    """The audit found a row that is not what was written.

    ``seq`` is the entry's own; for a checkpoint its size; for a node the first entry under it.
    """

    code = "ledger-fault"

    def __init__(
        self, *, table: str, log: str, seq: int | None, column: str | None, message: str
    ) -> None:
        place = " ".join(
            f"{name} {value}"
            for name, value in (("log", log), ("seq", seq), ("column", column))
            if value is not None
        )
        super().__init__(f"{table}, {place}: {message}")
        self.table = table
        self.log = log
        self.seq = seq
        self.column = column


class LedgerIntegrityError(LedgerError):
    """What the database holds is not what was written: this log takes no more entries."""

    code = "ledger-integrity"


class RollbackDetectedError(LedgerIntegrityError):
    """What was published of a log is not part of what the database holds.

    The database was put back to an older state, or a copy of it went on elsewhere. To sign other
    entries where some were signed before would be a fork, so the log takes none.
    """

    code = "rollback-detected"

    def __init__(self, origin: str, *, published: int, here: int) -> None:
        lost = f"has {here} entries here, but {published} were published"
        other = f"does not begin with the {published} entries that were published"
        super().__init__(
            f"The ledger {origin} {lost if published > here else other}. It takes no more until"
            " its operator decides: `credhub ledger doctor`."
        )
        self.origin = origin
        self.published = published
        self.here = here


class NothingLostError(LedgerError):
    """There is no rollback to accept."""

    code = "nothing-lost"

    def __init__(self, slug: str) -> None:
        super().__init__(f"The ledger of {slug} holds all that was published of it.")
        self.slug = slug


class LedgerClockError(LedgerError):
    """The clock of this machine is far behind the last entry, so nothing is recorded."""

    code = "ledger-clock"

    def __init__(self, behind_ms: int) -> None:
        super().__init__(f"The clock is {behind_ms // 1000} s behind the last ledger entry.")
        self.behind_ms = behind_ms


class NoOpenLogError(LedgerError):
    """A hub has no log that takes entries."""

    code = "no-open-log"

    def __init__(self, hub: int) -> None:
        super().__init__(f"Hub {hub} has no open ledger log.")
        self.hub = hub


class NotInTreeError(LedgerError):
    """An entry is not in the tree that a proof was asked for."""

    code = "not-in-tree"


# The database


class StoreError(CredhubError):
    """The database refuses."""

    code = "store-refused"


class ConflictError(StoreError):
    """Another row stands where a new one should go, or a row to change is not as expected."""

    code = "conflict"

    def __init__(self, table: str) -> None:
        super().__init__(f"The {table.replace('_', ' ')} exists, or has changed meanwhile.")
        self.table = table


class StoreUnavailableError(StoreError):
    """The database cannot be used now. Nothing was recorded."""

    code = "store-unavailable"

    def __init__(self) -> None:
        super().__init__("The database cannot be used now. Nothing was recorded.")


class StoreDeniedError(StoreError):
    """The role that we are in the database may not do this. Nothing was recorded."""

    code = "store-denied"

    def __init__(self) -> None:
        super().__init__(
            "The role in the database may not do this. An auditor's does what needs no secret: "
            "`credhub audit --public-only`."
        )


class DatabaseMissingError(StoreError):
    """There is no database in the place that the settings name."""

    code = "database-missing"

    def __init__(self, place: str) -> None:
        super().__init__(
            f"There is no database at {place}. Set CREDHUB_DATA to its folder, or "
            "CREDHUB_DATABASE_URL to its address."
        )
        self.place = place


class RecordDamagedError(StoreError):
    """A row that is sealed cannot be opened any more: somebody, or a disk, changed it."""

    code = "record-damaged"

    def __init__(self) -> None:
        super().__init__(
            "What is stored here is damaged and cannot be opened. That says nothing about the"
            " credential. Tell the people who run this service."
        )


class StoreContendedError(StoreError):
    """Two transactions waited for one another. Nothing was recorded; trying again is safe."""

    code = "store-contended"

    def __init__(self) -> None:
        super().__init__("The database was too busy. Nothing was recorded; try again.")


class RecordOutcomeUnknownError(StoreError):
    """It is not known whether a unit was recorded: ask again with the same Idempotency-Key."""

    code = "outcome-unknown"

    def __init__(self) -> None:
        super().__init__(
            "It is not known whether this was recorded. The same request with the same"
            " Idempotency-Key gives the truth."
        )


class QueueFullError(StoreError):
    """Too many units wait to be recorded. This one was not taken."""

    code = "queue-full"

    def __init__(self) -> None:
        super().__init__("Too much waits to be recorded. Try again in a moment.")


class SequencerClosedError(StoreError):
    """The process is stopping. The unit was not taken."""

    code = "store-closing"

    def __init__(self) -> None:
        super().__init__("The service is stopping. Try again in a moment.")


class SecondStoreConflictError(StoreError):
    """The second store holds another text than the one to replace."""

    code = "second-store-conflict"

    def __init__(self, key: str) -> None:
        super().__init__("The second store has changed meanwhile.")
        self.key = key


class SecondStoreUnavailableError(StoreError):
    """The second store of checkpoints cannot be used now."""

    code = "second-store-unavailable"

    def __init__(self) -> None:
        super().__init__("The second store of checkpoints cannot be used now. Try again later.")


class UnsafeSettingsError(StoreError):
    """The database could lose what it has acknowledged."""

    code = "unsafe-database-settings"

    def __init__(self, setting: str, value: str) -> None:
        super().__init__(
            f"The database setting {setting} is {value}, so a power cut could lose credentials."
        )
        self.setting = setting
        self.value = value


class SchemaNotCurrentError(StoreError):
    """The tables are not those of this version."""

    code = "schema-not-current"

    def __init__(self, found: str | None, expected: str) -> None:
        super().__init__(
            f"The database is at version {found or 'none'}, not {expected}:"
            " run `credhub db upgrade`."
        )
        self.found = found
        self.expected = expected


class NotPostgresqlError(StoreError):
    """Only PostgreSQL has what was asked for."""

    code = "not-postgresql"

    def __init__(self) -> None:
        super().__init__("This is for PostgreSQL; CREDHUB_DATABASE_URL names another database.")


class HardeningError(StoreError):
    """The rights of the database's roles are not what they should become. Nothing has changed."""

    code = "hardening-refused"


class DistributionError(StoreError):
    """The tables cannot be spread over several servers. Nothing has changed."""

    code = "distribution-refused"


# Publishing


class PublishingError(CredhubError):
    """A ledger cannot be published to its place."""

    code = "not-published"


class ObjectsUnavailableError(PublishingError):
    """The folder or bucket cannot be used now."""

    code = "publishing-place-unavailable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The place to publish to cannot be used: {reason}.")
        self.reason = reason


class ObjectConflictError(PublishingError):
    """The folder or bucket holds something else under a name; it was left as it is."""

    code = "publishing-conflict"

    def __init__(self, path: str) -> None:
        super().__init__(f"The place to publish to holds something else as {path}.")
        self.path = path


class PublicationRefusedError(PublishingError):
    """What is published of a ledger is not how this ledger began; it was left as it is."""

    code = "publication-refused"

    def __init__(self, origin: str, message: str) -> None:
        super().__init__(f"{origin}: {message}")
        self.origin = origin


# Keys and sealed values


class KeyStoreError(CredhubError):
    """A key is missing, unreadable or unsafe."""

    code = "key-unusable"


class UnsafeKeyFileError(KeyStoreError):
    """Other users of the machine can read or replace a key file."""

    code = "unsafe-key-file"

    def __init__(self, path: str) -> None:
        super().__init__(f"Other users can reach the key file {path}: run `chmod 600 {path}`.")
        self.path = path


class WeakMasterKeyError(KeyStoreError):
    """A master key is short, or printed in an example."""

    code = "weak-master-key"


class UnsealError(KeyStoreError):
    """Sealed bytes were changed, moved, or sealed with another key."""

    code = "sealed-value-unreadable"

    def __init__(self) -> None:
        super().__init__("A sealed value cannot be opened with this key in this place.")


# Documents and the sandbox


class DocumentError(CredhubError):
    """A document cannot be made."""

    code = "document-not-made"


class CertificateContentError(DocumentError):
    """Something that shall be printed on a certificate cannot be."""

    code = "certificate-content"

    def __init__(self, field: str, fault: str) -> None:
        super().__init__(f"The {field} of a certificate {fault}.")
        self.field = field


class CertificateNotMadeError(DocumentError):
    """The typesetter refused a certificate."""

    code = "certificate-not-made"

    def __init__(self) -> None:
        super().__init__("The certificate could not be made.")


class BadgeNotMadeError(DocumentError):
    """The typesetter refused a badge, or a picture cannot take a credential along."""

    code = "badge-not-made"

    def __init__(self) -> None:
        super().__init__("The badge could not be made.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterFault:
    """What is wrong in one place of a roster.

    Attributes:
        row: The row as spreadsheets count, the header being 1; None for the file as a whole.
        column: The name of the column, if one is to blame.
        problem: A sentence without its subject, such as "must not be empty."
    """

    row: int | None = None
    column: str | None = None
    problem: str

    def text(self) -> str:
        """Say where and what, such as ``Row 3, name: must not be empty.``."""
        places = [f"row {self.row}" if self.row else "", self.column or ""]
        where = ", ".join(place for place in places if place) or "the file"
        return f"{where[0].upper()}{where[1:]}: {self.problem}"


class RosterError(DocumentError):
    """A roster is not what it has to be; nothing of it is used."""

    code = "roster-refused"

    def __init__(self, faults: tuple[RosterFault, ...]) -> None:
        super().__init__(f"The roster has faults. The first is: {faults[0].text()}")
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """What is wrong in one place of a file of rows.

    Attributes:
        row: The row as spreadsheets count, the header being 1; in JSON the line, or the place in
            the array, from 1. None for the file as a whole.
        column: The text of the header, or the path of the member in JSON, if one is to blame.
        code: Permanent, for software to match on.
        detail: Plain sentences for whoever made the file. They quote headers, never a learner.
        value: What stands there, cut short, or what it would be in another encoding.
    """

    row: int | None = None
    column: str | None = None
    code: str
    detail: str
    value: str | None = field(default=None, repr=False)

    def text(self) -> str:
        """Say where and what, such as ``Row 3, E-Mail: This is no e-mail address.``."""
        row = None if self.row is None else f"Row {self.row}"
        places = [place for place in (row, self.column) if place]
        return f"{', '.join(places) or 'The file'}: {self.detail}"


class RowsError(DocumentError):
    """A file of rows cannot be read, or not any further."""

    code = "rows-refused"

    def __init__(self, faults: tuple[RowFault, ...]) -> None:
        # Not the fault's own words: a header that they quote may be the row of a learner.
        super().__init__(f"The file cannot be read ({faults[0].code}).")
        self.faults = faults


class RowRefusedError(DocumentError):
    """Something in one row is not what it has to be; the rows beside it may be."""

    code = "row-refused"

    def __init__(self, fault: RowFault) -> None:
        super().__init__(f"A row cannot be read ({fault.code}).")
        self.fault = fault


class SandboxError(CredhubError):
    """A worker process was stopped or failed."""

    code = "sandbox-failed"


class SandboxTimeoutError(SandboxError):
    """A request took longer than it may, so its worker was killed."""

    code = "sandbox-timeout"

    def __init__(self, task: str, seconds: float) -> None:
        super().__init__(f"The task {task} took longer than {seconds:g} s.")
        self.task = task
        self.seconds = seconds


class SandboxCrashedError(SandboxError):
    """A worker ended, or answered nonsense, in the middle of a request."""

    code = "sandbox-crashed"

    def __init__(self, task: str, reason: str) -> None:
        super().__init__(f"The task {task} did not end well.")
        self.task = task
        self.reason = reason


class SandboxBusyError(SandboxError):
    """All workers are taken, and enough callers wait already."""

    code = "sandbox-busy"

    def __init__(self) -> None:
        super().__init__("Too many documents are being worked on. Try again in a moment.")


class SandboxClosedError(SandboxError):
    """The service is shutting down."""

    code = "sandbox-closed"

    def __init__(self) -> None:
        super().__init__("The service is shutting down.")


class SandboxTaskError(SandboxError):
    """A task refused its payload with an error of this tree, raised in the worker."""

    code = "sandbox-task-refused"

    def __init__(self, task_code: str, message: str) -> None:
        super().__init__(message)
        self.task_code = task_code


# Files on the machine of whoever runs a command


class FileNotOpenedError(CredhubError):
    """A file is not one that can be read here."""

    code = "file-not-opened"


class FileNotWrittenError(CredhubError):
    """A file cannot be written where it should be."""

    code = "file-not-written"

    def __init__(self, path: str, reason: str | None) -> None:
        super().__init__(f"{path} cannot be written: {reason or 'the disk refuses it'}.")
        self.path = path


class FileTooLargeError(CredhubError):
    """A file is larger than any that is read."""

    code = "file-too-large"

    def __init__(self, megabytes: int) -> None:
        super().__init__(f"It is larger than {megabytes} MiB.")
        self.megabytes = megabytes


class TooManyFilesError(CredhubError):
    """There are more files than one command looks into."""

    code = "too-many-files"

    def __init__(self, most: int) -> None:
        super().__init__(f"There are more than {most} files. Check them in parts.")
        self.most = most


# Requests


class RequestError(CredhubError):
    """A caller asked for what cannot be done."""

    code = "request-refused"


class UnknownCodeError(RequestError):
    """A text is not a public code."""

    code = "unknown-code"

    def __init__(self) -> None:
        super().__init__("There is nothing under this code.")


class InvalidClaimError(RequestError):
    """A claim cannot be put in a credential."""

    code = "invalid-claim"

    def __init__(self, member: str, message: str) -> None:
        super().__init__(f"{member}: {message}")
        self.member = member
        self.message = message


class UnauthenticatedError(RequestError):
    """The request has no API key that we know, or one that is expired or revoked."""

    code = "unauthenticated"

    def __init__(self) -> None:
        super().__init__("Send a valid API key as: Authorization: Bearer chk_…")


class ScopeMissingError(RequestError):
    """The API key may not do this."""

    code = "scope-missing"

    def __init__(self, scope: str) -> None:
        super().__init__(f"This API key does not have the scope {scope}.")
        self.scope = scope


class TokenRequestError(RequestError):
    """A request for an access token is refused, in the words of OAuth 2."""

    code = "token-request-refused"

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


class UploadTooLargeError(RequestError):
    """What is to be verified is larger than any honest one."""

    code = "upload-too-large"

    def __init__(self) -> None:
        super().__init__(
            "The credential, or a part of it, is larger than any that would be honest."
        )


class PresentationTooLargeError(RequestError):
    """A presentation holds more credentials than one request may."""

    code = "too-many-credentials"

    def __init__(self, most: int) -> None:
        super().__init__(f"A presentation may hold {most} credentials at most.")
        self.most = most


class UploadRefusedError(RequestError):
    """A file is not one that can be read in one way, so nothing is said of what is in it."""

    code = "upload-refused"
    sentence: ClassVar[str] = "The file cannot be read."

    def __init__(self) -> None:
        super().__init__(self.sentence)


class UnknownFileKindError(UploadRefusedError):
    """A file is nothing that we read."""

    code = "file-kind-not-known"
    sentence = (
        "This kind of file is not read here. Send the credential itself, a PDF, a PNG or SVG"
        " badge, or a photo as JPEG or PNG."
    )


class PhotoKindError(UploadRefusedError):
    """An image is of a kind that we do not read."""

    code = "photo-kind-not-read"
    sentence = (
        "Photos of this kind, such as HEIC or WebP, are not read here. Save it as JPEG or PNG, or"
        " send a screenshot of it."
    )


class NoCredentialError(UploadRefusedError):
    """A file holds neither a credential nor an address of one."""

    code = "no-credential-in-file"
    sentence = "There is no credential in this file, and no QR code that could be read."


class SeveralCredentialsError(UploadRefusedError):
    """A file holds more than one credential."""

    code = "several-credentials"
    sentence = "The file holds more than one credential. Send them one by one."


class SeveralUploadsError(UploadRefusedError):
    """A form holds more than one thing to be verified."""

    code = "several-uploads"
    sentence = (
        "More than one thing was sent: a file and a pasted text, or two of a kind. Send one of them"
        " only, so that nobody takes the answer for that of the other."
    )


class PresentationInFileError(UploadRefusedError):
    """A presentation is attached to a file, or baked in."""

    code = "presentation-in-file"
    sentence = "The file holds a presentation of credentials. Send the presentation itself."


class AmbiguousBadgeError(UploadRefusedError):
    """A badge image holds more than one credential."""

    code = "ambiguous-badge"
    sentence = "The image holds more than one credential, so programs could show different ones."


class BadgeKeywordError(UploadRefusedError):
    """A badge image names its credential almost as the standard does."""

    code = "badge-keyword"
    sentence = (
        "The credential in the image is not named as the standard wants it, so programs could"
        " overlook it."
    )


class BadgeChunkError(UploadRefusedError):
    """A badge image holds its credential in another kind of text than it must."""

    code = "badge-chunk"
    sentence = "The credential in the image is not stored as the standard wants it."


class BadgePlaceError(UploadRefusedError):
    """A badge image holds its credential in another place than it must."""

    code = "badge-place"
    sentence = "The credential in the image is not where the standard wants it."


class CompressedBadgeError(UploadRefusedError):
    """A badge image holds its credential compressed."""

    code = "compressed-badge"
    sentence = "The credential in the image is compressed, which the standard does not allow."


class CredentialTooLargeError(UploadRefusedError):
    """What is in a file is larger than any honest credential."""

    code = "credential-too-large"
    sentence = "The credential in the file is larger than any that would be honest."


class DataAfterEndError(UploadRefusedError):
    """An image goes on after its end."""

    code = "data-after-end"
    sentence = (
        "The image holds something after its end, so it may be another file at the same time. "
    )


class MalformedPngError(UploadRefusedError):
    """A file begins like a PNG and is none, or a damaged one."""

    code = "malformed-png"
    sentence = "The image is damaged."


class MalformedSvgError(UploadRefusedError):
    """A file begins like an SVG and is none, or a damaged one."""

    code = "malformed-svg"
    sentence = "The image is damaged, or is no SVG image."


class UnsafeSvgError(UploadRefusedError):
    """An SVG declares entities, or has instructions for programs."""

    code = "unsafe-svg"
    sentence = "The image holds declarations that no badge needs and that can do harm."


class MalformedPdfError(UploadRefusedError):
    """A file begins like a PDF and is none, or a damaged one."""

    code = "malformed-pdf"
    sentence = "The PDF is damaged."


class EncryptedPdfError(UploadRefusedError):
    """A PDF is encrypted."""

    code = "encrypted-pdf"
    sentence = "The PDF is protected by a password. Send it without protection."


class TooManyAttachmentsError(UploadRefusedError):
    """A PDF has more attachments than any honest certificate."""

    code = "too-many-attachments"
    sentence = "The PDF has too many attachments. Send the credential itself."


class MalformedImageError(UploadRefusedError):
    """A photo is damaged."""

    code = "malformed-image"
    sentence = "The image is damaged."


class ImageTooLargeError(UploadRefusedError):
    """A photo has more pixels than we decode."""

    code = "image-too-large"
    sentence = "The image has more pixels than are read here. Send a smaller one."


class SeveralCodesError(UploadRefusedError):
    """A photo shows more than one QR code."""

    code = "several-qr-codes"
    sentence = "The image shows more than one QR code. Send a part of it with one only."


class NotALinkError(UploadRefusedError):
    """What should be an address, perhaps in a QR code, is no web address."""

    code = "not-a-link"
    sentence = "That is no web address, or the QR code holds none."


class FileTooComplexError(UploadRefusedError):
    """A file takes more time or memory to read than any honest one."""

    code = "file-too-complex"
    sentence = "The file is built so that reading it would take too long."


class FileNotReadError(UploadRefusedError):
    """The worker that read a file did not survive it."""

    code = "file-not-read"
    sentence = "The file could not be read. It may be damaged."


class BatchBusyError(RequestError):
    """As many batches are being verified as there may be at once."""

    code = "batch-busy"

    def __init__(self) -> None:
        super().__init__("Other batches are being verified. Try again in a moment.")


class RateLimitedError(RequestError):
    """One client asked too often."""

    code = "rate-limited"

    def __init__(self, *, retry_after: int = 60) -> None:
        super().__init__("Too many requests from your address. Wait a minute and try again.")
        self.retry_after = retry_after


class HubNotFoundError(RequestError):
    """No hub has this name."""

    code = "hub-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such hub here.")


class HubSlugError(RequestError):
    """A hub cannot have this name in addresses."""

    code = "hub-slug-refused"


class HubExistsError(RequestError):
    """Another hub has this name."""

    code = "hub-exists"

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is already a hub named {slug}.")
        self.slug = slug


class HubNameAlikeError(RequestError):
    """A reader could take the name of a new hub for that of another issuer."""

    code = "hub-name-alike"

    def __init__(self, other: str, *, source: str | None) -> None:
        where = "is a hub here" if source is None else f"stands in the list {source}"
        super().__init__(
            f"Readers could take this name for {other}, which {where}. Choose another name, or "
            f"look into it and repeat the command with --even-if-alike."
        )
        self.other = other
        self.source = source


class TileNotFoundError(RequestError):
    """The newest signed tree of a log has no such tile or entry bundle."""

    code = "tile-not-found"

    def __init__(self) -> None:
        super().__init__("The ledger has no such tile.")


class BatchNotFoundError(RequestError):
    """The hub has no such batch."""

    code = "batch-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such batch.")


class BatchNotEndedError(RequestError):
    """Rows of the batch may still be issued."""

    code = "batch-not-ended"

    def __init__(self) -> None:
        super().__init__("This batch has not ended: wait for its end, or cancel it.")


class BatchesBusyError(RequestError):
    """As many files are read, or batches followed or printed, as there may be at once."""

    code = "batches-busy"

    def __init__(self) -> None:
        super().__init__("Too many others are at it. Try again in a moment.")


class FileUnderWayError(RequestError):
    """The hub has as many files being read, or waiting for that, as it may."""

    code = "file-under-way"
    retry_after = 5

    def __init__(self) -> None:
        super().__init__("Files of this hub are being read. Send one after the other.")


class TooManyBatchesError(RequestError):
    """The hub has as many batches under way as it may."""

    code = "too-many-batches"
    retry_after = 60

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} batches are under way: wait for one to end, or cancel one.")
        self.most = most


class RowKeyReusedError(RequestError):
    """A row has a key that gave a credential before, with other claims."""

    code = "row-key-reused"

    def __init__(self) -> None:
        super().__init__(
            "This row was issued before with other details. Correct that credential instead."
        )


class MalformedBatchError(RequestError):
    """Rows of a batch cannot be done as they are; none of the batch is."""

    code = "malformed-batch"

    def __init__(self, faults: tuple[RowFault, ...]) -> None:
        super().__init__("The batch has faults, so nothing of it is done.")
        self.faults = faults


class NothingToChangeError(RequestError):
    """A filter finds nothing that would be changed.

    Attributes:
        is_found: Whether it finds credentials at all.
    """

    code = "nothing-to-change"

    def __init__(self, *, is_found: bool) -> None:
        super().__init__(
            "Nothing would be changed: what was found is so already, is revoked, or its learner"
            " was erased."
            if is_found
            else "No credential was found of which all of this is so."
        )
        self.is_found = is_found


class PictureNotFoundError(RequestError):
    """The hub has no such picture."""

    code = "picture-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such picture.")


class AchievementNotFoundError(RequestError):
    """The hub has no such achievement."""

    code = "achievement-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such achievement.")


class CredentialNotFoundError(RequestError):
    """The hub has no such credential."""

    code = "credential-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such credential.")


class CredentialErasedError(RequestError):
    """The learner's personal data were erased, and the credential's contents with them."""

    code = "credential-erased"

    def __init__(self) -> None:
        super().__init__("This credential was erased at the learner's request.")


class FormNotIssuedError(RequestError):
    """The credential was not signed in the form that was asked for."""

    code = "form-not-issued"

    def __init__(self, issued: tuple[str, ...]) -> None:
        super().__init__(f"This credential was signed as {', '.join(issued)} only.")
        self.issued = issued


class FormNotOfferedError(RequestError):
    """A hub cannot choose a form."""

    code = "form-not-offered"


class AlreadyRevokedError(RequestError):
    """The credential is revoked already, which is final."""

    code = "already-revoked"

    def __init__(self) -> None:
        super().__init__("This credential is already revoked.")


class AlreadyCorrectedError(RequestError):
    """Another credential replaces this one; only the newest can be corrected."""

    code = "already-corrected"

    def __init__(self) -> None:
        super().__init__("Another credential replaces this one already. Correct that one.")


class CredentialReplacedError(RequestError):
    """Another credential replaces this one, and would be left as it is."""

    code = "credential-replaced"

    def __init__(self, address: str) -> None:
        super().__init__(f"Another credential replaces this one and stands: {address}")
        self.address = address


class ReplacedOtherwiseError(RequestError):
    """What replaces a credential does not say what a table says either.

    Attributes:
        newest: The permanent address of the credential that stands in its place.
    """

    code = "replaced-otherwise"

    def __init__(self, newest: str) -> None:
        super().__init__(f"It was replaced since, and what replaces it says otherwise: {newest}")
        self.newest = newest


class CredentialSuspendedError(RequestError):
    """The credential is suspended, and one that replaces it would not be."""

    code = "credential-suspended"

    def __init__(self) -> None:
        super().__init__("This credential is suspended. Lift that first.")


class NotCorrectableError(RequestError):
    """A client composed the credential, so nobody here knows how to write another."""

    code = "not-correctable"

    def __init__(self) -> None:
        super().__init__(
            "This credential was composed elsewhere and only signed here. Issue another one."
        )


class NothingToCorrectError(RequestError):
    """A correction would say what the credential says."""

    code = "nothing-to-correct"

    def __init__(self) -> None:
        super().__init__(
            "The credential says this already, and its achievement has no newer version."
        )


class NotSuspendableError(RequestError):
    """The credential was issued without a place in a list of suspensions."""

    code = "not-suspendable"

    def __init__(self) -> None:
        super().__init__(
            "This credential cannot be suspended: its achievement was not marked as suspendable."
        )


class NotSuspendedError(RequestError):
    """The credential was never suspended, so there is nothing to lift."""

    code = "not-suspended"

    def __init__(self) -> None:
        super().__init__("This credential is not suspended.")


class NoCertificateError(RequestError):
    """A credential is not one that is printed."""

    code = "no-certificate"

    def __init__(self) -> None:
        super().__init__("Only a credential for an achievement is printed as a certificate.")


class VcalmRequestError(RequestError):
    """The body of a VCALM request is not of the documented form."""

    code = "malformed-vcalm-request"


class ForeignIssuerError(RequestError):
    """A credential to be signed is somebody else's, or signed already."""

    code = "not-ours-to-sign"


class IdempotencyKeyMissingError(RequestError):
    """A request that creates something has no Idempotency-Key."""

    code = "idempotency-key-missing"

    def __init__(self) -> None:
        super().__init__("Send an Idempotency-Key header of 1 to 255 visible ASCII characters.")


class IdempotencyKeyReusedError(RequestError):
    """The Idempotency-Key was used before, for another body."""

    code = "idempotency-key-reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used before with another body.")


class ApiKeyNotFoundError(RequestError):
    """The hub has no such API key."""

    code = "api-key-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such API key.")


class WebhookNotFoundError(RequestError):
    """The hub has no such webhook."""

    code = "webhook-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such webhook.")


class TooManyWebhooksError(RequestError):
    """The hub has as many webhooks as it may have."""

    code = "too-many-webhooks"

    def __init__(self, most: int) -> None:
        super().__init__(f"A hub has at most {most} webhooks.")
        self.most = most


class WebhookAddressError(RequestError):
    """Nothing is sent to the address of a webhook."""

    code = "webhook-address-refused"

    def __init__(self) -> None:
        super().__init__(
            "The address of a webhook begins with https://, names a public host and port 443 or "
            "8443, and has no user, password or fragment."
        )


class TooManySecretsError(RequestError):
    """A webhook has as many secrets at a time as it may have."""

    code = "too-many-secrets"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"A webhook has at most {most} secrets at a time. Wait until an old one has ended."
        )
        self.most = most


class ReplayUnderWayError(RequestError):
    """An endpoint is being told something again already."""

    code = "replay-under-way"

    def __init__(self) -> None:
        super().__init__("This webhook is being told something again already. Wait for its end.")


class ReplayRangeError(RequestError):
    """What is to be told again is not in the ledger."""

    code = "replay-range"

    def __init__(self) -> None:
        super().__init__("Name an entry of a log of the hub, and one that comes after it or none.")


class ReceiptNotReadyError(RequestError):
    """The entry is recorded but not yet under a signed checkpoint."""

    code = "receipt-not-ready"

    def __init__(self) -> None:
        super().__init__("The ledger has not signed this entry yet. Try again in a moment.")


class StatusListNotFoundError(RequestError):
    """The hub has no such status list."""

    code = "status-list-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such status list.")


class EndorsementNotFoundError(RequestError):
    """The hub has signed no such endorsement."""

    code = "endorsement-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such endorsement.")


class EndorsementGoneError(RequestError):
    """The hub has ended the endorsement."""

    code = "endorsement-gone"

    def __init__(self) -> None:
        super().__init__("The hub has ended this endorsement.")


class PartnerExistsError(RequestError):
    """The hub vouches for the partner already."""

    code = "partner-exists"

    def __init__(self, did: str) -> None:
        super().__init__(f"The hub vouches for {did} already. End that first.")
        self.did = did


class PartnerNotFoundError(RequestError):
    """The hub does not vouch for the partner."""

    code = "partner-not-found"

    def __init__(self, did: str) -> None:
        super().__init__(f"The hub does not vouch for {did}.")
        self.did = did


class EndorserNotPartnerError(RequestError):
    """An endorsement is by somebody who is no partner of the hub now."""

    code = "endorser-not-a-partner"

    def __init__(self, did: str) -> None:
        super().__init__(f"The hub does not vouch for {did} now, so it takes no endorsement of it.")
        self.did = did


class EndorsementRefusedError(RequestError):
    """A check of a signed endorsement did not pass."""

    code = "endorsement-refused"

    def __init__(self, check: str, reason: str) -> None:
        super().__init__(f"The endorsement is refused: {check}. {reason}")
        self.check = check


class EndorsementNotProvedError(RequestError):
    """Whether a signed endorsement is genuine could not be found out."""

    code = "endorsement-not-proved"

    def __init__(self, check: str, reason: str) -> None:
        super().__init__(f"The endorsement could not be proved: {check}. {reason}")
        self.check = check


class EndorsedNotFoundError(RequestError):
    """The hub has nothing of the address that an endorsement is about."""

    code = "endorsed-not-found"

    def __init__(self) -> None:
        super().__init__(
            "The endorsement must be about the hub, or about an achievement of the hub, by its "
            "public address."
        )


class EndorsedAlreadyError(RequestError):
    """The partner endorses the same thing already, or the same text was here before."""

    code = "endorsed-already"

    def __init__(self) -> None:
        super().__init__(
            "The partner endorses this already: withdraw that first, also when its time is over. "
            "Or this very endorsement was withdrawn before."
        )


class EndorsementWithdrawnError(RequestError):
    """An endorsement by a partner was withdrawn."""

    code = "endorsement-withdrawn"

    def __init__(self) -> None:
        super().__init__("The endorsement was withdrawn.")


class NotAnAccountError(RequestError):
    """Somebody confirms an endorsement who is not the account of a partner."""

    code = "not-an-account"

    def __init__(self) -> None:
        super().__init__("Only the account of a partner can confirm: a key that is bound to it.")


class TooManyPartnersError(RequestError):
    """The list of partners is full."""

    code = "too-many-partners"

    def __init__(self, most: int) -> None:
        super().__init__(f"A hub vouches for at most {most} partners at a time.")
        self.most = most


class ProgramNotFoundError(RequestError):
    """The hub has no such program."""

    code = "program-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such program.")


class ProgramAchievementNotFoundError(RequestError):
    """A program names an achievement that the hub does not have."""

    code = "program-achievement-not-found"

    def __init__(self, member: str) -> None:
        super().__init__(f"{member} is no achievement of this hub.")
        self.member = member


class ProgramCycleError(RequestError):
    """Achievements of a program require one another, so nobody could earn them."""

    code = "program-cycle"

    def __init__(self, members: tuple[str, ...]) -> None:
        super().__init__(f"These require one another: {', '.join(members)}.")
        self.members = members


class ProgramArchivedError(RequestError):
    """The program is archived: no cohort of it begins."""

    code = "program-archived"

    def __init__(self) -> None:
        super().__init__("The program is archived. Change it to use it again.")


class CohortNotFoundError(RequestError):
    """The hub has no such cohort."""

    code = "cohort-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such cohort.")


class CohortNotOverError(RequestError):
    """The last day of the cohort is still to come."""

    code = "cohort-not-over"

    def __init__(self) -> None:
        super().__init__(
            "The cohort is not over: finish it on its last day, or change when it ends."
        )


class CohortFullError(RequestError):
    """The cohort has as many learners as one may have."""

    code = "cohort-full"

    def __init__(self, most: int) -> None:
        super().__init__(f"A cohort has at most {most} learners.")
        self.most = most


class LearnerNotFoundError(RequestError):
    """The cohort has no such learner."""

    code = "learner-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such learner in this cohort.")


class LearnerErasedError(RequestError):
    """The learner was erased, so nothing is known of them any more."""

    code = "learner-erased"

    def __init__(self) -> None:
        super().__init__("This learner was erased.")


class ChangedMeanwhileError(RequestError):
    """Somebody else changed it after it was read."""

    code = "changed-meanwhile"

    def __init__(self, version: int) -> None:
        super().__init__(f"It was changed meanwhile: its version is {version}. Read it again.")
        self.version = version


class KeyNotFoundError(RequestError):
    """The ledger says nothing of this key."""

    code = "key-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such key.")


class CosigningError(RequestError):
    """We do not cosign a checkpoint of another service."""

    code = "not-cosigned"


class CosigningRequestError(CosigningError):
    """A request to cosign a checkpoint is not one."""

    code = "malformed-add-checkpoint"


class OriginNotWitnessedError(CosigningError):
    """We are no witness of the log."""

    code = "origin-not-witnessed"

    def __init__(self) -> None:
        super().__init__("This witness does not know the log.")


class NotTheLogError(CosigningError):
    """No key of the log that we know signed the checkpoint."""

    code = "checkpoint-not-signed"

    def __init__(self) -> None:
        super().__init__("No known key of the log signed the checkpoint.")


class OldSizeError(CosigningError):
    """The witness cosigned another size than the log believes."""

    code = "old-size-differs"

    def __init__(self, size: int) -> None:
        super().__init__(f"The last checkpoint that was cosigned has the size {size}.")
        self.size = size


class NotConsistentError(CosigningError):
    """The checkpoint does not go on from what the witness cosigned."""

    code = "checkpoint-not-consistent"

    def __init__(self) -> None:
        super().__init__("The checkpoint does not go on from the last one that was cosigned.")


class CredentialNotShownError(RequestError):
    """The learner lets the public see less of a credential than was asked for."""

    code = "credential-not-shown"

    def __init__(self) -> None:
        super().__init__(
            "Whom this credential is about does not show it here. Ask them for it: this says"
            " nothing about whether it is genuine."
        )


class ClaimLinkRefusedError(RequestError):
    """A link for a learner opens nothing, whether it ever did or not."""

    code = "claim-link-refused"

    def __init__(self) -> None:
        super().__init__("This link opens nothing, or nothing any more.")


class ClaimSessionEndedError(RequestError):
    """The time of a browser that opened a link is over, or it opened none."""

    code = "claim-session-ended"

    def __init__(self) -> None:
        super().__init__("This visit has ended. Open the page again with a link from your hub.")


class FormRefusedError(RequestError):
    """A form did not come from the page that it belongs to."""

    code = "form-refused"

    def __init__(self) -> None:
        super().__init__("This form did not come from a page of this service.")


class LearnerRequestNotFoundError(RequestError):
    """No learner of the hub asked for this."""

    code = "learner-request-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such request of a learner.")


class LogNotFoundError(RequestError):
    """The hub has no such ledger."""

    code = "log-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such ledger.")


class ContendedError(RequestError):
    """Others kept taking what this request needed. Trying again is safe."""

    code = "contended"

    def __init__(self) -> None:
        super().__init__("The service is too busy for this request. Try again.")
