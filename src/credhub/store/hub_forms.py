"""The choice of a hub's forms, as a part of a unit that brings the keys for them."""

from credhub.proofs.forms import Form
from credhub.store.hubs import HubNumber, choosing
from credhub.store.tables import hub as table
from credhub.store.unit import Change


def choice_of(number: HubNumber, forms: tuple[Form, ...]) -> Change:
    """Record in which forms a hub signs from now on."""
    return Change(hub=number, table=table, statement=choosing(number, forms))
