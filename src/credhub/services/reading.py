"""Read credentials: the rows, and the signed bytes as they were signed."""

from dataclasses import dataclass, field

from credhub.credentials.code import PublicCode
from credhub.errors import CredentialErasedError, CredentialNotFoundError, UnknownCodeError
from credhub.keys.sealing import unseal
from credhub.ledger.events import Standing
from credhub.ledger.receipt import Receipt
from credhub.services import learners
from credhub.services.resources import Resources
from credhub.services.sealed import form_context
from credhub.store.credentials import StoredCredential, StoredForm
from credhub.store.hubs import Hub, HubNumber
from credhub.store.status import StatusChange
from credhub.store.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCredential:
    """One credential with its first form opened.

    Attributes:
        signed: The signed bytes, exactly.
        learner_key: What opens everything about the learner.
        receipt: Proves its ledger entry, when it was just issued.
        changes: Every change of its standing, oldest first.
        superseded_by: The public code of its correction.
    """

    hub: Hub
    credential: StoredCredential
    form: StoredForm
    signed: bytes = field(repr=False)
    learner_key: bytes = field(repr=False)
    receipt: Receipt | None = field(default=None, repr=False, compare=False)
    changes: tuple[StatusChange, ...] = ()
    superseded_by: str | None = None

    @property
    def address(self) -> str:
        """The permanent address."""
        return f"{self.hub.base_url}/c/{self.credential.code}"

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


def by_code(resources: Resources, code: str) -> OpenedCredential:
    """Open the credential at a permanent address.

    Raises:
        CredentialNotFoundError: There is none.
        CredentialErasedError: The learner was erased.
    """
    try:
        parsed = PublicCode.parse(code)
    except UnknownCodeError as error:
        raise CredentialNotFoundError from error
    number = HubNumber(parsed.hub)
    with resources.store.read() as tx:
        return _open(resources, tx, number, tx.credentials.by_code(number, parsed.text))


def by_id(resources: Resources, number: HubNumber, credential_id: str) -> OpenedCredential:
    """Open a credential of a hub by its internal id.

    Raises:
        CredentialNotFoundError: The hub has none of this id.
        CredentialErasedError: The learner was erased.
    """
    with resources.store.read() as tx:
        return _open(resources, tx, number, tx.credentials.by_id(number, credential_id))


def _open(
    resources: Resources, tx: Transaction, number: HubNumber, credential: StoredCredential | None
) -> OpenedCredential:
    if credential is None:
        raise CredentialNotFoundError
    keys = resources.keyring.of(number)
    form = tx.credentials.forms(number, credential.credential_id)[0]
    key = learners.key_of(tx, keys, number, credential.learner_id)
    if key is None or form.sealed is None:
        raise CredentialErasedError
    context = form_context(number, credential.credential_id, form.form)
    correction = tx.credentials.superseding(number, credential.credential_id)
    return OpenedCredential(
        hub=keys.hub,
        credential=credential,
        form=form,
        signed=unseal(key, form.sealed, context=context),
        learner_key=key,
        changes=tx.status.changes_of(number, credential.credential_id),
        superseded_by=None if correction is None else correction.code,
    )


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
