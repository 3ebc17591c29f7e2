"""Forms that were just signed: their rows, their ledger entries, their first receipts."""

from dataclasses import dataclass, field

from credhub.keys.sealing import seal
from credhub.ledger.commitment import ENTRY_ID_LENGTH, InnerKind
from credhub.ledger.events import Issued
from credhub.ledger.receipt import Receipt
from credhub.proofs.forms import Form
from credhub.services import receipts
from credhub.services.forms import SignedForm
from credhub.services.learners import LearnerKey
from credhub.services.private_entries import private_entry
from credhub.services.resources import Resources
from credhub.services.sealed import form_context
from credhub.store import credentials as credential_store
from credhub.store.credentials import StoredCredential, StoredForm
from credhub.store.unit import Insert, PendingEntry, Placement


@dataclass(frozen=True, slots=True, kw_only=True)
class NewForm:
    """One form of a credential that is not recorded yet.

    Attributes:
        credential: Which credential.
        form: Which form.
        sealed: The signed bytes, sealed with the learner's key.
        entry: Its ledger entry.
        position: Which of the unit's entries that is.
    """

    credential: StoredCredential
    form: Form
    signed: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    learner_key: bytes = field(repr=False)
    entry_id: bytes = field(repr=False)
    payload: bytes = field(repr=False)
    entry: PendingEntry = field(repr=False)
    position: int

    def insert(self) -> Insert:
        """Record it together with its entry."""
        return credential_store.insert_form_of(
            self.credential.hub,
            credential_id=self.credential.credential_id,
            form=self.form,
            sealed=self.sealed,
            entry=self.position,
        )

    def stored(self, placement: Placement) -> StoredForm:
        """Describe it after it was recorded."""
        return StoredForm(
            hub=self.credential.hub,
            credential_id=self.credential.credential_id,
            form=self.form,
            sealed=self.sealed,
            log=placement.log,
            seq=placement.seqs[self.position],
        )

    def receipt(self, placement: Placement) -> Receipt | None:
        """Prove its entry, if this process signed the checkpoint over it."""
        return receipts.of_new(
            placement,
            seq=placement.seqs[self.position],
            learner_key=self.learner_key,
            entry_id=self.entry_id,
            payload=self.payload,
        )


def prepare(
    resources: Resources,
    credential: StoredCredential,
    learner: LearnerKey,
    made: SignedForm,
    *,
    position: int,
) -> NewForm:
    """Seal a form, and commit to it in an entry."""
    context = form_context(credential.hub, credential.credential_id, made.form)
    issued = Issued(credential_id=credential.credential_id, form=made.form, digest=made.digest)
    entry_id, payload = resources.random(ENTRY_ID_LENGTH), issued.payload()
    return NewForm(
        credential=credential,
        form=made.form,
        signed=made.signed,
        sealed=seal(learner.key, made.signed, context=context),
        learner_key=learner.key,
        entry_id=entry_id,
        payload=payload,
        entry=private_entry(
            credential.hub,
            InnerKind.ISSUE,
            payload,
            subject_key=learner.key,
            learner_id=learner.learner_id,
            entry_id=entry_id,
        ),
        position=position,
    )
