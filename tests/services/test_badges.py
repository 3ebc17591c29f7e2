"""Badges are made from the picture that the hub keeps, or from one that is drawn."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from credhub.documents import badge
from credhub.documents.badge import PictureKind
from credhub.errors import RecordDamagedError
from credhub.services import badges, pictures, reading
from credhub.services.reading import OpenedCredential
from credhub.uploads import png, svg
from tests.hostile import pngs
from tests.running import Service, achievement_body, issue, post

if TYPE_CHECKING:
    from credhub.jsontypes import JsonObject


def issued_with(service: Service, image: str) -> OpenedCredential:
    body: JsonObject = {**achievement_body(), "image": {"id": image}}
    client = service.client()
    made = issue(client, str(post(client, "/v1/achievements", body)["id"]))
    return reading.by_id(service.resources, service.one.hub.number, str(made["id"]))


def kept(service: Service, data: bytes) -> str:
    return pictures.keep(service.resources, service.one.hub, data)


def test_the_picture_that_the_hub_keeps_takes_the_credential_along(service: Service) -> None:
    picture = pictures.redrawn(service.resources.sandbox, pngs.image())
    opened = issued_with(service, kept(service, picture))

    baked = badges.render(service.resources, opened, PictureKind.PNG)
    framed = badges.render(service.resources, opened, PictureKind.SVG)

    assert [chunk for chunk in png.chunks(baked) if chunk.kind != b"iTXt"] == [*png.chunks(picture)]
    assert badge.framed(picture).partition(b"<image")[2] in framed
    for found in (png.credential_in(baked), svg.credential_in(framed)):
        assert found is not None
        assert found.text.encode() == opened.signed


@pytest.mark.parametrize(
    "image",
    [
        "https://elsewhere.example/picture.png",
        "{folder}" + "0" * 64 + ".png",
        "{folder}../../../../etc/passwd.png",
    ],
)
def test_for_a_picture_elsewhere_one_is_drawn(service: Service, image: str) -> None:
    folder = kept(service, b"a picture").rpartition("/")[0] + "/"
    opened = issued_with(service, image.replace("{folder}", folder))
    drawn = issued_with(service, "https://elsewhere.example/another.png")

    made = [badges.render(service.resources, it, PictureKind.SVG) for it in (opened, drawn)]

    assert all(b"<image" not in it for it in made)


def test_a_picture_that_was_exchanged_is_not_given_away(service: Service) -> None:
    hub = service.one.hub
    with service.resources.store.begin() as tx:
        tx.pictures.insert(hub.number, b"\x07" * 32, b"another", service.resources.clock())
    address = kept(service, b"a picture").rpartition("/")[0] + "/" + "07" * 32 + ".png"

    with pytest.raises(RecordDamagedError):
        badges.render(service.resources, issued_with(service, address), PictureKind.PNG)


def test_another_hub_has_other_pictures(service: Service) -> None:
    opened = issued_with(service, kept(service, pngs.image()))
    other = replace(opened.hub, slug=f"{opened.hub.slug}-other")

    assert pictures.kept_at(service.resources, other, kept(service, pngs.image())) is None
