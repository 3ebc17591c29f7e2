"""Every error that credhub raises on purpose, as one tree.

    CredhubError
    |- MalformedJsonError, CanonicalizationError     a value has no meaning, or no form
    |- VerificationError                             a check of a credential failed
    |   `- OutcomeUnknownError                       ... or could not be made at all
    |- LedgerError                                   the ledger refuses, or is not what it was
    |- StoreError                                    the database refuses
    |- KeyStoreError                                 a key is missing, unreadable or unsafe
    |- DocumentError                                 a certificate or file cannot be made
    |- SandboxError                                  a worker was stopped or failed
    `- RequestError                                  a caller asked for what cannot be done

``code`` is permanent: callers match on it. The message is one sentence for the public; typed
fields are for tests and logs. Nothing here knows HTTP.
"""

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


# Verification


class VerificationError(CredhubError):
    """A check of a credential failed."""

    code = "check-failed"


class OutcomeUnknownError(VerificationError):
    """A check could not be made, so its outcome is unknown. It is never read as failed."""

    code = "outcome-unknown"


# The ledger


class LedgerError(CredhubError):
    """The ledger refuses, or is not what it was."""

    code = "ledger-refused"


# The database


class StoreError(CredhubError):
    """The database refuses."""

    code = "store-refused"


# Keys and sealed values


class KeyStoreError(CredhubError):
    """A key is missing, unreadable or unsafe."""

    code = "key-unusable"


# Documents and the sandbox


class DocumentError(CredhubError):
    """A document cannot be made."""

    code = "document-not-made"


class SandboxError(CredhubError):
    """A worker process was stopped or failed."""

    code = "sandbox-failed"


# Requests


class RequestError(CredhubError):
    """A caller asked for what cannot be done."""

    code = "request-refused"
