"""Read credentials: the rows, and the signed bytes as they were signed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from credhub.credentials.code import PublicCode
from credhub.errors import (
    CredentialErasedError,
    CredentialNotFoundError,
    FormNotIssuedError,
    RecordDamagedError,
    UnknownCodeError,
    UnsealError,
)
from credhub.keys.sealing import unseal
from credhub.ledger.events import Standing
from credhub.ledger.receipt import Receipt
from credhub.proofs.forms import DEFAULT, Form
from credhub.services import chains, learners
from credhub.services.resources import Resources
from credhub.services.sealed import form_context
from credhub.services.signed_forms import digest_of
from credhub.store.credential_records import CredentialRecord
from credhub.store.credentials import StoredCredential, StoredForm
from credhub.store.hubs import Hub, HubNumber
from credhub.store.learner_choices import UNCHOSEN, Choice
from credhub.store.status import StatusChange
from credhub.store.store import Transaction

_ORDER: Final = tuple(Form)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCredential:
    """One credential with one of its forms opened.

    Attributes:
        form: The one that is opened.
        forms: Every form that it was signed in, the default form first.
        signed: The signed bytes, exactly.
        learner_key: What opens everything about the learner.
        receipt: Proves its ledger entry, when it was just issued.
        changes: Every change of its standing, oldest first.
        superseded_by: The public code of its correction.
        choice: What the learner lets the public see. Whoever answers the public asks ``showing``.
    """

    hub: Hub
    credential: StoredCredential
    form: StoredForm
    forms: tuple[Form, ...]
    signed: bytes = field(repr=False)
    learner_key: bytes = field(repr=False)
    receipt: Receipt | None = field(default=None, repr=False, compare=False)
    changes: tuple[StatusChange, ...] = ()
    superseded_by: str | None = None
    choice: Choice = UNCHOSEN

    @property
    def address(self) -> str:
        """The permanent address."""
        return f"{self.hub.base_url}/c/{self.credential.code}"

    @property
    def successor(self) -> str | None:
        """The permanent address of its correction."""
        code = self.superseded_by
        return None if code is None else f"{self.hub.base_url}/c/{code}"

    @property
    def standing(self) -> Standing:
        """Whether it still stands, by the rows: at once, before any list is published."""
        return standing_after(self.changes)


def standing_after(changes: tuple[StatusChange, ...]) -> Standing:
    """Sum up changes: revoked for good, else suspended until lifted, else active."""
    if any(change.new is Standing.REVOKED for change in changes):
        return Standing.REVOKED  # Whatever a later row says: nothing undoes a revocation.
    last = {change.purpose: change.new for change in changes}
    if Standing.SUSPENDED in last.values():
        return Standing.SUSPENDED
    return Standing.ACTIVE


def by_code(resources: Resources, code: str, form: Form = DEFAULT) -> OpenedCredential:
    """Open the credential at a permanent address.

    Raises:
        CredentialNotFoundError: There is none.
        FormNotIssuedError: It was not signed in this form.
        CredentialErasedError: The learner was erased.
        RecordDamagedError: The rows cannot be opened.
    """
    with resources.store.read() as tx:
        return by_code_in(tx, resources, code, form)


def by_code_in(
    tx: Transaction, resources: Resources, code: str, form: Form = DEFAULT
) -> OpenedCredential:
    """As ``by_code``, for whoever reads more in the same transaction."""
    return found_by_code(tx, resources, code).opened(form)


def by_digest(resources: Resources, code: str, digest: bytes) -> OpenedCredential:
    """Open the credential at a permanent address in the form that has a digest.

    Returns:
        The default form when none has: then these bytes are none that were signed.

    Raises:
        CredentialNotFoundError: There is none.
        CredentialErasedError: The learner was erased.
        RecordDamagedError: The rows cannot be opened.
    """
    with resources.store.read() as tx:
        found = found_by_code(tx, resources, code)
    for form in found.in_order():
        opened = found.opened(form)
        if digest_of(form, opened.signed) == digest:
            return opened
    return found.opened(DEFAULT)


def by_id(
    resources: Resources, number: HubNumber, credential_id: str, form: Form = DEFAULT
) -> OpenedCredential:
    """Open a credential of a hub by its internal id.

    Raises:
        CredentialNotFoundError: The hub has none of this id.
        FormNotIssuedError: It was not signed in this form.
        CredentialErasedError: The learner was erased.
        RecordDamagedError: The rows cannot be opened.
    """
    with resources.store.read() as tx:
        return by_id_in(tx, resources, number, credential_id, form)


def by_id_in(
    tx: Transaction,
    resources: Resources,
    number: HubNumber,
    credential_id: str,
    form: Form = DEFAULT,
) -> OpenedCredential:
    """As ``by_id``, for whoever reads more in the same transaction."""
    record = tx.credential_records.by_id(number, credential_id)
    return _found(resources, tx, record).opened(form)


def newest_in(tx: Transaction, resources: Resources, opened: OpenedCredential) -> OpenedCredential:
    """Open the credential at the end of a chain of corrections: itself, if nothing replaces it.

    Raises:
        RecordDamagedError: The rows cannot be opened.
    """
    while opened.superseded_by is not None:
        opened = by_code_in(tx, resources, opened.superseded_by)
    return opened


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCredential:
    """The rows of a credential, before one of its forms is opened."""

    hub: Hub
    credential: StoredCredential
    stored: Mapping[Form, StoredForm]
    learner_key: bytes = field(repr=False)
    changes: tuple[StatusChange, ...]
    superseded_by: str | None
    choice: Choice

    def in_order(self) -> tuple[Form, ...]:
        """List the forms that it was signed in, the default form first."""
        return tuple(sorted(self.stored, key=_ORDER.index))

    def opened(self, form: Form) -> OpenedCredential:
        """Open one of its forms.

        Raises:
            FormNotIssuedError: It was not signed in this form.
            CredentialErasedError: The learner was erased.
            RecordDamagedError: It cannot be opened.
        """
        stored = self.stored.get(form)
        if stored is None:
            raise FormNotIssuedError(self.in_order())
        if stored.sealed is None:
            raise CredentialErasedError
        context = form_context(self.hub.number, self.credential.credential_id, form)
        return OpenedCredential(
            hub=self.hub,
            credential=self.credential,
            form=stored,
            forms=self.in_order(),
            signed=_unsealed(self.learner_key, stored.sealed, context=context),
            learner_key=self.learner_key,
            changes=self.changes,
            superseded_by=self.superseded_by,
            choice=self.choice,
        )


def _unsealed(key: bytes, sealed: bytes, *, context: bytes) -> bytes:
    try:
        return unseal(key, sealed, context=context)
    except UnsealError as error:
        raise RecordDamagedError from error


def found_by_code(tx: Transaction, resources: Resources, code: str) -> FoundCredential:
    """Find the credential at a permanent address, before one of its forms is opened.

    Raises:
        CredentialNotFoundError: There is none.
        CredentialErasedError: The learner was erased.
        RecordDamagedError: The rows cannot be opened.
    """
    try:
        parsed = PublicCode.parse(code)
    except UnknownCodeError as error:
        raise CredentialNotFoundError from error
    number = HubNumber(parsed.hub)
    return _found(resources, tx, tx.credential_records.by_code(number, parsed.text))


def _found(
    resources: Resources, tx: Transaction, record: CredentialRecord | None
) -> FoundCredential:
    if record is None:
        raise CredentialNotFoundError
    if record.wrapped_key is None:
        raise CredentialErasedError
    credential = record.credential
    keys = resources.keyring.of(credential.hub)
    return FoundCredential(
        hub=keys.hub,
        credential=credential,
        stored={Form(one.form): one for one in record.forms},
        learner_key=learners.open_key(keys, credential.learner_id, record.wrapped_key),
        changes=_changes(tx, record),
        superseded_by=record.superseded_by,
        choice=_choice(tx, record),
    )


def _choice(tx: Transaction, record: CredentialRecord) -> Choice:
    """Give what was chosen for the first of a chain: what replaces it shows no more."""
    credential = record.credential
    if credential.supersedes is None:
        return record.choice
    return tx.learner_choices.find(credential.hub, chains.first_of(tx, credential).credential_id)


def _changes(tx: Transaction, record: CredentialRecord) -> tuple[StatusChange, ...]:
    credential = record.credential
    if not record.changed:
        return ()
    return tx.status.changes_of(credential.hub, credential.credential_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCredential:
    """One credential without its contents."""

    hub: Hub
    credential: StoredCredential
    standing: Standing

    @property
    def address(self) -> str:
        """The permanent address."""
        return f"{self.hub.base_url}/c/{self.credential.code}"


def page(
    resources: Resources, number: HubNumber, *, before: str | None, limit: int
) -> tuple[ListedCredential, ...]:
    """List the credentials of a hub, newest first."""
    hub = resources.keyring.of(number).hub
    with resources.store.read() as tx:
        return tuple(
            ListedCredential(
                hub=hub,
                credential=credential,
                standing=standing_after(tx.status.changes_of(number, credential.credential_id)),
            )
            for credential in tx.credentials.page(number, before=before, limit=limit)
        )
