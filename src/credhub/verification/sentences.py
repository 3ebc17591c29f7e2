"""What a report says in words, to an employer who has never heard of a signature.

Codes are for software; these sentences may be improved at any time. Nothing of the document
stands in a sentence before the document is proved, so an error's own message is used only for
the codes in ``_OWN_WORDS``, whose messages are made by this package or come after the proof.
"""

from typing import Final

from credhub.verification.report import (
    ENDORSED_CODE,
    IN_POLICY_CODE,
    KEY_CLAIMED_CODE,
    LISTED_CODE,
    NOT_CHECKED_CODE,
    OTHER_CREDENTIAL_CODE,
    OTHERS_IGNORED_CODE,
    RELATED_NOT_COMPARED_CODE,
    STAPLED_STATUS_CODE,
    VALID_THEN_CODE,
    Check,
    Outcome,
)

_PASSED: Final = {
    Check.PARSE: "The file is complete and can be read in one way only.",
    Check.STRUCTURE: "It is an Open Badges credential with everything that belongs in one.",
    Check.PROOF: "The signature is genuine: nothing was changed since the credential was signed.",
    Check.ISSUER_BINDING: "The signature was made with a key that {issuer} publishes.",
    Check.SCHEMA: "It has the parts that the issuer's published template asks for.",
    Check.VALIDITY: "It is valid today.",
    Check.STATUS: "The issuer has not withdrawn it.",
    Check.LEDGER: "The signature is recorded in the issuer's ledger, where nothing can be"
    " changed or backdated unnoticed.",
    Check.TRUST: "The operator of this service vouches for {issuer}.",
}

_SKIPPED: Final = {
    Check.SCHEMA: "The credential names no template to compare it with. It need not.",
    Check.STATUS: "The issuer keeps no list of withdrawn credentials for it, so nobody can see"
    " whether it was withdrawn.",
    Check.LEDGER: "The issuer's ledger is not one that can be looked into here.",
}

_FAILED: Final = {
    Check.PARSE: "The file cannot be read as a credential.",
    Check.STRUCTURE: "Something that every credential must have is missing, or cannot be read for"
    " certain.",
    Check.PROOF: "The signature is not genuine, or does not cover the whole credential.",
    Check.ISSUER_BINDING: "The signature was not made by the issuer that the credential names.",
    Check.SCHEMA: "The credential does not have the parts that the issuer's published template"
    " asks for.",
    Check.VALIDITY: "The credential is not valid today.",
    Check.STATUS: "What the issuer says about withdrawn credentials is damaged.",
    Check.LEDGER: "The record of the signature in the issuer's ledger is not genuine.",
    Check.TRUST: "The operator of this service does not vouch for the issuer.",
}

_UNKNOWN: Final = {
    Check.PARSE: "The file could not be read.",
    Check.STRUCTURE: "The parts of the credential could not be compared with the standard.",
    Check.PROOF: "The signature could not be checked.",
    Check.ISSUER_BINDING: "Whether the issuer made the signature could not be found out.",
    Check.SCHEMA: "The credential names a published template that is not known here.",
    Check.VALIDITY: "Whether the credential is valid today could not be found out.",
    Check.STATUS: "Whether the issuer has withdrawn the credential could not be found out.",
    Check.LEDGER: "The issuer's ledger could not be asked.",
    Check.TRUST: "Nobody has told this service who the issuer is. That says nothing bad about it.",
}

_GENERAL: Final = {
    Outcome.PASSED: _PASSED,
    Outcome.SKIPPED: _SKIPPED,
    Outcome.FAILED: _FAILED,
    Outcome.UNKNOWN: _UNKNOWN,
}

_BY_CODE: Final = {
    OTHERS_IGNORED_CODE: "The signature is genuine: nothing was changed since the credential was"
    " signed. Further signatures, by methods that are not known here, were not checked.",
    NOT_CHECKED_CODE: "This was not checked, because an earlier check did not pass.",
    "unreadable": "The file is damaged, or is not a credential.",
    "from-pdf": "The credential that is attached to the PDF is complete and can be read in one way"
    " only. What the pages of the PDF show was not checked: believe only what stands here.",
    "from-image": "The credential in the image is complete and can be read in one way only. What"
    " the picture shows was not checked: believe only what stands here.",
    "from-qr-code": "The QR code leads to this credential. What is printed around it was not"
    " checked: believe only what stands here, and compare the name with a photo ID.",
    "older-open-badge": "This is a badge of the older edition, Open Badges 2.0, which is not"
    " checked here. That says nothing bad about it: ask whoever awarded it, or ask for the badge as"
    " Open Badges 3.0.",
    "not-a-credential": "It is a file of another kind, and not a credential.",
    "related-resource-differs": "The credential was made for another edition of a file that gives"
    " its words their meaning.",
    OTHER_CREDENTIAL_CODE: "It is a verifiable credential, though not an Open Badge, with"
    " everything that belongs in one.",
    RELATED_NOT_COMPARED_CODE: "It has everything that belongs in a credential. It also names other"
    " files, which were not fetched or compared.",
    "malformed-status-entry": "The credential does not say properly where one can see whether it"
    " was withdrawn.",
    "bad-signature": "The signature does not fit: the credential was changed after it was signed,"
    " or somebody else signed it.",
    "data-loss": "The credential holds something that its signature does not cover, so it"
    " may have been added by anyone.",
    "digits-lost": "The credential holds a number with so many digits that its signature cannot be"
    " checked here.",
    "digits-not-signed": "The signature is genuine, but it does not cover the last digits of a"
    " number, so anyone may have changed those. The issuer should write the number shorter.",
    "endorsements-not-told-apart": "The credential holds endorsements of itself, and its signature"
    " does not say who said what in them. So it cannot be checked here.",
    "not-json-ld": "The credential holds something that no signature can cover, so anyone may have"
    " added it.",
    "context-not-allowed": "The credential gives words a meaning of its own, so that what you read"
    " need not be what was signed.",
    "too-complex": "The credential is built so that checking it would take too long.",
    "malformed-proof": "The credential is not signed, or its signature is damaged.",
    "malformed-token": "The file is damaged or incomplete. Some e-mail programs cut long lines:"
    " ask for it as an attachment.",
    "token-too-large": "The file is larger than any honest credential.",
    "jose-header": "The file asks to be read in a way that cannot be trusted.",
    "alg-not-allowed": "The file was not signed with a key that only its signer has, so anybody"
    " could have made it.",
    "unknown-algorithm": "The file is signed in a way that cannot be checked here. Others may be"
    " able to.",
    "claim-mismatch": "The file says one thing in one place and another in a second place.",
    "token-expired": "The signature says itself that it no longer counts.",
    "token-not-yet-valid": "The signature says itself that it does not count yet.",
    "key-not-of-did": "The issuer publishes its key in a way that cannot be read here.",
    "no-keys-published": "There is no key at the address where the credential says that its key is"
    " published.",
    "key-not-vouched-for": "The signature fits a key that is published on the web, but the issuer"
    " does not say that the key is its own. The issuer can say so in the key set of its site.",
    "key-came-along": "The signature fits a key that came with the credential itself, so anybody"
    " could have made it. The issuer does not say that the key is its own; it can say so in the key"
    " set of its site.",
    "malformed-envelope": "Something was written around the credential that must not be there.",
    "unknown-envelope": "The credential is packed in a way that cannot be opened here.",
    "not-a-presentation": "The file is not a presentation of credentials.",
    "malformed-presentation": "A part that every presentation must have is missing or damaged.",
    "holder-mismatch": "The presentation was signed by somebody other than the holder that it"
    " names.",
    "challenge-mismatch": "The presentation does not answer the question that was asked: it may"
    " have been made for another occasion.",
    "domain-mismatch": "The presentation was made for somebody else.",
    "token-type": "The file was signed for another purpose than being a credential, or does not"
    " say for which.",
    "base-proof": "This is the copy that the holder keeps, and it is not for showing. Whoever it"
    " belongs to can send the address of its page, or let a wallet make a file with the parts that"
    " they want to show.",
    "bad-pointer": "The signature names parts of the credential that are not there.",
    "duplicate-proof": "The credential carries the same signature twice.",
    "proof-expired": "The signature says itself that it no longer counts.",
    "previous-proof-missing": "The signature builds on another one that is missing.",
    "unknown-cryptosuite": "The credential is signed in a way that cannot be checked here. Others"
    " may be able to.",
    "key-type-mismatch": "The key of the signature does not make signatures of this kind.",
    "weak-key": "The key of the signature is one that anybody can sign with.",
    "uncommon-key": "The credential was signed with an unusual kind of key, which cannot be"
    " checked here.",
    "token-json-serialization": "The credential is written in a way that is not read here. Ask"
    " whoever sent it for the usual form: one long word with dots in it.",
    "unknown-sd-alg": "The credential hides parts of itself in a way that is not safe.",
    "repeated-digest": "The credential refers to the same hidden part twice.",
    "repeated-disclosure": "The credential shows the same part twice.",
    "unreferenced-disclosure": "A part that is shown with the credential does not belong to it: it"
    " was changed or added.",
    "disclosure-arity": "A part that is shown with the credential stands in a wrong place.",
    "disclosure-name": "A part that is shown with the credential has a name that is not allowed.",
    "disclosure-name-taken": "A part that is shown with the credential would replace another part.",
    "required-claim-missing": "The credential hides something that everybody must see, or might:"
    " who issued it, until when it is valid, or where its status is published. Ask for it with"
    " nothing hidden.",
    "key-binding-missing": "Whoever showed the credential did not prove that it is theirs.",
    "key-binding-unexpected": "This copy of the credential was made for somebody else. Ask for the"
    " credential itself.",
    "holder-key-missing": "The credential is not made out to a key, so nobody can prove that it is"
    " theirs.",
    "key-binding-time": "What should show that the credential belongs to whoever sent it is too"
    " old, or from the future.",
    "key-binding-audience": "Whoever sent the credential showed to somebody else that it is"
    " theirs, and not to you.",
    "key-binding-nonce": "Whoever sent the credential showed that it is theirs on another"
    " occasion.",
    "key-binding-mismatch": "What should show that the credential belongs to whoever sent it is"
    " about another credential.",
    "did-syntax": "The credential names its signer in a way that cannot be understood.",
    "did-not-resolved": "The keys of the issuer could not be fetched, so the signature could not"
    " be checked.",
    "did-method-not-known": "The credential names its issuer in a way that cannot be looked up"
    " here.",
    "did-mismatch": "What the issuer publishes under its identifier is about somebody else.",
    "did-moved": "The issuer uses another identifier now. Ask the issuer for the credential again.",
    "did-deactivated": "The issuer has given up the identity that signed, with all of its keys.",
    "malformed-did-document": "What the issuer publishes about its keys is damaged.",
    "malformed-did-log": "The history of the issuer's keys is not genuine.",
    "did-controller-mismatch": "The signature names a key that belongs to somebody else than the"
    " identifier that lists it.",
    "key-not-for-authentication": "The presentation names a key that its owner does not use for"
    " presentations.",
    "key-not-for-assertion": "The signature names a key that its owner does not use for"
    " credentials.",
    "issuer-key-mismatch": "The signature was made with a key of somebody else than the issuer"
    " that the credential names.",
    "key-revoked": "The issuer has withdrawn the key, and nothing shows that the signature is older"
    " than that.",
    "key-retired": "The signature was recorded after the issuer had put its key out of use.",
    "key-expired": "The key had ended before the signature was made, as far as can be shown.",
    "key-time-unknown": "The key has ended, and the ledger that could show when it signed could not"
    " be asked.",
    "revoked": "The issuer has withdrawn the credential for good.",
    "suspended": "The issuer has put the credential on hold for now.",
    "no-withdrawal-entry": "The issuer publishes other things about it, but not whether it was"
    " withdrawn, so nobody can see that.",
    "status-not-reached": "The issuer's list of withdrawn credentials could not be reached.",
    "status-type-not-known": "The issuer says whether the credential was withdrawn in a way that"
    " cannot be read here.",
    "status-purpose-not-known": "The issuer has said something about the credential that is not"
    " understood here. Ask the issuer.",
    "status-purpose-mismatch": "The list that the credential points to is for something else than"
    " it says.",
    "status-list-not-genuine": "The issuer's list of withdrawn credentials is not genuine.",
    "status-list-of-another": "The list of withdrawn credentials is not the issuer's own.",
    "status-list-elsewhere": "The list of withdrawn credentials says that it belongs somewhere"
    " else.",
    "status-list-expired": "The issuer's list of withdrawn credentials is too old to say whether it"
    " still stands.",
    "status-list-not-yet-valid": "The issuer's list of withdrawn credentials does not count yet.",
    "not-in-ledger": "The signature is not in the issuer's ledger. The issuer never gave it out:"
    " it is evidence of a stolen key.",
    "not-as-recorded": "The issuer's signature is genuine and recorded, but this file is not the"
    " one that was: somebody added to it, such as a signature of their own. Open the address of"
    " the credential, or ask for the file as the issuer gave it out.",
    "receipt-mismatch": "The receipt is genuine but belongs to another credential.",
    "log-not-known": "The credential says that it is recorded in a ledger that is not known here.",
    "recorded-later": "The signature was recorded in the ledger only after the day that you ask"
    " about, whatever the credential says.",
    "ledger-of-another": "The credential is recorded in a ledger that is not its issuer's.",
    "log-not-in-policy": "The ledger is not in your list of those that you believe. It may be a"
    " newer one of the issuer, or a stranger's: get the issuer's present list.",
    "no-time-left": "There was no time left to check this one, because others were sent with it."
    " Send it again.",
    "link-offline": "The file holds a link, perhaps as a QR code, and no credential. Open the link,"
    " or ask for the credential itself.",
    "not-shown-at-address": "The person whom this credential is about does not show it at its link."
    " Ask them for the credential itself.",
    "nothing-at-address": "The link leads to this service, and no credential is there. It may be"
    " mistyped, or the credential was deleted.",
    "text-too-large": "It is larger than any honest credential, so it was not read.",
    "presentation-in-batch": "This is a presentation of credentials. Send it by itself.",
    "quorum-not-met": "Too few of the independent witnesses that you ask for have seen this record"
    " so far. Get the file again later.",
    "malformed-bundle": "The file is damaged or incomplete.",
    "bundle-contradiction": "The parts of the file do not belong together, so somebody put them"
    " together.",
    "status-not-stapled": "The file does not hold the issuer's list of withdrawn credentials. Get"
    " the file again from its address, or open that address.",
    "status-list-stale": "The list of withdrawn credentials in the file is too old to say whether"
    " it still stands. Get the file again from its address, or open that address.",
    "status-list-too-new": "The list of withdrawn credentials in the file was made after the day"
    " that you ask about.",
    KEY_CLAIMED_CODE: "The signature was made with the key that the file itself names for its"
    " issuer. Nobody whom you trust confirms that key.",
    STAPLED_STATUS_CODE: "The issuer had not withdrawn it when the list in the file was made.",
    IN_POLICY_CODE: "Your own list of those that you believe names {issuer}.",
    LISTED_CODE: "{issuer} stands in a list of issuers that is believed here.",
    ENDORSED_CODE: "{message} vouches for {issuer}.",
    "issuer-not-known": "Nobody has told this service who the issuer is. That says nothing bad"
    " about it. Look up the organisation yourself and ask whether {issuer} is its identifier; if it"
    " is, you can put it into your own list of issuers.",
    VALID_THEN_CODE: "It was valid on the day that you ask about.",
}

_OWN_WORDS: Final = frozenset(
    {
        "malformed-credential",
        "malformed-context",
        "malformed-type",
        "malformed-id",
        "malformed-issuer",
        "malformed-subject",
        "malformed-period",
        "malformed-text",
        "malformed-related-resource",
        "not-yet-valid",
        "expired",
        "foreign-link",
        "issuer-namesake",
    }
)


def of_code(code: str) -> str | None:
    """Give the sentence for a code that says more than its check, if there is one."""
    return _BY_CODE.get(code)


def sentence(check: Check, outcome: Outcome, code: str, *, message: str, issuer: str) -> str:
    """Choose the sentence for one outcome.

    Args:
        check: Which check.
        outcome: How it came out.
        code: Why.
        message: The message of the error, if there was one; or by whose word the check passed.
        issuer: The name of the issuer if we vouch for it, else its identifier.
    """
    if code in _OWN_WORDS:
        return message
    chosen = _BY_CODE.get(code) or _GENERAL[outcome][check]
    return chosen.format(issuer=issuer, message=message)
