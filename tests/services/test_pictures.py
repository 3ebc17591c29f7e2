"""Pictures of achievements: kept under their digest, once."""

import pytest

from credhub.errors import (
    ConflictError,
    PhotoKindError,
    PictureNotFoundError,
    RecordDamagedError,
)
from credhub.runtime import Runtime
from credhub.services import pictures
from tests.hostile import pngs
from tests.running import make_member, unique


def test_a_picture_is_drawn_anew_and_kept_once(runtime: Runtime) -> None:
    resources = runtime.resources
    hub = make_member(runtime, unique("pictures")).hub

    png = pictures.redrawn(resources.sandbox, pngs.image(pngs.international(b"hidden")))
    address = pictures.keep(resources, hub, png)

    assert pictures.keep(resources, hub, png) == address
    prefix, _, name = address.rpartition("/")
    assert prefix == f"{hub.base_url}/hubs/{hub.slug}/pictures"
    assert pictures.read(resources, hub, name.removesuffix(".png")) == png
    assert b"hidden" not in png
    with pytest.raises(ConflictError), resources.store.begin() as tx:
        tx.pictures.insert(hub.number, bytes.fromhex(name[:64]), png, resources.clock())


def test_what_is_no_picture_is_refused_by_its_reason(runtime: Runtime) -> None:
    with pytest.raises(PhotoKindError):
        pictures.redrawn(runtime.resources.sandbox, b"<svg xmlns='http://www.w3.org/2000/svg'/>")


@pytest.mark.parametrize("digest", ["", "0" * 64, "A" * 64, "../etc", "0" * 63 + "g"])
def test_what_is_not_there_is_not_found(runtime: Runtime, digest: str) -> None:
    hub = make_member(runtime, unique("pictures")).hub

    with pytest.raises(PictureNotFoundError):
        pictures.read(runtime.resources, hub, digest)


def test_a_picture_of_another_hub_is_not_found(runtime: Runtime) -> None:
    one, other = (make_member(runtime, unique("pictures")).hub for _ in range(2))
    name = pictures.keep(runtime.resources, one, b"a picture").rpartition("/")[2]

    with pytest.raises(PictureNotFoundError):
        pictures.read(runtime.resources, other, name.removesuffix(".png"))


def test_a_picture_that_was_exchanged_is_not_served(runtime: Runtime) -> None:
    hub = make_member(runtime, unique("pictures")).hub
    with runtime.resources.store.begin() as tx:
        tx.pictures.insert(hub.number, bytes(32), b"another", runtime.resources.clock())

    with pytest.raises(RecordDamagedError):
        pictures.read(runtime.resources, hub, "0" * 64)
