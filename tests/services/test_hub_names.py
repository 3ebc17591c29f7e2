"""T51: the name of a new hub is not that of another issuer in letters that look like it."""

import json
from pathlib import Path

import pytest

from credhub.errors import HubNameAlikeError, HubNotFoundError, InvalidClaimError
from credhub.services import hubs
from credhub.services.hubs import NewHub
from credhub.services.resources import Resources
from credhub.services.trust import trust_files
from credhub.store.hubs import Hub
from tests.running import Service, unique

LISTED = "Oxford School of Bicycles"


def named(resources: Resources, name: str, *, even_if_alike: bool = False) -> Hub:
    """Make a hub with an address of its own."""
    new = NewHub(
        slug=unique("named"), name=name, base_url="https://hub.example", even_if_alike=even_if_alike
    )
    return hubs.create(resources, new)


def listing(service: Service, folder: Path, did: str) -> Resources:
    """Give resources with a list of one issuer."""
    file = folder / "schools.json"
    file.write_text(json.dumps({"registry": {did: {"name": LISTED}}}))
    return service.with_resources(trust_lists=trust_files.read(file))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("The riverside hub", id="the same"),
        pytest.param("THE RIVERSIDE-HUB", id="case and hyphen"),
        pytest.param("The r\u0456verside hub", id="a Cyrillic letter"),
        pytest.param("The rivers\u0131de h\u00fcb", id="no dot and two dots"),
        pytest.param("\uff34he riverside hub", id="a wide letter"),
        pytest.param("The riverside hub\u3164", id="a filler"),
    ],
)
def test_t51_a_hub_is_not_made_with_a_name_like_that_of_another(
    service: Service, name: str
) -> None:
    slug = unique("alike")
    with pytest.raises(HubNameAlikeError) as refused:
        hubs.create(service.resources, NewHub(slug=slug, name=name, base_url=service.origin))

    assert (refused.value.other, refused.value.source) == (service.one.hub.name, None)
    with pytest.raises(HubNotFoundError):
        hubs.find(service.resources, slug)


def test_t51_a_hub_is_not_made_with_a_name_like_that_of_a_listed_issuer(
    service: Service, tmp_path: Path
) -> None:
    resources = listing(service, tmp_path, "did:web:school.example")

    with pytest.raises(HubNameAlikeError, match="stands in the list schools") as refused:
        named(resources, LISTED.replace("O", "\u041e"))

    assert refused.value.other == LISTED


def test_a_listed_hub_gets_the_name_under_which_it_is_listed(
    service: Service, tmp_path: Path
) -> None:
    slug = unique("listed")
    did = f"did:web:hub.example:hubs:{slug}"
    resources = listing(service, tmp_path, did)

    made = hubs.create(resources, NewHub(slug=slug, name=LISTED, base_url="https://hub.example"))

    assert (made.did, made.name) == (did, LISTED)


def test_a_hub_gets_such_a_name_when_the_operator_has_looked(service: Service) -> None:
    name = unique("The Bakers of 0xford ")

    first = named(service.resources, name)
    with pytest.raises(HubNameAlikeError):
        named(service.resources, name.upper())
    second = named(service.resources, name.upper(), even_if_alike=True)

    assert first.did != second.did


@pytest.mark.parametrize("name", ["\u3164", "\u2060", "...", "\u2014 \u2014", "\u0301"], ids=ascii)
def test_t51_a_name_in_which_nothing_can_be_read_is_refused(service: Service, name: str) -> None:
    with pytest.raises(InvalidClaimError):
        named(service.resources, name)


def test_names_in_other_scripts_are_names(service: Service) -> None:
    for name in ("职业培训中心", "مركز التدريب", "Учебный центр", "प्रशिक्षण केंद्र"):
        assert named(service.resources, name).name == name
