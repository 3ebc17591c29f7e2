"""What a webhook is told, in which order, and what becomes of what it does not take."""

from credhub.services import revoking
from tests.running import issue, publish
from tests.services.webhook_fixtures import Told


def test_what_happens_is_told_once_and_in_its_order(told: Told) -> None:
    webhook = told.webhook()
    client = told.service.client()
    achievement = publish(client, suspendable=True)
    issued = issue(client, achievement)
    path = f"/v1/credentials/{issued['id']}"
    client.post(f"{path}/suspension", json={"reason": "A look at it."})
    client.request("DELETE", f"{path}/suspension", json={"reason": "All is well."})
    revoking.revoke(told.resources, told.hub, str(issued["id"]), actor="me", reason="Wrong.")

    assert told.tell(webhook)
    assert told.tell(webhook)

    assert [message.type for message in told.receiver.messages] == [
        "achievement.published",
        "credential.issued",
        "credential.suspended",
        "credential.reinstated",
        "credential.revoked",
    ]
    published, first, *_ = (message.told for message in told.receiver.messages)
    assert published["achievement"] == achievement
    assert first == {
        "hub": "riverside",
        "credential": issued["id"],
        "url": issued["url"],
        "achievement": achievement,
        "version": 1,
        "log": issued["ledger"]["log"],  # type: ignore[index, call-overload]  # JSON
        "seq": issued["ledger"]["seq"],  # type: ignore[index, call-overload]  # JSON
    }
    assert told.found(webhook).endpoint.health.failures == 0
    assert told.waiting(webhook) == ()
