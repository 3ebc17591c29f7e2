"""What a webhook is told, in which order, and what becomes of what it does not take."""

from dataclasses import replace
from datetime import timedelta

import pytest

from credhub.jsontypes import JsonObject
from credhub.services import choosing_forms, rollover
from credhub.services.webhooks import endpoints, replaying, rotating, schedule
from credhub.services.webhooks.events import EventType
from credhub.services.webhooks.webhook import Webhook
from credhub.store.webhooks import Disabled, Outcome, Position
from tests.receivers import Message
from tests.running import issue, post, publish
from tests.services.erasing import erase_learner_of
from tests.services.webhook_fixtures import Told

ISSUED = EventType.ISSUED


def suspend_and_lift(told: Told, credential_id: str) -> None:
    path = f"/v1/credentials/{credential_id}/suspension"
    client = told.service.client()
    assert client.post(path, json={"reason": "A look at it."}).status_code == 201
    lifted = client.request("DELETE", path, json={"reason": "All is well."})
    assert lifted.status_code in {200, 201}, lifted.text


def revoke(told: Told, credential_id: str) -> None:
    path = f"/v1/credentials/{credential_id}/revocation"
    assert told.service.client().post(path, json={"reason": "Wrong."}).status_code == 201


def place_of(issued: JsonObject) -> Position:
    place = issued["ledger"]
    assert isinstance(place, dict)
    return Position(log=str(place["log"]), seq=int(str(place["seq"])))


def types_of(messages: list[Message]) -> list[str]:
    return [message.type for message in messages]


def until_told(told: Told, webhook: Webhook, *, parts: int = 50) -> None:
    """Let time go on until nothing waits."""
    for _ in range(parts):
        told.tell(webhook)
        found = told.found(webhook)
        is_waiting = found.counts.waiting or found.endpoint.replay is not None
        if not is_waiting and not told.is_behind(webhook):
            return
        told.service.clock.move(hours=25)
    raise AssertionError("something waits for ever")


def test_what_happens_is_told_once_and_in_its_order(told: Told) -> None:
    webhook = told.webhook()
    client = told.service.client()
    achievement = publish(client, suspendable=True)
    issued = issue(client, achievement)
    suspend_and_lift(told, str(issued["id"]))
    revoke(told, str(issued["id"]))

    assert told.tell(webhook)
    assert told.tell(webhook)

    assert types_of(told.receiver.messages) == [
        "achievement.published",
        "credential.issued",
        "credential.suspended",
        "credential.reinstated",
        "credential.revoked",
    ]
    published, first, *_ = (message.told for message in told.receiver.messages)
    assert (published["achievement"], published["version"]) == (achievement, 1)
    assert published["url"] == f"http://127.0.0.1:8000/achievements/{achievement}"
    assert first == {
        "hub": "riverside",
        "credential": issued["id"],
        "url": issued["url"],
        "achievement": achievement,
        "version": 1,
        "log": place_of(issued).log,
        "seq": place_of(issued).seq,
    }
    assert told.found(webhook).endpoint.health.failures == 0
    assert told.waiting(webhook) == ()


def test_a_correction_says_what_it_replaces_and_the_old_one_is_revoked(told: Told) -> None:
    webhook = told.webhook()
    client = told.service.client()
    old = issue(client)
    body = {"reason": "Misspelt.", "recipient": {"name": "Amélie Martin"}}
    new = post(client, f"/v1/credentials/{old['id']}/correction", body)

    told.tell(webhook)

    corrected, issued, revoked = told.receiver.messages[-3:]
    assert types_of([corrected, issued, revoked]) == [
        "credential.corrected",
        "credential.issued",
        "credential.revoked",
    ]
    assert corrected.told["credential"] == issued.told["credential"] == new["id"]
    assert corrected.told["supersedes"] == issued.told["supersedes"] == old["id"]
    assert (revoked.told["credential"], "supersedes" in revoked.told) == (old["id"], False)
    assert len({message.event_id for message in told.receiver.messages}) == 5


def test_a_credential_of_several_forms_is_told_once(told: Told) -> None:
    client = told.service.client()
    achievement = publish(client)
    choosing_forms.choose(
        told.resources, told.service.one.hub, ["eddsa-rdfc-2022", "eddsa-jcs-2022"]
    )
    webhook = told.webhook()
    issued = issue(client, achievement)
    with told.resources.store.read() as tx:
        record = tx.credential_records.by_id(told.hub, str(issued["id"]))
    assert record is not None
    assert len(record.forms) == 2

    told.tell(webhook)

    assert types_of(told.receiver.messages) == ["credential.issued"]


def test_only_what_was_asked_for_is_told(told: Told) -> None:
    everything, few = told.webhook("/all"), told.webhook("/few", EventType.REVOKED)
    issued = issue(told.service.client())
    revoke(told, str(issued["id"]))

    told.tell(everything)
    told.tell(few)

    assert len(told.receiver.at("/all")) == 3
    assert types_of(told.receiver.at("/few")) == ["credential.revoked"]
    assert told.found(few).endpoint.cursor == told.found(everything).endpoint.cursor


def test_a_new_webhook_is_told_nothing_of_before_and_nothing_of_other_hubs(told: Told) -> None:
    issue(told.service.client())
    webhook = told.webhook()
    issue(told.service.client(told.service.other))

    told.tell(webhook)

    assert told.receiver.messages == []


def test_an_id_and_a_body_stay_the_same_whenever_they_are_told(told: Told) -> None:
    webhook = told.webhook()
    told.receiver.answer = lambda _: 500 if len(told.receiver.messages) < 4 else 200
    issue(told.service.client(), publish(told.service.client()))

    until_told(told, webhook)

    bodies = {(message.event_id, message.body) for message in told.receiver.messages}
    assert len(bodies) == 2
    stamps = {message.headers["webhook-timestamp"] for message in told.receiver.messages}
    assert len(stamps) > 1


def test_later_events_of_a_credential_wait_and_others_do_not(told: Told) -> None:
    client = told.service.client()
    achievement = publish(client, suspendable=True)
    webhook = told.webhook()
    stuck, free = issue(client, achievement), issue(client, achievement)
    suspend_and_lift(told, str(stuck["id"]))
    suspend_and_lift(told, str(free["id"]))
    told.receiver.answer = lambda message: 503 if message.told["credential"] == stuck["id"] else 204

    told.tell(webhook)

    of_free = [one.type for one in told.receiver.messages if one.told["credential"] == free["id"]]
    of_stuck = [one.type for one in told.receiver.messages if one.told["credential"] == stuck["id"]]
    assert of_free == ["credential.issued", "credential.suspended", "credential.reinstated"]
    assert of_stuck == ["credential.issued"]
    assert [one.attempts for one in told.waiting(webhook)] == [1, 0, 0]

    told.receiver.answer = lambda _: 204
    until_told(told, webhook)
    of_stuck = [one.type for one in told.receiver.messages if one.told["credential"] == stuck["id"]]
    assert of_stuck[1:] == ["credential.issued", "credential.suspended", "credential.reinstated"]


def test_what_is_refused_is_tried_on_the_schedule_and_then_given_up(told: Told) -> None:
    webhook = told.webhook("/hook", ISSUED)
    told.receiver.answer = lambda _: 500
    issue(told.service.client())
    told.tell(webhook)
    pauses = []

    for _ in schedule.AFTER:
        (delivery,) = told.waiting(webhook)
        assert delivery.last_at is not None
        assert delivery.last_outcome is Outcome.REFUSED
        pauses.append(delivery.next_at - delivery.last_at)
        told.service.clock.now = max(delivery.next_at, told.found(webhook).endpoint.health.next_at)
        told.tell(webhook)

    for pause, wanted in zip(pauses, schedule.AFTER, strict=True):
        assert abs(pause - wanted) <= wanted / 10
    assert told.waiting(webhook) == ()
    (dead,) = told.waiting(webhook, dead=True)
    assert (dead.attempts, len(told.receiver.messages)) == (10, 10)
    assert told.found(webhook).counts.dead == 1
    assert told.found(webhook).endpoint.health.failures == 0
    told.service.clock.move(days=30)
    assert not told.is_due(webhook)

    told.receiver.answer = lambda _: 200
    assert replaying.revive(told.resources, told.hub, webhook.endpoint.endpoint_id) == 1
    until_told(told, webhook)
    assert told.found(webhook).counts.dead == 0
    assert len({message.event_id for message in told.receiver.messages}) == 1


def test_t64_an_endpoint_that_is_down_heaps_up_no_rows_and_is_probed(told: Told) -> None:
    webhook = told.webhook("/hook", ISSUED)
    told.receiver.answer = lambda _: 503
    client = told.service.client()
    achievement = publish(client)
    issued = [str(issue(client, achievement)["id"]) for _ in range(12)]

    told.tell(webhook)
    cursor = told.found(webhook).endpoint.cursor
    assert len(told.receiver.messages) == schedule.BREAKER
    assert not told.tell(webhook)  # Not before a pause.
    for _ in range(10):
        told.service.clock.move(hours=2)
        before = len(told.receiver.messages)
        assert told.tell(webhook)
        assert len(told.receiver.messages) - before <= 2

    assert len(told.waiting(webhook)) == schedule.BREAKER
    assert told.found(webhook).endpoint.cursor == cursor

    told.receiver.answer = lambda _: 204
    told.receiver.messages.clear()
    until_told(told, webhook)
    assert sorted(str(one.told["credential"]) for one in told.receiver.messages) == sorted(issued)


def test_one_event_that_is_refused_for_ever_keeps_nobody_from_hearing_others(told: Told) -> None:
    client = told.service.client()
    achievement = publish(client)
    webhook = told.webhook("/hook", ISSUED)
    poison = issue(client, achievement)
    told.receiver.answer = lambda message: (
        400 if message.told["credential"] == poison["id"] else 204
    )
    for _ in range(7):
        told.tell(webhook)
        told.service.clock.move(hours=12)
    assert told.found(webhook).endpoint.health.failures >= schedule.BREAKER

    other = issue(client, achievement)
    told.tell(webhook)

    assert told.receiver.messages[-1].told["credential"] == other["id"]
    assert told.found(webhook).endpoint.health.failures == 0
    assert told.found(webhook).endpoint.disabled_at is None


def test_who_fails_for_days_is_disabled_and_is_told_everything_when_enabled(told: Told) -> None:
    client = told.service.client()
    achievement = publish(client)
    webhook = told.webhook("/hook", ISSUED)
    endpoint_id = webhook.endpoint.endpoint_id
    told.receiver.answer = lambda _: 503
    issued = {str(issue(client, achievement)["id"]) for _ in range(8)}
    for _ in range(20):
        told.tell(webhook)
        told.service.clock.move(hours=8)

    disabled = told.found(webhook).endpoint
    assert disabled.disabled_because is Disabled.FAILING
    assert not told.is_due(webhook)
    told.receiver.answer = lambda _: 204
    told.receiver.messages.clear()
    assert not told.tell(webhook)

    endpoints.change(told.resources, told.hub, endpoint_id, enabled=True)
    replaying.revive(told.resources, told.hub, endpoint_id)
    until_told(told, webhook)
    assert {one.told["credential"] for one in told.receiver.messages} == issued


def test_gone_disables_at_once_and_loses_nothing(told: Told) -> None:
    webhook = told.webhook("/hook", ISSUED)
    told.receiver.answer = lambda _: 410
    issue(told.service.client())

    told.tell(webhook)

    assert told.found(webhook).endpoint.disabled_because is Disabled.GONE
    assert len(told.receiver.messages) == 1
    told.receiver.answer = lambda _: 204
    endpoints.change(told.resources, told.hub, webhook.endpoint.endpoint_id, enabled=True)
    told.tell(webhook)
    assert len(told.receiver.messages) == 2


def test_who_asked_to_be_told_nothing_is_told_what_happened_meanwhile_when_enabled(
    told: Told,
) -> None:
    webhook = told.webhook("/hook", ISSUED)
    endpoint_id = webhook.endpoint.endpoint_id
    endpoints.change(told.resources, told.hub, endpoint_id, enabled=False)
    issue(told.service.client())

    assert not told.tell(webhook)
    assert told.found(webhook).endpoint.disabled_because is Disabled.ASKED
    endpoints.change(told.resources, told.hub, endpoint_id, enabled=True)
    assert told.tell(webhook)

    assert types_of(told.receiver.messages) == ["credential.issued"]


def test_t64_a_redirect_is_not_followed(told: Told) -> None:
    webhook = told.webhook("/hook", ISSUED)
    told.receiver.answer = lambda _: 302
    told.receiver.location = told.receiver.origin + "/elsewhere"
    issue(told.service.client())

    told.tell(webhook)

    assert [message.path for message in told.receiver.messages] == ["/hook"]
    assert told.found(webhook).endpoint.health.last_status == 302


def test_t64_of_a_large_answer_only_the_beginning_is_read(told: Told) -> None:
    webhook = told.webhook("/hook", ISSUED)
    told.receiver.reply = b"x" * 50_000_000
    issue(told.service.client())

    told.tell(webhook)

    assert told.found(webhook).endpoint.health.last_outcome is Outcome.DELIVERED


def test_what_one_log_says_is_told_before_what_the_next_one_says(told: Told) -> None:
    client = told.service.client()
    achievement = publish(client)
    webhook = told.webhook()
    first = issue(client, achievement)
    rollover.roll(told.resources, told.service.one.hub)
    second = issue(client, achievement)
    assert place_of(first).log != place_of(second).log

    until_told(told, webhook)

    assert [one.told["credential"] for one in told.receiver.messages] == [first["id"], second["id"]]
    assert len({message.event_id for message in told.receiver.messages}) == 2

    told.receiver.messages.clear()
    replaying.replay(
        told.resources,
        told.hub,
        webhook.endpoint.endpoint_id,
        start=replace(place_of(first), seq=0),
    )
    until_told(told, webhook)
    assert types_of(told.receiver.messages) == [
        "achievement.published",
        "credential.issued",
        "credential.issued",
    ]


def test_a_replay_has_the_same_ids_and_moves_nothing_back(told: Told) -> None:
    client = told.service.client()
    webhook = told.webhook("/hook", ISSUED)
    achievement = publish(client)
    issued = [issue(client, achievement) for _ in range(4)]
    told.tell(webhook)
    first = [message.event_id for message in told.receiver.messages]
    cursor = told.found(webhook).endpoint.cursor
    places = [place_of(one) for one in issued]
    told.receiver.messages.clear()

    replaying.replay(
        told.resources, told.hub, webhook.endpoint.endpoint_id, start=places[1], end=places[3]
    )
    newer = issue(client, achievement)
    until_told(told, webhook)

    again = [message.event_id for message in told.receiver.messages]
    assert again[1:] == first[1:3]
    assert told.receiver.messages[0].told["credential"] == newer["id"]
    assert told.found(webhook).endpoint.cursor.seq > cursor.seq


def test_what_an_erased_learner_was_given_is_told_without_a_name(told: Told) -> None:
    webhook = told.webhook("/hook", ISSUED)
    issued = issue(told.service.client())
    erase_learner_of(told.service, str(issued["id"]))

    told.tell(webhook)

    assert told.receiver.messages[0].told["credential"] == issued["id"]


def test_t95_nothing_that_is_told_says_who(told: Told) -> None:
    webhook = told.webhook()
    client = told.service.client()
    achievement = publish(client, suspendable=True)
    recipient: JsonObject = {
        "name": "Quetzal Xochitl",
        "email": "quetzal@x.example",
        "externalId": "canary-9",
    }
    issued = issue(client, achievement, recipient=recipient)
    path = f"/v1/credentials/{issued['id']}/revocation"
    client.post(path, json={"reason": "Quetzal never came."})

    told.tell(webhook)

    assert len(told.receiver.messages) == 3
    sent = b"".join(
        message.body + repr(message.headers).encode() for message in told.receiver.messages
    )
    assert not any(word in sent.lower() for word in (b"quetzal", b"canary", b"never came"))


def test_an_old_secret_signs_beside_the_new_one_until_it_ends(told: Told) -> None:
    webhook = told.webhook("/hook", ISSUED)
    client = told.service.client()
    achievement = publish(client)
    rotating.rotate(
        told.resources, told.hub, webhook.endpoint.endpoint_id, overlap=timedelta(hours=1)
    )
    issue(client, achievement)
    told.tell(webhook)
    told.service.clock.move(hours=2)
    issue(client, achievement)
    told.tell(webhook)

    both, one = (message.headers["webhook-signature"] for message in told.receiver.messages)
    assert len(both.split(" ")) == 2
    assert len(one.split(" ")) == 1


@pytest.mark.parametrize("leased", [True, False])
def test_an_endpoint_is_told_by_one_at_a_time(told: Told, *, leased: bool) -> None:
    webhook = told.webhook("/hook", ISSUED)
    issue(told.service.client())
    now = told.service.clock()
    with told.resources.store.begin() as tx:
        until = now + timedelta(seconds=30)
        taken = tx.webhooks.take(told.hub, webhook.endpoint.endpoint_id, now=now, until=until)
        assert taken is not None
    if not leased:
        told.service.clock.move(seconds=31)

    assert told.tell(webhook) is not leased

    assert len(told.receiver.messages) == (not leased)
