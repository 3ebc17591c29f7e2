"""Choose in which forms a hub signs; a kind of key that it has not yet is made in the same step."""

from collections.abc import Iterable, Iterator
from typing import Final

from credhub.errors import ConflictError, ContendedError, FormNotOfferedError
from credhub.ledger.events import KeyChange
from credhub.proofs.forms import DEFAULT, Form
from credhub.public_key import KeyType
from credhub.services import forms, hub_keys
from credhub.services.resources import Resources
from credhub.store import signing_keys
from credhub.store.hub_forms import choice_of
from credhub.store.hubs import Hub
from credhub.store.signing_keys import KeyPurpose, SigningKey, VerificationMethod
from credhub.store.unit import Unit

ATTEMPTS: Final = 5


def chosen(names: Iterable[str]) -> tuple[Form, ...]:
    """Put forms in order, each once, the default form first: that one stays.

    Raises:
        FormNotOfferedError: One is not offered.
    """
    wanted = set(names)
    unknown = wanted - set(forms.OFFERED)
    if unknown:
        offered = ", ".join(forms.OFFERED)
        raise FormNotOfferedError(f"{min(unknown)!r:.60} is none of the forms: {offered}.")
    return tuple(form for form in forms.OFFERED if form in wanted or form is DEFAULT)


def choose(resources: Resources, hub: Hub, names: Iterable[str]) -> tuple[Form, ...]:
    """Choose the forms in which the credentials of a hub are signed from now on.

    A form that needs a new key begins when the key has been published for long enough.

    Returns:
        The forms, the default one first.

    Raises:
        FormNotOfferedError: One is not offered.
        ContendedError: Others kept making keys of the hub.
    """
    wanted = chosen(names)
    for _ in range(ATTEMPTS):
        keys = _missing(resources, hub, wanted)
        try:
            _record(resources, hub, wanted, keys)
        except ConflictError:
            continue
        return wanted
    raise ContendedError


def key_types_of(wanted: Iterable[Form]) -> tuple[KeyType, ...]:
    """Say which kinds of keys forms need."""
    needed = {form.key_type for form in wanted}
    return tuple(key_type for key_type in KeyType if key_type in needed)


def _missing(resources: Resources, hub: Hub, wanted: tuple[Form, ...]) -> tuple[SigningKey, ...]:
    with resources.store.read() as tx:
        there = tx.signing_keys.methods_of(hub.number)
    usable = {key.algorithm for key in there if _is_usable(key)}
    wrapping = resources.keyring.of(hub.number).wrapping
    names = _free_names(there)
    begins = resources.clock() + resources.new_key_wait
    return tuple(
        hub_keys.new_key(
            hub.number, next(names), KeyPurpose.ISSUING, wrapping, begins, key_type=key_type
        )
        for key_type in key_types_of(wanted)
        if key_type not in usable
    )


def _is_usable(key: VerificationMethod) -> bool:
    return key.purpose is KeyPurpose.ISSUING and not key.has_ended


def _free_names(there: Iterable[VerificationMethod]) -> Iterator[str]:
    taken = {key.key_id for key in there}
    numbers = range(1, len(taken) + len(KeyType) + 1)
    return iter([name for name in map("key-{}".format, numbers) if name not in taken])


def _record(
    resources: Resources, hub: Hub, wanted: tuple[Form, ...], keys: tuple[SigningKey, ...]
) -> None:
    if not keys:
        with resources.store.begin() as tx:
            tx.hubs.choose_forms(hub.number, wanted)
        return
    resources.sequencer.submit(
        Unit(
            hub=hub.number,
            entries=tuple(
                hub_keys.entry_of(hub, key, KeyChange.ADDED, key.valid_from) for key in keys
            ),
            inserts=tuple(map(signing_keys.insert_of, keys)),
            changes=(choice_of(hub.number, wanted),),
        )
    )
