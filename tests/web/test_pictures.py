"""Pictures of achievements, as they are served."""

from credhub.services import pictures
from tests.hostile import pngs
from tests.running import Service, make_member, unique


def test_a_picture_is_served_for_ever_as_an_image_and_nothing_else(service: Service) -> None:
    hub = make_member(service.runtime, unique("pictures")).hub
    png = pictures.redrawn(service.resources.sandbox, pngs.image())
    address = pictures.keep(service.resources, hub, png)

    answer = service.public().get(address.removeprefix(hub.base_url))

    assert answer.status_code == 200
    assert answer.content == png
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_picture_that_is_not_there_is_a_problem(service: Service) -> None:
    hub = make_member(service.runtime, unique("pictures")).hub

    for path in (f"/hubs/{hub.slug}/pictures/{'0' * 64}.png", f"/hubs/{hub.slug}/pictures/x.png"):
        answer = service.public().get(path)
        assert answer.status_code == 404
        assert answer.json()["type"].endswith("/picture-not-found")
