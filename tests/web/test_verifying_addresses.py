"""``/v1/verify`` with the address of a credential: ours are looked up, others are not opened."""

from typing import Any

import pytest

from credhub.credentials.code import PublicCode
from tests.running import Service, issue
from tests.services.test_uploads import canary


def sent(service: Service, url: str) -> tuple[int, dict[str, Any]]:
    response = service.public().post("/v1/verify", json={"url": url})
    answer: dict[str, Any] = response.json()
    return response.status_code, answer


def test_an_address_of_ours_gives_the_report_of_its_credential(service: Service) -> None:
    url = str(issue(service.client())["url"])
    by_itself = service.public().get(url, headers={"accept": "application/json"}).json()

    for spelled in (url, url.upper()):
        status, report = sent(service, spelled)
        assert (status, report["verdict"]) == (200, "valid")
        assert report | {"checkedAt": 0} == by_itself | {"checkedAt": 0}


def test_t48_the_address_of_another_is_not_opened(service: Service) -> None:
    code = str(issue(service.client())["url"]).rpartition("/")[2]
    with canary() as listening:
        port = listening.getsockname()[1]
        for host in (f"127.0.0.1:{port}", "169.254.169.254", "credhub.ex\u0430mple"):
            status, report = sent(service, f"http://{host}/c/{code}")
            assert (status, report["verdict"]) == (200, "indeterminate")
            assert report["checks"][0]["code"] == "foreign-link"
            assert report["credential"] is None
            assert host.encode("idna").decode().partition(":")[0] in report["checks"][0]["detail"]


@pytest.mark.parametrize(
    "address", ["c/1", "javascript:alert(1)", "file:///etc/passwd", "https://["]
)
def test_what_is_no_address_is_a_problem(service: Service, address: str) -> None:
    status, problem = sent(service, address)

    assert (status, problem["code"]) == (422, "not-a-link")


def test_an_address_of_ours_with_nothing_under_it_is_not_found(service: Service) -> None:
    code = PublicCode.make(service.one.hub.number, bytes(17)).text

    status, problem = sent(service, f"{service.origin}/c/{code}")

    assert (status, problem["code"]) == (404, "credential-not-found")


@pytest.mark.parametrize("more", ["credential", "token", "presentation", "receipt", "challenge"])
def test_nothing_stands_beside_an_address(service: Service, more: str) -> None:
    url = str(issue(service.client())["url"])
    value: object = {} if more == "credential" else "text"

    answer = service.public().post("/v1/verify", json={"url": url, more: value})

    assert answer.status_code == 422
