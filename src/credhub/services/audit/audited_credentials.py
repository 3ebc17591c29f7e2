"""Rows of credentials compared with the documents that were signed.

The signed bytes are proved by the ledger already; every column that says the same again is checked
against them: address, achievement, learner, date, and the places in status lists.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from credhub import instants
from credhub.errors import (
    LedgerFaultError,
    MalformedJsonError,
    StatusEntryError,
    VerificationError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.forms import TOKENS as TOKEN_FORMS
from credhub.proofs.forms import Form
from credhub.services import achievements, preparing, status_lists
from credhub.services.audit.audit_faults import fault
from credhub.services.list_documents import TOKENS
from credhub.services.signed_forms import document_of
from credhub.services.vcalm import vcalm_recording
from credhub.status import token_reference
from credhub.status.document import StatusEntry
from credhub.status.token_reference import TokenStatusReference
from credhub.store.hubs import Hub
from credhub.store.milliseconds import from_ms
from credhub.store.store import Transaction

Place = tuple[str, int, str]
"""Address of a status list, index, purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedForm:
    """What an entry proves: whose credential it is, and its signed bytes.

    Attributes:
        supersedes: What the entry before says that it replaces.
    """

    seq: int
    credential_id: str
    learner_id: str | None
    form: Form
    signed: bytes = field(repr=False)
    supersedes: str | None


def check_credentials(tx: Transaction, hub: Hub, log: str, forms: Sequence[IssuedForm]) -> None:
    """Compare the rows of some credentials with what was signed.

    Raises:
        LedgerFaultError: The first row that says something else.
    """
    ids = [form.credential_id for form in forms]
    rows = tx.claimed.credentials(hub.number, ids)
    places: defaultdict[str, list[Place]] = defaultdict(list)
    for row in tx.claimed.status_entries(hub.number, ids):
        place = (status_lists.address_of(hub, row["list"]), row["idx"], row["purpose"])
        places[row["credential_id"]].append(place)
    for form in forms:
        document = _read(log, form)
        found = rows.get(form.credential_id)
        if found is None:
            raise fault("credential", log, form.seq, None, "the row of this entry is missing")
        _check_row(log, form, found, dict(_columns_of(hub, form, document)))
        if not _is_composed(hub, document):
            _check_issuer(log, form, hub, document)
        _check_places(log, form, sorted(places[form.credential_id]), document)


def _check_row(
    log: str, form: IssuedForm, row: Mapping[str, Any], said: Mapping[str, object]
) -> None:
    address = said.get("address")
    for column, found in (
        ("code", row["code"]),
        ("achievement_id", row["achievement_id"]),
        ("achievement_version", str(row["achievement_version"])),
        ("learner_id", row["learner_id"]),
        ("issued_ms", from_ms(row["issued_ms"])),
        # No document says so, so the ledger's word is all there is.
        ("supersedes", row["supersedes"]),
    ):
        if column in said and said[column] != found:
            message = f"it is not what was signed for {address}"
            raise fault("credential", log, form.seq, column, message)


def _columns_of(hub: Hub, form: IssuedForm, document: JsonObject) -> Iterator[tuple[str, object]]:
    achievement = _achievement_in(document)
    yield "address", document.get("id")
    yield "code", str(document.get("id")).removeprefix(preparing.address_of(hub, ""))
    address, prefix = str(achievement.get("id")), achievements.address_of(hub, "")
    composed = _is_composed(hub, document)
    definition = vcalm_recording.definition_id(hub.number) if composed else None
    yield "achievement_id", definition or address.removeprefix(prefix)
    yield "achievement_version", "1" if composed else achievement.get("version")
    yield "learner_id", form.learner_id
    yield "supersedes", form.supersedes
    if composed and form.form in TOKEN_FORMS:
        return  # It does not say when it was signed; that in the default form does.
    yield "issued_ms", instants.parse(_issued_at(document) if composed else _valid_from(document))


def _achievement_in(document: JsonObject) -> JsonObject:
    return _object(_object(document.get("credentialSubject")).get("achievement"))


def _is_composed(hub: Hub, document: JsonObject) -> bool:
    address = str(_achievement_in(document).get("id"))
    return not address.startswith(achievements.address_of(hub, ""))


def _check_issuer(log: str, form: IssuedForm, hub: Hub, document: JsonObject) -> None:
    """Compare what a hub is called with what it signed; a client composes what it likes."""
    issuer = _object(document.get("issuer"))
    for column, found in (("name", hub.name), ("email", hub.email)):
        if issuer.get(column) != found:
            raise fault("hub", log, form.seq, column, "the hub signed something else")


def _valid_from(document: JsonObject) -> str:
    return str(document.get("validFrom"))


def _issued_at(document: JsonObject) -> str:
    """Say when a credential that a client composed was signed: its own dates are the client's."""
    proofs = document.get("proof")
    return str(_object(proofs[0]).get("created")) if isinstance(proofs, list) else ""


def _check_places(log: str, form: IssuedForm, found: Sequence[Place], document: JsonObject) -> None:
    said = sorted(_places_in(log, form, document))
    # A token that says its status in a list of tokens says it nowhere else.
    of_tokens = any(purpose == TOKENS for _, _, purpose in said)
    found = [place for place in found if (place[2] == TOKENS) is of_tokens]
    if len(found) != len(said):
        message = "the credential has more or fewer places than were signed"
        raise fault("status_entry", log, form.seq, None, message)
    for right, place in zip(said, found, strict=True):
        for column, expected, value in zip(("list", "idx", "purpose"), right, place, strict=True):
            if expected != value:
                message = f"it is not what was signed for {document.get('id')}"
                raise fault("status_entry", log, form.seq, column, message)


def _places_in(log: str, form: IssuedForm, document: JsonObject) -> Iterator[Place]:
    status = document.get("credentialStatus", [])
    for entry in status if isinstance(status, list) else [status]:
        try:
            yield _place(_object(entry))
        except StatusEntryError as error:
            raise _unreadable(log, form) from error


def _place(entry: JsonObject) -> Place:
    if entry.get("type") == token_reference.ENTRY_TYPE:
        reference = TokenStatusReference.from_entry(entry)
        return reference.uri, reference.index, TOKENS
    place = StatusEntry.from_document(entry)
    return place.list_url, place.index, place.purpose


def _read(log: str, form: IssuedForm) -> JsonObject:
    try:
        return document_of(form.form, form.signed)
    except (MalformedJsonError, VerificationError) as error:
        raise _unreadable(log, form) from error


def _unreadable(log: str, form: IssuedForm) -> LedgerFaultError:
    return fault("credential_form", log, form.seq, "sealed", "it is not a credential of ours")


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}
