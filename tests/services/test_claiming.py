"""Links for learners below HTTP: what many do at once, and what a database alone gives away."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import Engine, event, select

from credhub.errors import (
    ClaimLinkRefusedError,
    ClaimSessionEndedError,
    InvalidClaimError,
    RecordDamagedError,
)
from credhub.runtime import Runtime
from credhub.services import claiming, claims, learner_requests, reading
from credhub.services.claims import ClaimState, ShownLink
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from credhub.store.learner_choices import Choice, Shown
from credhub.store.learner_requests import RequestKind
from credhub.store.tables import claim_link
from tests.running import Service
from tests.services.erasing import erase_learner
from tests.services.ordering import issue

MANY = 50


@pytest.fixture
def made(runtime: Runtime, hub: HubNumber) -> str:
    """A credential."""
    return issue(runtime.resources, hub)


def link_to(resources: Resources, hub: HubNumber, credential_id: str) -> ShownLink:
    return claims.make(resources, hub, credential_id, None, days=30, actor="test")


def secret_of(link: ShownLink) -> str:
    return link.address.rpartition("#")[2]


def opens(resources: Resources, secret: str) -> bool:
    try:
        claiming.open_link(resources, secret)
    except ClaimLinkRefusedError:
        return False
    return True


def test_t72_of_fifty_that_open_a_link_at_once_exactly_one_does(
    runtime: Runtime, hub: HubNumber, made: str
) -> None:
    secret = secret_of(link_to(runtime.resources, hub, made))

    with ThreadPoolExecutor(MANY) as threads:
        results = list(threads.map(lambda _: opens(runtime.resources, secret), range(MANY)))

    assert results.count(True) == 1
    assert claims.state_of(runtime.resources, hub, made).state is ClaimState.OPENED


def test_of_links_that_are_made_at_once_one_is_left(
    runtime: Runtime, hub: HubNumber, made: str
) -> None:
    with ThreadPoolExecutor(8) as threads:
        links = list(threads.map(lambda _: link_to(runtime.resources, hub, made), range(8)))

    opened = [opens(runtime.resources, secret_of(link)) for link in links]

    assert len({link.address for link in links}) == 8
    assert opened.count(True) == 1


def test_choices_that_are_made_at_once_are_one(runtime: Runtime, hub: HubNumber, made: str) -> None:
    session = claiming.open_link(
        runtime.resources, secret_of(link_to(runtime.resources, hub, made))
    )
    visit = claiming.visit(runtime.resources, session)
    every = list(Shown) * 3

    with ThreadPoolExecutor(9) as threads:
        list(
            threads.map(
                lambda it: claiming.choose(runtime.resources, visit, Choice(shown=it)), every
            )
        )

    claiming.choose(runtime.resources, visit, Choice(shown=Shown.VALIDITY))
    assert reading.by_id(runtime.resources, hub, made).choice == Choice(shown=Shown.VALIDITY)


def test_requests_that_are_made_at_once_are_one(
    runtime: Runtime, hub: HubNumber, made: str
) -> None:
    opened = reading.by_id(runtime.resources, hub, made)

    with ThreadPoolExecutor(8) as threads:
        new = list(
            threads.map(
                lambda _: learner_requests.ask(runtime.resources, opened, RequestKind.ERASURE),
                range(8),
            )
        )

    assert new.count(True) == 1
    assert learner_requests.waiting(runtime.resources, opened) == {RequestKind.ERASURE}


@contextmanager
def statements() -> Iterator[list[str]]:
    """Note everything that is asked of any database."""
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_t74_every_link_that_opens_nothing_costs_the_same_work(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub.number
    used, ended, expired = (
        (it, secret_of(link_to(resources, hub, it)))
        for it in (issue(resources, hub) for _ in range(3))
    )
    assert opens(resources, used[1])
    claims.end(resources, hub, ended[0])
    fresh_service.clock.move(days=30)
    unknown = claims.written(hub, bytes(24))
    of_no_hub = claims.written(HubNumber(9999), bytes(24))

    work = []
    for secret in (unknown, of_no_hub, used[1], ended[1], expired[1], "?", "é" * 36, ""):
        with statements() as asked:
            assert not opens(resources, secret)
        work.append(tuple(asked))

    assert len(set(work)) == 1
    assert sum("claim_link" in statement for statement in work[0]) == 1


def test_t73_a_database_without_its_secret_makes_no_link(
    runtime: Runtime, hub: HubNumber, made: str
) -> None:
    secret = secret_of(link_to(runtime.resources, hub, made))
    with runtime.resources.store.connect_to_write() as connection:
        row = connection.execute(
            select(claim_link).where(claim_link.c.hub_id == hub, claim_link.c.credential_id == made)
        ).one()

    assert row.secret_hash == sha256(secret.encode()).digest()
    assert len(secret) == 36  # 24 bytes and the number of the hub
    for known in (row.link_id, row.secret_hash.hex(), made):
        assert not opens(runtime.resources, str(known))
    assert opens(runtime.resources, secret)


def test_t73_every_link_has_a_secret_of_its_own(runtime: Runtime, hub: HubNumber) -> None:
    resources = runtime.resources
    keys = resources.keyring.of(hub)
    links = [claims.new_link(resources, keys, "c", days=1, actor="a") for _ in range(500)]

    secrets = {claims.shown(keys, link).address.rpartition("#")[2] for link in links}

    assert len(secrets) == 500
    assert all(claims.hub_in(secret) == hub for secret in secrets)


def test_a_link_that_was_changed_is_not_shown(runtime: Runtime, hub: HubNumber, made: str) -> None:
    link = link_to(runtime.resources, hub, made).link

    with pytest.raises(RecordDamagedError):
        claims.shown(runtime.resources.keyring.of(hub), replace(link, link_id="another"))


@pytest.mark.parametrize("session", ["", "?", "AAAB", "é"])
def test_what_is_no_visit_is_none(runtime: Runtime, session: str) -> None:
    with pytest.raises(ClaimSessionEndedError):
        claiming.visit(runtime.resources, session)


def test_the_secret_of_a_link_is_not_that_of_a_visit(
    runtime: Runtime, hub: HubNumber, made: str
) -> None:
    secret = secret_of(link_to(runtime.resources, hub, made))
    session = claiming.open_link(runtime.resources, secret)

    with pytest.raises(ClaimSessionEndedError):
        claiming.visit(runtime.resources, secret)
    assert not opens(runtime.resources, session)
    proof = claiming.visit(runtime.resources, session).proof
    assert proof not in session
    with pytest.raises(ClaimSessionEndedError):
        claiming.visit(runtime.resources, proof)


def test_a_new_link_is_asked_for_with_an_old_one(
    runtime: Runtime, hub: HubNumber, made: str
) -> None:
    resources = runtime.resources
    secret = secret_of(link_to(resources, hub, made))
    claims.end(resources, hub, made)

    opened = claiming.asker(resources, secret)

    assert opened is not None
    assert opened.credential.credential_id == made
    assert claiming.asker(resources, claims.written(hub, bytes(24))) is None
    erase_learner(resources, hub, made)
    assert claiming.asker(resources, secret) is None


def test_what_a_learner_wrote_is_read_by_the_hub_until_the_erasure(
    runtime: Runtime, hub: HubNumber, made: str
) -> None:
    resources = runtime.resources
    opened = reading.by_id(resources, hub, made)
    assert learner_requests.ask(resources, opened, RequestKind.CORRECTION, "My name is\nAmélie.")

    def newest() -> learner_requests.ReadRequest:
        return learner_requests.page(resources, hub, before=None, limit=1, unanswered=True)[0]

    assert newest().text == "My name is\nAmélie."
    assert "Amélie" not in repr(newest())
    erase_learner(resources, hub, made)
    assert newest().text is None


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1001, "a\x00b", "a\u202eb"])
def test_a_text_that_cannot_be_shown_is_refused(
    runtime: Runtime, hub: HubNumber, made: str, text: str
) -> None:
    opened = reading.by_id(runtime.resources, hub, made)

    with pytest.raises(InvalidClaimError):
        learner_requests.ask(runtime.resources, opened, RequestKind.CORRECTION, text)

    assert learner_requests.waiting(runtime.resources, opened) == frozenset()
    assert learner_requests.ask(runtime.resources, opened, RequestKind.CORRECTION, "x" * 1000)


def test_a_choice_has_an_end_that_is_to_come(fresh_service: Service) -> None:
    resources, hub = fresh_service.resources, fresh_service.one.hub.number
    link = link_to(resources, hub, issue(resources, hub))
    visit = claiming.visit(resources, claiming.open_link(resources, secret_of(link)))
    now = resources.clock()

    for until in (now, now - timedelta(days=1), now + timedelta(days=366 * 101)):
        with pytest.raises(InvalidClaimError):
            claiming.choose(resources, visit, Choice(shown=Shown.VALIDITY, until=until))
    late = Choice(shown=Shown.NOTHING, until=now + timedelta(days=1))
    with pytest.raises(InvalidClaimError):
        claiming.choose(resources, visit, late)
    good = Choice(shown=Shown.VALIDITY, until=now + timedelta(days=1))
    claiming.choose(resources, visit, good)
    assert good.at(now + timedelta(hours=23)) is Shown.VALIDITY
    assert good.at(now + timedelta(days=1)) is Shown.NOTHING
