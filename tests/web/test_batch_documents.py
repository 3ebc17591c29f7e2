"""``/v1/batches/{id}/certificates``: a batch in print, for whoever may read it."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import pypdf
import pytest
from starlette.testclient import TestClient

from credhub.services.api_keys import Scope
from tests.running import Service, publish
from tests.services.batching import cancel_all, row_of, rows_of
from tests.unit.documents.test_certificate import compact
from tests.web.test_batches import send, work_off


@pytest.fixture(autouse=True)
def _nothing_left(service: Service) -> Iterator[None]:
    yield
    cancel_all(service.resources)


@pytest.fixture
def achievement(client: TestClient) -> str:
    return publish(client)


@pytest.fixture
def location(service: Service, client: TestClient, achievement: str) -> str:
    """A batch of three rows that has ended."""
    found = send(client, achievement, rows_of(3)).headers["location"]
    work_off(service)
    return str(found)


def pages(content: bytes) -> list[pypdf.PageObject]:
    return list(pypdf.PdfReader(BytesIO(content)).pages)


def test_a_batch_is_printed_page_by_page_to_be_cut(client: TestClient, location: str) -> None:
    answer = client.get(f"{location}/certificates")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    name = f"batch-{location.rpartition('/')[2]}-certificate-1.pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["cache-control"] == "no-store"
    assert (answer.headers["credhub-certificates"], answer.headers["credhub-left-out"]) == ("3", "")
    assert "link" not in answer.headers
    found = pages(answer.content)
    assert len(found) == 3
    assert found[0].trimbox != found[0].mediabox


@pytest.mark.parametrize(
    ("parameters", "size"),
    [
        ({"layout": "cards"}, (210, 297)),
        ({"layout": "cards", "paper": "letter"}, (279.4, 215.9)),
        ({"paper": "letter", "marks": "false"}, (279.4, 215.9)),
        ({"layout": "certificate", "paper": "a4", "marks": "true"}, (311, 224)),
    ],
    ids=["cards", "letter cards", "letter", "a4"],
)
def test_the_paper_is_chosen(
    client: TestClient, location: str, parameters: dict[str, str], size: tuple[float, float]
) -> None:
    answer = client.get(f"{location}/certificates", params=parameters)

    box = pages(answer.content)[0].mediabox
    assert (box.width / 72 * 25.4, box.height / 72 * 25.4) == pytest.approx(size, abs=0.1)


def test_the_next_part_is_linked_until_there_is_none(client: TestClient, location: str) -> None:
    found, address = [], f"{location}/certificates?layout=cards&paper=letter&marks=false&limit=2"

    while True:
        answer = client.get(address)
        found.append(compact(pages(answer.content)[0].extract_text()))
        if "link" not in answer.headers:
            break
        address = answer.links["next"]["url"]
        assert address.endswith("layout=cards&paper=letter&marks=false&limit=2&cursor=2")

    first, second = found
    assert "Learner1" in first
    assert "Learner2" in first
    assert "Learner3" in second


def test_what_was_revoked_is_counted_and_not_printed(client: TestClient, location: str) -> None:
    for row in client.get(f"{location}/rows").json()["items"][:2]:
        client.post(f"/v1/credentials/{row['credential']}/revocation", json={"reason": "x"})

    printed = client.get(f"{location}/certificates", params={"layout": "cards"})
    nothing = client.get(f"{location}/certificates", params={"limit": 2})

    assert printed.headers["credhub-certificates"] == "1"
    assert printed.headers["credhub-left-out"] == "revoked=2"
    assert (nothing.status_code, nothing.content) == (204, b"")
    assert nothing.headers["credhub-left-out"] == "revoked=2"
    assert nothing.links["next"]["url"].endswith("cursor=2")


def test_a_batch_that_goes_on_is_not_printed(client: TestClient, achievement: str) -> None:
    location = send(client, achievement, rows_of(1)).headers["location"]

    answer = client.get(f"{location}/certificates")

    assert (answer.status_code, answer.json()["code"]) == (409, "batch-not-ended")


@pytest.mark.parametrize(
    "parameters",
    [{"layout": "poster"}, {"paper": "a3"}, {"limit": "0"}, {"limit": "501"}, {"cursor": "-1"}],
    ids=["layout", "paper", "no limit", "limit", "cursor"],
)
def test_what_is_not_printed_is_refused(
    client: TestClient, location: str, parameters: dict[str, str]
) -> None:
    assert client.get(f"{location}/certificates", params=parameters).status_code == 422


def test_names_want_a_key_that_may_read(service: Service, location: str) -> None:
    client = service.public()

    def ask(*scopes: Scope) -> int:
        headers = {"authorization": f"Bearer {service.key(*scopes)}"}
        return client.get(f"{location}/certificates", headers=headers).status_code

    assert client.get(f"{location}/certificates").status_code == 401
    assert ask(*(scope for scope in Scope if scope is not Scope.READ)) == 403
    assert ask(Scope.READ) == 200


def test_t62_one_hub_prints_one_batch_at_a_time_and_few_do(
    service: Service, client: TestClient, location: str
) -> None:
    limits, own = service.app.state.limits, service.one.hub.number

    with limits.taker(own):
        refused = client.get(f"{location}/certificates")
    with limits.taker(own + 1):
        other_prints = client.get(f"{location}/certificates")
        with limits.taker(own + 2):
            too_many = client.get(f"{location}/certificates")

    assert (refused.status_code, refused.json()["code"]) == (503, "batches-busy")
    assert (too_many.status_code, too_many.json()["code"]) == (503, "batches-busy")
    assert other_prints.status_code == 200
    assert client.get(f"{location}/certificates").status_code == 200


def test_whoever_went_wrong_or_away_is_not_counted(service: Service, client: TestClient) -> None:
    limits, own = service.app.state.limits, service.one.hub.number
    gone = limits.taker(own)
    del gone

    assert client.get("/v1/batches/none/certificates").status_code == 404
    assert client.get("/v1/batches/none/certificates").status_code == 404


def test_the_files_of_a_batch_come_in_one_archive(client: TestClient, location: str) -> None:
    answer = client.get(f"{location}/files", params={"format": "vc"})

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    name = f"batch-{location.rpartition('/')[2]}-vc-1.zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["cache-control"] == "no-store"
    assert "link" not in answer.headers
    with ZipFile(BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        *files, index = archive.namelist()
        assert [name.partition("-")[0] for name in files] == ["000001", "000002", "000003"]
        assert index == "index.csv"


def test_the_next_archive_is_linked(client: TestClient, location: str) -> None:
    first = client.get(f"{location}/files", params={"format": "bundle", "limit": 2})
    second = client.get(first.links["next"]["url"])

    assert first.links["next"]["url"].endswith("/files?format=bundle&limit=2&cursor=2")
    assert "link" not in second.headers
    with ZipFile(BytesIO(second.content)) as archive:
        assert archive.namelist()[0].startswith("000003-")


def test_what_is_not_packed_is_refused(client: TestClient, location: str, achievement: str) -> None:
    waiting = send(client, achievement, [row_of(9)]).headers["location"]

    assert client.get(f"{location}/files", params={"format": "png"}).status_code == 422
    assert client.get(f"{location}/files", params={"limit": 1001}).status_code == 422
    assert client.get(f"{waiting}/files").json()["code"] == "batch-not-ended"


def test_files_want_a_key_that_may_read(service: Service, location: str) -> None:
    client = service.public()

    def ask(*scopes: Scope) -> int:
        headers = {"authorization": f"Bearer {service.key(*scopes)}"}
        return client.get(f"{location}/files?format=vc", headers=headers).status_code

    assert ask(*(scope for scope in Scope if scope is not Scope.READ)) == 403
    assert ask(Scope.READ) == 200


def test_t62_whoever_gets_an_archive_is_counted_until_its_end(
    service: Service, client: TestClient, location: str
) -> None:
    with service.app.state.limits.taker(service.one.hub.number):
        refused = client.get(f"{location}/files")

    assert (refused.status_code, refused.json()["code"]) == (503, "batches-busy")
    for _ in range(3):
        assert client.get("/v1/batches/none/files").status_code == 404
        assert client.get(f"{location}/files", params={"format": "vc"}).status_code == 200
