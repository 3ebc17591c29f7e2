"""What somebody changed in the database and cannot be opened: said as it is, to everybody."""

import pytest
from sqlalchemy import Table, select, update

from credhub.services import reading
from credhub.store.tables import credential_form, learner_key
from tests.running import Service, code_of, issue, issue_body, publish, unique
from tests.store.rows import as_owner, drop_guards

HTML = {"accept": "text/html"}
JSON = {"accept": "application/json"}


@pytest.fixture(
    params=[(learner_key, "wrapped_key"), (credential_form, "sealed")], ids=["key", "form"]
)
def damaged(request: pytest.FixtureRequest, fresh_service: Service) -> tuple[str, str]:
    """The code of a credential that cannot be opened any more, and its id."""
    table: Table = request.param[0]
    column = table.c[request.param[1]]
    issued = issue(fresh_service.client(), publish(fresh_service.client()))
    url = fresh_service.runtime.settings.database
    drop_guards(url, table.name)
    with as_owner(url) as connection:
        value: bytes = connection.execute(select(column)).scalar_one()
        connection.execute(update(table).values({column.name: bytes([value[0] ^ 1]) + value[1:]}))
    return code_of(issued), str(issued["id"])


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?format=report",
        "?format=vc",
        "?format=pdf",
        "?format=png",
        "?format=bundle",
        "/receipt",
    ],
)
def test_a_credential_that_cannot_be_opened_is_damaged_and_nothing_else(
    fresh_service: Service, damaged: tuple[str, str], query: str
) -> None:
    answer = fresh_service.public().get(f"/c/{damaged[0]}{query}", headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (503, "record-damaged")
    assert "retry-after" not in answer.headers
    assert "says nothing about the credential" in answer.json()["detail"]


def test_a_person_gets_a_page_that_accuses_nobody(
    fresh_service: Service, damaged: tuple[str, str]
) -> None:
    answer = fresh_service.public().get(f"/c/{damaged[0]}", headers=HTML)

    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    assert "is damaged and cannot be opened" in answer.text
    assert "record-damaged" in answer.text


def test_the_hub_hears_the_same(fresh_service: Service, damaged: tuple[str, str]) -> None:
    answer = fresh_service.client().get(f"/v1/credentials/{damaged[1]}")

    assert (answer.status_code, answer.json()["code"]) == (503, "record-damaged")


@pytest.mark.usefixtures("damaged")
def test_others_are_served_meanwhile(fresh_service: Service) -> None:
    client = fresh_service.client()
    issued = issue(client, publish(client))

    assert fresh_service.public().get(f"/c/{code_of(issued)}", headers=JSON).status_code == 200
    assert reading.by_code(fresh_service.resources, code_of(issued)).address == issued["url"]


def test_a_learner_whose_key_was_changed_gets_nothing_more(fresh_service: Service) -> None:
    client = fresh_service.client()
    body = issue_body(publish(client), recipient={"name": "Ada", "externalId": "7"})
    assert client.post("/v1/credentials", json=body, headers=once()).status_code == 201
    with as_owner(fresh_service.runtime.settings.database) as connection:
        connection.execute(update(learner_key).values(wrapped_key=bytes(60)))

    answer = client.post("/v1/credentials", json=body, headers=once())

    assert (answer.status_code, answer.json()["code"]) == (503, "record-damaged")


def once() -> dict[str, str]:
    return {"idempotency-key": unique("key")}
