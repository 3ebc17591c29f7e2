"""Make hubs."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from credhub.credentials.claims import check_email, check_name, check_text, check_url
from credhub.credentials.issuer import Issuer
from credhub.dids import did_web
from credhub.errors import ConflictError, HubExistsError, HubNotFoundError, HubSlugError
from credhub.keys.sealing import seal
from credhub.ledger.events import KeyChange
from credhub.ledger.note import VerifierKey
from credhub.services import choosing_forms, hub_keys, hub_names, status_lists
from credhub.services.resources import Resources
from credhub.services.sealed import secret_context
from credhub.store.hubs import Hub, SealedSecret
from credhub.store.ledger import LedgerLog
from credhub.store.signing_keys import KeyPurpose
from credhub.store.unit import Unit
from credhub.verification.known_issuers import KnownIssuers
from credhub.verification.lookalikes import check_legible

SALT_BYTES: Final = 16
SECRET_BYTES: Final = 32

_SLUG: Final = re.compile(r"(?=.{3,40}\Z)[a-z0-9]+(?:-[a-z0-9]+)*")
# Names that an address of ours has, or that could be taken for the operator.
_RESERVED: Final = frozenset({
    "admin", "administrator", "api", "c", "credhub", "docs", "healthz", "hub", "hubs", "ledger",
    "metrics", "oid4vci", "oid4vp", "readyz", "root", "schemas", "static", "status", "support",
    "system", "v1", "vcalm", "verify", "well-known", "www",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHub:
    """What an operator says about a hub that is to be made.

    Attributes:
        slug: Its name in addresses, 3 to 40 letters, digits and hyphens.
        base_url: The public address of the service, fixed for this hub for ever.
        forms: In which forms its credentials are signed, beside the default one.
        even_if_alike: Whether the operator has seen that the name is like that of another issuer.
    """

    slug: str
    name: str
    base_url: str
    description: str | None = None
    url: str | None = None
    email: str | None = None
    forms: tuple[str, ...] = ()
    even_if_alike: bool = False


def create(resources: Resources, new: NewHub) -> Hub:
    """Make a hub: its keys, its DID, its ledger with the first entries, its first status list.

    A hub whose making was cut off is completed when its name is given again.

    Raises:
        HubSlugError: The name cannot be in an address.
        HubExistsError: There is a hub of this name.
        HubNameAlikeError: Readers could take its name for that of another issuer.
        InvalidClaimError: Another member is not printable or not an address.
        FormNotOfferedError: A form is none that a hub can choose.
    """
    if not _SLUG.fullmatch(new.slug) or new.slug in _RESERVED:
        raise HubSlugError(
            "A hub's name in addresses has 3 to 40 lower-case letters, digits and single hyphens, "
            "and is none of ours."
        )
    _check(new)
    hub = _unfinished(resources, new.slug) or _insert(resources, new, resources.clock())
    try:
        _begin_ledger(resources, hub)
    except ConflictError as error:
        raise HubExistsError(new.slug) from error  # Another process was completing it as well.
    return hub


def find(resources: Resources, slug: str) -> Hub:
    """Find a hub by its name in addresses.

    Raises:
        HubNotFoundError: There is none.
    """
    with resources.store.read() as tx:
        hub = tx.hubs.by_slug(slug)
    if hub is None:
        raise HubNotFoundError
    return hub


def issuer_of(hub: Hub) -> Issuer:
    """Describe a hub as the issuer of its credentials."""
    return Issuer(id=hub.did, name=hub.name, url=page_of(hub), email=hub.email)


def page_of(hub: Hub) -> str:
    """Give the address of a hub's public page."""
    return f"{hub.base_url}/hubs/{hub.slug}"


def origin_of(hub: Hub, log: str) -> str:
    """Give the origin line of one of a hub's logs (C2SP tlog-checkpoint)."""
    return f"{urlsplit(hub.base_url).netloc}/ledger/{hub.slug}/{log}"


def _check(new: NewHub) -> None:
    check_name("name", new.name)
    check_legible(new.name)
    if new.description is not None:
        check_text("description", new.description)
    if new.url is not None:
        check_url("url", new.url)
    if new.email is not None:
        check_email("email", new.email)


def _unfinished(resources: Resources, slug: str) -> Hub | None:
    with resources.store.read() as tx:
        hub = tx.hubs.by_slug(slug)
        if hub is None:
            return None
        if tx.status.lists(hub.number):
            raise HubExistsError(slug)
    return hub


def _insert(resources: Resources, new: NewHub, now: datetime) -> Hub:
    forms = choosing_forms.chosen(new.forms)
    salt = resources.random(SALT_BYTES)
    wrapping = resources.keyring.wrapping_key(salt)  # Slow on purpose: before the write lock.
    did = did_web.did_of(new.base_url, new.slug)
    known = KnownIssuers(lists=resources.trust_lists, now=now)
    with resources.store.begin() as tx:
        if not new.even_if_alike:
            hub_names.check_unlike(new.name, did, hubs=tx.hubs.all(), known=known)
        number = tx.hubs.next_number()
        hub = Hub(
            number=number,
            slug=new.slug,
            name=new.name,
            description=new.description,
            url=new.url,
            email=new.email,
            base_url=new.base_url,
            did=did,
            created_at=now,
            forms=forms,
        )
        secret = seal(wrapping, resources.random(SECRET_BYTES), context=secret_context(number))
        tx.hubs.insert(hub, SealedSecret(kdf_salt=salt, sealed=secret))
        for n, key_type in enumerate(choosing_forms.key_types_of(forms), 1):
            tx.signing_keys.insert(
                hub_keys.new_key(
                    number, f"key-{n}", KeyPurpose.ISSUING, wrapping, now, key_type=key_type
                )
            )
        ledger_key = hub_keys.new_key(number, "ledger-1", KeyPurpose.LEDGER, wrapping, now)
        tx.signing_keys.insert(ledger_key)
        label = str(now.year)
        origin = origin_of(hub, label)
        tx.ledger.insert_log(
            LedgerLog(
                hub=number,
                log=label,
                origin=origin,
                vkey=VerifierKey(name=origin, public_key=ledger_key.public_key).text(),
                created_at=now,
            )
        )
    return hub


def _begin_ledger(resources: Resources, hub: Hub) -> None:
    with resources.store.read() as tx:
        keys = tx.signing_keys.methods_of(hub.number)
    events = tuple(hub_keys.entry_of(hub, key, KeyChange.ADDED, key.valid_from) for key in keys)
    first_list = status_lists.opening_unit(resources, hub, number=1, purpose="revocation")
    resources.sequencer.submit(
        Unit(
            hub=hub.number,
            entries=(*first_list.entries, *events),
            inserts=first_list.inserts,
        )
    )


def all_hubs(resources: Resources) -> tuple[Hub, ...]:
    """List the hubs of this service."""
    with resources.store.read() as tx:
        return tx.hubs.all()


def count(resources: Resources) -> int:
    """Count the hubs of this service."""
    return len(all_hubs(resources))
