"""A hub's requests, handed to the services without HTTP."""

from typing import Final

from benchmarks.deployed import ACHIEVEMENT
from credhub.jsontypes import JsonObject
from credhub.services import achievements, issuing
from credhub.services.api_keys import Caller
from credhub.services.idempotency import Once
from credhub.services.issuing_survey import Order
from credhub.services.reading import OpenedCredential
from credhub.web.api.models import AchievementRequest, IssueRequest
from tests.running import Service

ROUTE: Final = "POST /v1/credentials"


def publish(service: Service) -> str:
    """Publish the achievement and give its id."""
    hub = service.one.hub.number
    request = AchievementRequest.model_validate(ACHIEVEMENT)
    once = Once(service.resources, hub, route="a", key="a", body={})
    return achievements.publish(service.resources, hub, request.to_achievement, once).achievement_id


def body_of(achievement: str, mark: str) -> JsonObject:
    """Make the body of a request that issues to a new learner."""
    recipient: JsonObject = {"name": f"Learner {mark}", "email": f"learner{mark}@example.org"}
    return {"achievement": achievement, "recipient": recipient}


def understood(service: Service, caller: Caller, body: JsonObject, mark: str) -> tuple[Order, Once]:
    """Do with a body what the route does."""
    request = IssueRequest.model_validate(body)
    document = request.model_dump(mode="json", by_alias=True, exclude_unset=True)
    order = Order(achievement_id=request.achievement, recipient=request.recipient.to_recipient())
    return order, Once(service.resources, caller.hub, route=ROUTE, key=mark, body=document)


def issue(service: Service, achievement: str, mark: str) -> OpenedCredential:
    """Issue to a new learner."""
    caller = Caller(hub=service.one.hub.number, key_id="", scopes=frozenset())
    order, once = understood(service, caller, body_of(achievement, mark), mark)
    return issuing.issue(service.resources, caller.hub, order, once)
