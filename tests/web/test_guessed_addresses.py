"""T50: whoever guesses learns nothing but that nothing is there, however near the guess was.

No test looks at a clock: what is counted is what the database is asked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_bytes

import pytest
from sqlalchemy import Connection, Engine, event

from credhub.credentials.code import MAX_HUB, PublicCode
from credhub.jsontypes import JsonObject
from tests.running import Service, code_of, issue, publish

ENDS = (
    "",
    "/receipt",
    "?format=vc",
    "?format=pdf",
    "?format=png",
    "?format=report",
    "?format=bundle",
)


@contextmanager
def asked() -> Iterator[list[str]]:
    """Note every statement that is run meanwhile, on any database of this process."""
    statements: list[str] = []

    def note(_: Connection, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def misses(service: Service, code: str) -> dict[str, str]:
    """Give codes under which there is nothing, from near ones to far ones."""
    one, other = service.one.hub.number, service.other.hub.number
    last = "a" if code[-1] != "a" else "b"
    middle = "a" if code[16] != "a" else "b"
    return {
        "all but the last letter": code[:-1] + last,
        "all but one letter": code[:16] + middle + code[17:],
        "in the same hub": PublicCode.make(one, token_bytes(17)).text,
        "in another hub": PublicCode.make(other, token_bytes(17)).text,
        "in no hub": PublicCode.make(MAX_HUB, token_bytes(17)).text,
        "nothing at all": PublicCode.make(0, bytes(17)).text,
    }


def looked_up(service: Service, address: str) -> tuple[list[str], int, JsonObject]:
    """Ask for an address: what the database was asked, and what was answered."""
    with asked() as statements:
        response = service.public().get(address)
    said = response.json() if "json" in response.headers["content-type"] else {}
    return statements, response.status_code, said


@pytest.mark.parametrize("end", ENDS)
def test_t50_a_miss_takes_the_path_of_a_hit_until_nothing_is_found(
    service: Service, end: str
) -> None:
    code = code_of(issue(service.client()))

    found, status, _ = looked_up(service, f"/c/{code}{end}")
    answers = [looked_up(service, f"/c/{one}{end}") for one in misses(service, code).values()]

    assert status == 200
    first, missing, said = answers[0]
    assert missing == 404
    assert said["code"] == "credential-not-found"
    assert first
    assert first == found[: len(first)]
    for answer in answers:
        assert answer == answers[0]


def test_t50_no_guess_of_an_achievement_is_nearer_than_another(service: Service) -> None:
    achievement = publish(service.client())

    found, status, _ = looked_up(service, f"/achievements/{achievement}")
    answers = [
        looked_up(service, f"/achievements/{one}") for one in misses(service, achievement).values()
    ]

    assert status == 200
    assert answers[0][1] == 404
    assert answers[0][0]
    assert answers[0][0] == found[: len(answers[0][0])]
    for answer in answers:
        assert answer == answers[0]


def test_t50_what_is_verified_by_its_address_is_looked_up_in_the_same_way(
    service: Service,
) -> None:
    code = code_of(issue(service.client()))

    def verified(one: str) -> tuple[list[str], int]:
        with asked() as statements:
            url = f"{service.origin}/c/{one}"
            response = service.public().post("/v1/verify", json={"url": url})
        return statements, response.status_code

    found, status = verified(code)
    answers = [verified(one) for one in misses(service, code).values()]

    assert status == 200
    assert answers[0][1] == 404
    assert answers[0][0]
    assert answers[0][0] == found[: len(answers[0][0])]
    assert all(answer == answers[0] for answer in answers)


def test_t50_an_answer_about_nothing_does_not_repeat_the_guess(service: Service) -> None:
    code = PublicCode.make(service.one.hub.number, token_bytes(17)).text

    for accept in ("text/html", "application/json"):
        answer = service.public().get(f"/c/{code}", headers={"accept": accept})
        assert answer.status_code == 404
        assert code not in answer.text.lower()
        assert answer.headers["cache-control"] == "no-store"
