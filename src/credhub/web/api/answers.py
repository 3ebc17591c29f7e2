"""Answers about credentials."""

from datetime import datetime
from typing import Self

import orjson
from pydantic import Field

from credhub import instants
from credhub.ledger.receipt import Receipt
from credhub.proofs.forms import Form
from credhub.services.changing import Recorded
from credhub.services.reading import ListedCredential, OpenedCredential
from credhub.web.api.models import Model
from credhub.web.signed_member import written


class LedgerPlace(Model):
    """Where the ledger says it."""

    log: str
    seq: int

    @classmethod
    def of(cls, recorded: Recorded) -> Self:
        """Say where."""
        return cls(log=recorded.log, seq=recorded.seq)


class CredentialAnswer(Model):
    """One credential with its proof that it is in the ledger."""

    id: str = Field(description="Internal id, for this API.")
    url: str = Field(description="The permanent address, for people and software.")
    status: str = Field(description="active, suspended or revoked")
    supersedes: str | None = Field(description="The id of the credential that it replaces.")
    superseded_by: str | None = Field(
        description="The permanent address of the credential that replaces it."
    )
    issued_at: datetime
    credential: dict[str, object] = Field(
        description="The signed document, as it was signed; a token stands in an envelope."
    )
    forms: list[str] = Field(description="Every form that it was signed in, the default one first.")
    ledger: LedgerPlace
    receipt: str = Field(description="C2SP tlog-proof, to be kept with the credential.")


class CredentialItem(Model):
    """One credential in a list."""

    id: str
    url: str
    achievement: str
    version: int
    status: str
    issued_at: datetime


class CredentialPage(Model):
    """A part of a list."""

    items: list[CredentialItem]
    next_cursor: str | None = Field(description="Give it as cursor to get the next part.")


def credential_answer(opened: OpenedCredential, receipt: Receipt) -> bytes:
    """Write one credential; its signed bytes go into the answer as they are."""
    return orjson.dumps(
        {
            "id": opened.credential.credential_id,
            "url": opened.address,
            "status": opened.standing,
            "supersedes": opened.credential.supersedes,
            "supersededBy": opened.successor,
            "issuedAt": instants.text_of(opened.credential.issued_at),
            "credential": written(Form(opened.form.form), opened.signed),
            "forms": list(opened.forms),
            "ledger": {"log": opened.form.log, "seq": opened.form.seq},
            "receipt": receipt.text(),
        }
    )


def credential_item(item: ListedCredential) -> CredentialItem:
    """Write one line of a list."""
    return CredentialItem(
        id=item.credential.credential_id,
        url=item.address,
        achievement=item.credential.achievement_id,
        version=item.credential.achievement_version,
        status=item.standing,
        issued_at=item.credential.issued_at,
    )
