"""Private entries compared with what they commit to.

A key that is gone and a payload that is gone are an erasure only together; one without the other
is a fault.
"""

from typing import NoReturn

from credhub.errors import EntryError, LedgerFaultError, RecordDamagedError, UnsealError
from credhub.keys.sealing import unseal
from credhub.ledger.commitment import InnerKind, commit, opening
from credhub.ledger.entry import LedgerEntry
from credhub.ledger.events import Corrected, Issued, Standing, StatusChanged
from credhub.proofs.forms import Form
from credhub.services import learners
from credhub.services.audit.audited_credentials import IssuedForm
from credhub.services.keyring import HubKeys
from credhub.services.sealed import form_context, opening_context, reason_context
from credhub.services.signed_forms import digest_of
from credhub.status.document import Purpose
from credhub.store.covered import PrivateRow
from credhub.store.milliseconds import from_ms
from credhub.store.store import Transaction

_KINDS = frozenset(int(kind) for kind in InnerKind)
_FORMS = frozenset(form.value for form in Form)


class Openings:
    """Checks the private entries of one log."""

    def __init__(self, tx: Transaction, keys: HubKeys, log: str) -> None:
        self._tx = tx
        self._keys = keys
        self._log = log
        self._learner_keys: dict[str, bytes | None] = {}
        self._correction: Corrected | None = None

    def check(self, row: PrivateRow) -> tuple[IssuedForm, ...]:
        """Check one entry.

        Returns:
            What it proves to have been issued; nothing for other entries, and after erasure.

        Raises:
            LedgerFaultError: It is not about what it was about.
        """
        key = self._key_of(row)
        if row.entry_id is None:
            self._refuse("ledger_opening", row, None, "the opening of this entry is missing")
        if row.sealed is None and key is None:
            self._check_erased(row)
            return ()
        payload = self._payload(row, row.entry_id, key)
        try:
            match InnerKind(row.inner_kind or 0):
                case InnerKind.ISSUE:
                    self._refuse_change(row)
                    return (self._check_issued(row, Issued.parse(payload), key),)
                case InnerKind.STATUS:
                    self._check_change(row, StatusChanged.parse(payload), key)
                    self._refuse_form(row)
                case InnerKind.CORRECTION:
                    self._correction = Corrected.parse(payload)
                    self._refuse_form(row)
                    self._refuse_change(row)
                case InnerKind.ERASURE:
                    self._refuse_form(row)
                    self._refuse_change(row)
        except EntryError:
            self._refuse("ledger_opening", row, "sealed", "it does not say what its kind says")
        return ()

    def _check_erased(self, row: PrivateRow) -> None:
        if row.signed is not None:
            self._refuse("credential_form", row, "sealed", "the learner was erased, but it was not")

    def _payload(self, row: PrivateRow, entry_id: bytes, key: bytes | None) -> bytes:
        if key is None or row.sealed is None or row.inner_kind not in _KINDS:
            self._refuse("ledger_opening", row, None, "its learner, kind or payload was changed")
        context = opening_context(self._keys.hub.number, entry_id)
        try:
            payload = unseal(key, row.sealed, context=context)
        except UnsealError:
            self._refuse("ledger_opening", row, "sealed", "it, its entry or learner was changed")
        made = commit(opening(key, entry_id), InnerKind(row.inner_kind), payload)
        if made != LedgerEntry.parse(row.entry).commitment:
            self._refuse("ledger_opening", row, "inner_kind", "it does not open its entry")
        return payload

    def _check_issued(self, row: PrivateRow, issued: Issued, key: bytes | None) -> IssuedForm:
        if (row.credential_id, row.form) != (issued.credential_id, issued.form):
            self._refuse("credential_form", row, None, "it is not the form in the ledger")
        if key is None or row.signed is None:
            self._refuse("credential_form", row, "sealed", "the signed bytes are missing")
        context = form_context(self._keys.hub.number, issued.credential_id, issued.form)
        try:
            signed = unseal(key, row.signed, context=context)
        except UnsealError:
            self._refuse("credential_form", row, "sealed", "it was changed")
        form = _form_of(issued.form)
        if form is None or digest_of(form, signed) != issued.digest:
            self._refuse("credential_form", row, "sealed", "it has not the digest in the ledger")
        return IssuedForm(
            seq=row.seq,
            credential_id=issued.credential_id,
            learner_id=row.learner_id,
            form=form,
            signed=signed,
            supersedes=self._supersedes(issued.credential_id),
        )

    def _supersedes(self, credential_id: str) -> str | None:
        """Say what the ledger said, just before, that a credential replaces."""
        said = self._correction
        return said.supersedes if said and said.credential_id == credential_id else None

    def _check_change(self, row: PrivateRow, event: StatusChanged, key: bytes | None) -> None:
        change = row.change
        if change is None or key is None:
            self._refuse("status_change", row, None, "the row of this entry is missing")
        said = {
            "credential_id": event.credential_id,
            "purpose": (
                Purpose.REVOCATION if event.new is Standing.REVOKED else Purpose.SUSPENSION
            ).value,
            "old_state": event.old.value,
            "new_state": event.new.value,
            "actor": event.actor,
            "changed_ms": event.changed_at,
        }
        found = change | {"changed_ms": from_ms(change["changed_ms"])}
        for column, value in said.items():
            if found[column] != value:
                self._refuse("status_change", row, column, "it is not what the ledger says")
        context = reason_context(self._keys.hub.number, event.credential_id, change["n"])
        try:
            reason = unseal(key, change["sealed_reason"], context=context)
        except UnsealError:
            self._refuse("status_change", row, "sealed_reason", "it was changed")
        if reason != event.reason.encode():
            self._refuse("status_change", row, "sealed_reason", "it is not what the ledger says")

    def _refuse_form(self, row: PrivateRow) -> None:
        if row.credential_id is not None:
            self._refuse("credential_form", row, None, "its entry is about something else")

    def _refuse_change(self, row: PrivateRow) -> None:
        # Without this, a change that was never recorded could point at any other entry.
        if row.change is not None:
            self._refuse("status_change", row, None, "its entry is about something else")

    def _key_of(self, row: PrivateRow) -> bytes | None:
        learner_id = row.learner_id
        if learner_id is None:
            return self._keys.secret
        if learner_id not in self._learner_keys:
            number = self._keys.hub.number
            try:
                key = learners.key_of(self._tx, self._keys, number, learner_id)
            except RecordDamagedError:
                self._refuse(
                    "learner_key", row, "wrapped_key", "the key of the learner was changed"
                )
            if key is not None:
                changed = learners.changed_column(self._tx, self._keys, learner_id, key)
                if changed is not None:
                    self._refuse("learner", row, changed, "it is not what was written")
            self._learner_keys[learner_id] = key
        return self._learner_keys[learner_id]

    def _refuse(self, table: str, row: PrivateRow, column: str | None, message: str) -> NoReturn:
        raise LedgerFaultError(
            table=table, log=self._log, seq=row.seq, column=column, message=message
        )


def _form_of(name: str) -> Form | None:
    return Form(name) if name in _FORMS else None
