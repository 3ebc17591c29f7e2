"""In which of its forms a hub signs now: those whose key everybody can have seen.

A verifier may remember the DID document of a hub for a while. A key signs only when that while is
over since it was published, or its first signatures would be refused.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from credhub.proofs.forms import DEFAULT, Form
from credhub.services.resources import Resources
from credhub.store.hubs import Hub, HubNumber
from credhub.store.signing_keys import KeyPurpose
from credhub.store.store import Transaction


def of(tx: Transaction, number: HubNumber, now: datetime) -> tuple[Form, ...]:
    """List the forms in which a hub signs at a moment, the default one first."""
    chosen = tx.hubs.forms_of(number)
    if chosen == (DEFAULT,):
        return chosen
    later = _later(tx, number, chosen, now)
    return tuple(form for form in chosen if form not in later)


def waiting(resources: Resources, hub: Hub) -> Mapping[Form, datetime]:
    """Say of each form that a hub chose and does not sign yet, when it begins."""
    with resources.store.read() as tx:
        chosen = tx.hubs.forms_of(hub.number)
        return _later(tx, hub.number, chosen, resources.clock())


def _later(
    tx: Transaction, number: HubNumber, chosen: Collection[Form], now: datetime
) -> Mapping[Form, datetime]:
    # The first of a kind begins the form; a next one that waits does not interrupt it.
    begins = {
        key.algorithm: key.valid_from
        for key in reversed(tx.signing_keys.methods_of(number))
        if key.purpose is KeyPurpose.ISSUING and not key.has_ended
    }
    found = {form: begins.get(form.key_type, now) for form in chosen if form is not DEFAULT}
    return {form: at for form, at in found.items() if at > now}
