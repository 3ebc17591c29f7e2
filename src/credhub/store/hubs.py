"""Hubs: our tenants."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NewType

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    Update,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from credhub.errors import HubExistsError
from credhub.proofs.forms import DEFAULT, Form
from credhub.store.milliseconds import from_ms, to_ms
from credhub.store.tables import hub as table

HubNumber = NewType("HubNumber", int)
"""The short number of a hub: 0 to 2**24 - 1, carried by every public code and API key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """One hub, as everybody may know it.

    ``base_url`` is fixed when the hub is made: its DID, credential ids and links come from it.
    ``forms`` are those that a credential is signed in, the default form first.
    """

    number: HubNumber
    slug: str
    name: str
    description: str | None = None
    url: str | None = None
    email: str | None = None
    base_url: str
    did: str
    created_at: datetime
    forms: tuple[Form, ...] = (DEFAULT,)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSecret:
    """The secret of a hub, for ``credhub.keys``.

    Attributes:
        kdf_salt: From it and the master key comes the key that seals.
        sealed: The secret, sealed.
    """

    kdf_salt: bytes = field(repr=False)
    sealed: bytes = field(repr=False)


_SECRET: Final = ("kdf_salt", "sealed_secret")
_HUBS: Final = select(*(column for column in table.c if column.name not in _SECRET))
"""Without the secret columns: an auditor, who may not read them, finds hubs as well."""
_ALL: Final = _HUBS.order_by(table.c.hub_id)
_BY_NUMBER: Final = _HUBS.where(table.c.hub_id == bindparam("value"))
_BY_SLUG: Final = _HUBS.where(table.c.slug == bindparam("value"))
_BY_DID: Final = _HUBS.where(table.c.did == bindparam("value"))
_SECRET_OF: Final = select(*(table.c[name] for name in _SECRET)).where(
    table.c.hub_id == bindparam("value")
)
_NAMES: Final = frozenset(form.value for form in Form)
_FORMS_OF: Final = select(table.c.forms).where(table.c.hub_id == bindparam("value"))
_NEXT_NUMBER: Final = select(func.coalesce(func.max(table.c.hub_id) + 1, 1))


class Hubs:
    """The table ``hub``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, hub: Hub, secret: SealedSecret) -> None:
        """Add a hub with its secret.

        Raises:
            HubExistsError: Its number, slug or DID is taken.
        """
        values = {
            "hub_id": hub.number,
            "slug": hub.slug,
            "name": hub.name,
            "description": hub.description,
            "url": hub.url,
            "email": hub.email,
            "base_url": hub.base_url,
            "did": hub.did,
            "kdf_salt": secret.kdf_salt,
            "sealed_secret": secret.sealed,
            "created_ms": to_ms(hub.created_at),
            "forms": _text_of(hub.forms),
        }
        try:
            self._connection.execute(insert(table), values)
        except IntegrityError as error:
            raise HubExistsError(hub.slug) from error

    def next_number(self) -> HubNumber:
        """Propose the number of the next hub; ``insert`` refuses it when another took it."""
        return HubNumber(self._connection.execute(_NEXT_NUMBER).scalar_one())

    def by_number(self, number: HubNumber) -> Hub | None:
        """Find a hub by its number."""
        return self._one(_BY_NUMBER, number)

    def by_slug(self, slug: str) -> Hub | None:
        """Find a hub by its slug."""
        return self._one(_BY_SLUG, slug)

    def by_did(self, did: str) -> Hub | None:
        """Find a hub by its DID, compared as exact text."""
        return self._one(_BY_DID, did)

    def lock(self, number: HubNumber) -> None:
        """Have others wait who lock the same hub, until the transaction ends."""
        own = select(table.c.hub_id).where(table.c.hub_id == number)
        # Whoever adds what refers to the hub need not wait.
        self._connection.execute(own.with_for_update(key_share=True)).one()

    def secret_of(self, number: HubNumber) -> SealedSecret | None:
        """Read the secret of a hub."""
        row = self._connection.execute(_SECRET_OF, {"value": number}).one_or_none()
        return None if row is None else SealedSecret(kdf_salt=row[0], sealed=row[1])

    def forms_of(self, number: HubNumber) -> tuple[Form, ...]:
        """Read in which forms a hub signs, now."""
        return _forms_in(self._connection.execute(_FORMS_OF, {"value": number}).scalar_one())

    def choose_forms(self, number: HubNumber, forms: tuple[Form, ...]) -> None:
        """Record in which forms a hub signs from now on."""
        self._connection.execute(choosing(number, forms))

    def all(self) -> tuple[Hub, ...]:
        """List all hubs by number."""
        return tuple(map(_hub_of, self._connection.execute(_ALL).mappings()))

    def _one(self, statement: Select[*tuple[Any, ...]], value: int | str) -> Hub | None:
        row = self._connection.execute(statement, {"value": value}).mappings().one_or_none()
        return None if row is None else _hub_of(row)


def choosing(number: HubNumber, forms: tuple[Form, ...]) -> Update:
    """Say in which forms a hub signs from now on."""
    return update(table).where(table.c.hub_id == number).values(forms=_text_of(forms))


def _text_of(forms: tuple[Form, ...]) -> str:
    return " ".join(forms)


def _forms_in(text: str) -> tuple[Form, ...]:
    # The default form stays, whatever the row says; a name that is none signs nothing.
    chosen = [Form(name) for name in text.split() if name in _NAMES]
    return (DEFAULT, *(form for form in chosen if form is not DEFAULT))


def _hub_of(row: RowMapping) -> Hub:
    return Hub(
        number=HubNumber(row["hub_id"]),
        slug=row["slug"],
        name=row["name"],
        description=row["description"],
        url=row["url"],
        email=row["email"],
        base_url=row["base_url"],
        did=row["did"],
        created_at=from_ms(row["created_ms"]),
        forms=_forms_in(row["forms"]),
    )
