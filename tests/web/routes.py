"""Every route of the application with what it needs, so that a new one cannot be forgotten.

The list of routes is the application's own. What a new route takes has to be added here, or
the tests that are generated from it fail.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

from fastapi.routing import iter_route_contexts
from sqlalchemy import select
from starlette.testclient import TestClient

from credhub.jobs.batch_working import work_once
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import vc_jwt
from credhub.services import learner_requests, partners, pictures, reading
from credhub.services.partners import NewPartner
from credhub.services.webhooks import endpoints
from credhub.services.webhooks.events import EventType
from credhub.store.learner_requests import RequestKind
from credhub.store.tables import metadata
from tests.running import (
    Member,
    Service,
    achievement_body,
    code_of,
    issue,
    issue_body,
    post,
    publish,
    unique,
)
from tests.services.sinks import endorsement
from tests.unit.factories import MemorySigner
from tests.web.cohorts import added, make_cohort, make_program, person, step

PARTNER = MemorySigner(73)
# What strangers may send here changes nothing.
HARMLESS_POSTS = frozenset({"POST /v1/verify", "POST /v1/verify/batch", "POST /verify"})
# What is sent here changes nothing.
HARMLESS_POSTS = frozenset(
    {
        "POST /v1/verify",
        "POST /v1/verify/batch",
        "POST /verify",
        "POST /v1/webhooks/{webhook_id}/test",
    }
)
TEXT = "A short text."
URL = "https://school.example/page"
_PROGRAM: JsonObject = {
    "name": "Solar",
    "description": TEXT,
    "achievements": [
        {"achievement": "{achievement_id}", "requires": [], "rule": {"attendance": 80}}
    ],
}
_COHORT: JsonObject = {
    "name": "Autumn",
    "startsOn": "2026-10-01",
    "endsOn": "2026-11-20",
    "place": "Riverside",
    "partners": ["did:web:partner.example", "Partner Ltd"],
    "sessions": 10,
}
FULL_BODIES: Mapping[str, JsonValue] = {
    "AchievementRequest": achievement_body(
        criteria={"narrative": TEXT, "id": URL},
        alignment=[
            {
                "targetName": "install panels",
                "targetUrl": URL,
                "targetFramework": "ESCO",
                "targetCode": "S1",
                "targetDescription": TEXT,
                "targetType": "ext:skill",
            }
        ],
        tag=["solar"],
        image={"id": URL},
        validity="P2Y",
        suspendable=True,
        inLanguage="en",
    ),
    "IssueRequest": issue_body(
        "{achievement_id}",
        recipient={
            "name": "Amélie Dubois",
            "email": "amelie@mail.example",
            "did": "did:example:amelie",
            "externalId": "student-17",
        },
        awardedDate="2026-11-20T10:00:00Z",
        validUntil="2099-11-20T10:00:00+01:00",
        evidence=[
            {"id": URL, "name": TEXT, "description": TEXT, "narrative": TEXT, "genre": "Photo"}
        ],
        results=[
            {
                "value": "87",
                "status": "Completed",
                "resultDescription": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c",
                "achievedLevel": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41d",
            }
        ],
    ),
    "BatchRows": [
        {
            "key": "student-17",
            "recipient": {
                "name": "Amélie Dubois",
                "email": "amelie@mail.example",
                "did": "did:example:amelie",
                "externalId": "student-17",
            },
            "awardedDate": "2026-11-20T10:00:00Z",
            "validUntil": "2099-11-20T10:00:00+01:00",
            "evidence": [
                {"id": URL, "name": TEXT, "description": TEXT, "narrative": TEXT, "genre": "Photo"}
            ],
            "results": [
                {
                    "value": "87",
                    "status": "Completed",
                    "resultDescription": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c",
                    "achievedLevel": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41d",
                }
            ],
        }
    ],
    "ClaimLinkRequest": {"days": 30},
    "RevocationRequest": {"reason": TEXT},
    "SuspensionRequest": {"reason": TEXT},
    "CorrectionRequest": {
        "reason": TEXT,
        "recipient": {"name": "Amélie Martin"},
        "awardedDate": "2026-11-20T10:00:00Z",
        "validUntil": "2099-11-20T10:00:00+01:00",
        "evidence": [
            {"id": URL, "name": TEXT, "description": TEXT, "narrative": TEXT, "genre": "Photo"}
        ],
        "results": [
            {
                "value": "87",
                "status": "Completed",
                "resultDescription": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c",
                "achievedLevel": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41d",
            }
        ],
    },
    "BatchChangesRequest": {
        "change": "revocation",
        "reason": TEXT,
        "credentials": [{"credential": "{credential_id}", "reason": TEXT}],
    },
    "ChangeRows": [
        {
            "credential": "{standing_id}",
            "reason": TEXT,
            "name": "Amélie Martin",
            "awardedDate": "2026-11-20T10:00:00Z",
            "validUntil": "2099-11-20T10:00:00+01:00",
            "evidenceUrl": URL,
            "result": "87",
        }
    ],
    "ProgramRequest": _PROGRAM,
    "ProgramChangeRequest": _PROGRAM | {"version": 1},
    "CohortRequest": _COHORT | {"program": "{program_id}"},
    "CohortChangeRequest": _COHORT | {"version": 1},
    "CohortLearnerRequest": {
        "version": 1,
        "status": "completed",
        "name": "Amélie Martin",
        "attendance": {"marks": ["present", "excused", "absent"]},
        "results": [
            {
                "value": "87",
                "status": "Completed",
                "resultDescription": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c",
                "achievedLevel": "urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41d",
                "achievement": "{achievement_id}",
            }
        ],
        "evidence": [
            {
                "id": URL,
                "name": TEXT,
                "description": TEXT,
                "narrative": TEXT,
                "genre": "Photo",
                "achievement": "{achievement_id}",
            }
        ],
        "awardedDate": "2026-11-20T10:00:00Z",
        "validUntil": "2099-11-20T10:00:00+01:00",
    },
    "ApiKeyRequest": {
        "label": "LMS",
        "scopes": ["endorse"],
        "expiresAt": "2099-11-20T10:00:00Z",
        "partner": "{partner_did}",
    },
    "PartnerRequest": {
        "did": "{new_did}",
        "name": "Welders Ltd",
        "comment": TEXT,
        "validUntil": "2099-11-20T10:00:00+01:00",
    },
    "EndorsementRequest": {"token": "{signed}"},
    "WithdrawalRequest": {"reason": TEXT},
    "WebhookRequest": {"url": "https://lms.example/hook", "types": ["credential.issued"]},
    "WebhookChangeRequest": {
        "url": "https://lms.example/other",
        "types": ["credential.revoked"],
        "enabled": True,
    },
    "WebhookSecretRequest": {"overlapSeconds": 0},
    "WebhookReplayRequest": {"from": {"log": "2026", "seq": 0}, "to": {"log": "2026", "seq": 1}},
    "VerifyRequest": {"credential": {"type": ["VerifiableCredential"]}, "receipt": TEXT},
    "BatchVerifyRequest": {
        "credentials": [{"type": ["VerifiableCredential"]}, TEXT],
        "registry": {"did:web:college.example": {"name": "Riverside College"}},
    },
}


class Things:
    """One of everything that a hub can have, each made when it is first asked for."""

    def __init__(self, makers: Mapping[str, Callable[["Things"], str]], **known: str) -> None:
        self._makers = makers
        self._known = known

    @classmethod
    def when_asked(cls, service: Service, member: Member) -> Self:
        """Give what a hub has and make only what is used of it.

        A test that looks at the database before and after wants ``of``.
        """
        return cls(makers(service, member), **_KNOWN, slug=member.hub.slug)

    @classmethod
    def of(cls, service: Service, member: Member) -> Self:
        """Make one of everything for a hub."""
        made = cls.when_asked(service, member)
        assert made.members
        return made

    @classmethod
    def none(cls, **known: str) -> Self:
        """Give what is known, and names of nothing for all the rest."""
        made = {"partner_did": "did:example:none", "new_did": "did:example:new", "digest": "0" * 64}
        return cls(defaultdict(lambda: lambda _: "none"), **{**_KNOWN, **made, **known})

    def but(self, **known: str) -> "Things":
        """Give the same with something else in its place."""
        return Things(self._makers, **self._known | known)

    def __getitem__(self, name: str) -> str:
        if name not in self._known:
            self._known[name] = self._makers[name](self)
        return self._known[name]

    def __getattr__(self, name: str) -> str:
        if name.startswith("_") or hasattr(type(self), name):  # A property that failed.
            raise AttributeError(name)
        return self[name]

    def path(self, template: str) -> str:
        """Put these into a path. A name that is not ours is an error."""
        if template.startswith("/achievements/"):
            return template.format(code=self.achievement_id)
        if template == "/v1/batches":
            return f"{template}?achievement={self.achievement_id}"
        if template == "/v1/batches/changes/file":
            return f"{template}?change=correction&reason=Misspelt."
        if template.endswith("/correction"):  # Of one that is not suspended.
            return template.format(credential_id=self.standing_id)
        return template.format_map(self)

    @property
    def members(self) -> dict[str, str]:
        return {name: self[name] for name in sorted({*self._makers, *self._known})}

    @property
    def secret(self) -> set[str]:
        """What only the hub itself knows."""
        return {
            self.achievement_id,
            self.credential_id,
            self.standing_id,
            self.code,
            self.key_id,
            self.batch_id,
            self.endorsement_id,
            self.given_id,
            self.request_id,
            self.program_id,
            self.cohort_id,
            self.learner_id,
            self.webhook_id,
        }


_KNOWN: Mapping[str, str] = {
    "log": "2026",
    "number": "1",
    "name": "key-1",
    "place": "entries/000.p/1",
    "origin_hash": "0" * 64,
}


def makers(service: Service, member: Member) -> Mapping[str, Callable[[Things], str]]:
    """Tell how each thing of a hub is made, by its name."""
    client = service.client(member)
    return {
        "achievement_id": lambda _: publish(client, name=unique("Solar"), suspendable=True),
        "code": lambda it: code_of(suspended(client, it.achievement_id)),
        "credential_id": lambda it: id_of(service, it.code),
        "standing_id": lambda it: str(issue(client, it.achievement_id)["id"]),
        "key_id": lambda _: spare_key(client),
        "endorsement_id": lambda _: an_endorsement(service, member),
        "partner_id": lambda it: it.endorsement_id,
        "partner_did": lambda _: an_endorsement(service, member) and PARTNER.did,
        "given_id": lambda it: (
            it.partner_id and given(service, member, publish(client, name=unique("Solar")))
        ),
        "signed": lambda it: it.partner_id and token_about(service, it.achievement_id),
        "new_did": lambda _: f"did:web:{unique('new')}.example",
        "digest": lambda _: a_picture(service, member),
        "batch_id": lambda it: a_batch(service, member, it.achievement_id),
        "request_id": lambda it: a_request(service, member, it.credential_id),
        "program_id": lambda it: str(make_program(client, step(it.achievement_id))["id"]),
        "cohort_id": lambda it: make_cohort(client, it.program_id),
        "learner_id": lambda it: added(client, it.cohort_id, person("Amélie"))[0],
        "webhook_id": lambda _: a_webhook(service, member),
    }


def id_of(service: Service, code: str) -> str:
    """Give the id of the credential that is shown at an address."""
    return str(reading.by_code(service.resources, code).credential.credential_id)


def suspended(client: TestClient, achievement_id: str) -> JsonObject:
    """Issue a credential and suspend it."""
    issued = issue(client, achievement_id)
    suspension = f"/v1/credentials/{issued['id']}/suspension"
    assert client.post(suspension, json={"reason": TEXT}).status_code == HTTPStatus.CREATED
    return issued


def spare_key(client: TestClient) -> str:
    """Make an API key, and give its id."""
    return str(
        client.post("/v1/api-keys", json={"label": "spare", "scopes": ["read"]}).json()["id"]
    )


def an_endorsement(service: Service, member: Member) -> str:
    """Give the endorsement of a partner of a hub: one, because a hub has not many."""
    known = partners.standing_of(service.resources, member.hub).partners
    found = [one for one in known if one.endorsement.did == PARTNER.did]
    new = NewPartner(did=PARTNER.did, name="Partner Ltd")
    one = found[0] if found else partners.add(service.resources, member.hub, new)
    return one.stored.endorsement_id


def token_about(service: Service, achievement_id: str) -> str:
    """Sign as the partner what endorses an achievement."""
    about: JsonObject = {
        "id": f"{service.origin}/achievements/{achievement_id}",
        "type": ["EndorsementSubject"],
    }
    identity = f"urn:example:{unique('endorsement')}"
    said = endorsement(PARTNER.did, id=identity, credentialSubject=about)
    return vc_jwt.sign(said, signer=PARTNER, verification_method=PARTNER.method)


def given(service: Service, member: Member, achievement_id: str) -> str:
    """Have the partner of a hub endorse an achievement, and give the id of that."""
    body: JsonObject = {"token": token_about(service, achievement_id)}
    return str(post(service.client(member), "/v1/endorsements", body)["id"])


def a_webhook(service: Service, member: Member) -> str:
    """Make a webhook of a hub, in place of those before, of which it may not have many."""
    for one in endpoints.of_hub(service.resources, member.hub.number):
        endpoints.remove(service.resources, member.hub.number, one.endpoint.endpoint_id)
    made = endpoints.create(
        service.resources, member.hub.number, url=f"{URL}/hook", types=tuple(EventType)
    )
    return made.endpoint.endpoint_id


def a_picture(service: Service, member: Member) -> str:
    """Keep a picture of a hub, and give its digest."""
    address = pictures.keep(service.resources, member.hub, b"a picture")
    return address.rpartition("/")[2].removesuffix(".png")


def a_batch(service: Service, member: Member, achievement_id: str) -> str:
    """Send a batch of one row and have it issued, so that whoever follows it sees its end."""
    batch_id = sent_batch(service.client(member), achievement_id)
    work_once(service.resources, batch=(member.hub.number, batch_id))
    return batch_id


def a_request(service: Service, member: Member, credential_id: str) -> str:
    """Ask for an erasure as the learner of a credential."""
    opened = reading.by_id(service.resources, member.hub.number, credential_id)
    assert learner_requests.ask(service.resources, opened, RequestKind.ERASURE)
    client = service.client(member)
    return str(client.get("/v1/learner-requests").json()["items"][0]["id"])


def sent_batch(client: TestClient, achievement_id: str) -> str:
    """Send a batch of one row, which nobody issues yet."""
    sent = client.post(
        "/v1/batches",
        params={"achievement": achievement_id},
        json=[{"key": unique("row"), "recipient": {"name": "Amélie Dubois"}}],
        headers={"idempotency-key": unique("key")},
    )
    assert sent.status_code == HTTPStatus.ACCEPTED, sent.text
    return str(sent.json()["id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One documented operation."""

    method: str
    path: str
    model: str | None
    locked: bool
    parameters: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def writes(self) -> bool:
        return self.method != "GET" and self.name not in HARMLESS_POSTS

    def body(self, things: Things) -> JsonValue:
        """Give a complete body about these things."""
        return None if self.model is None else filled(FULL_BODIES[self.model], things)

    def call(self, client: TestClient, things: Things, body: JsonValue = None) -> "Answer":
        """Call it about these things."""
        response = client.request(
            self.method,
            things.path(self.path),
            json=self.body(things) if body is None else body,
            headers={"idempotency-key": unique("key")},
        )
        return Answer(status=response.status_code, text=response.text + str(response.headers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, as far as these tests look."""

    status: int
    text: str


def filled(value: JsonValue, things: Things) -> JsonValue:
    """Put ids into a body."""
    match value:
        case str():
            return value.format_map(things) if value.startswith("{") else value
        case list():
            return [filled(item, things) for item in value]
        case dict():
            return {name: filled(member, things) for name, member in value.items()}
        case _:
            return value


def operations(service: Service) -> Iterator[Operation]:
    """List every operation that the OpenAPI document describes.

    Some answer in the words of other standards: ``test_vcalm`` and ``test_oauth`` are about them.
    """
    for path, methods in service.app.openapi()["paths"].items():
        if path.startswith(("/vcalm/", "/oauth/")):
            continue
        for method, described in methods.items():
            content = described.get("requestBody", {}).get("content", {})
            reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
            assert bool(content) == bool(reference), f"{method} {path} takes something new"
            yield Operation(
                method=method.upper(),
                path=path,
                model=reference.rpartition("/")[2] or None,
                locked=bool(described.get("security")),
                parameters=tuple(p["name"] for p in described.get("parameters", [])),
            )


def every_route(service: Service) -> list[tuple[str, str]]:
    """List method and path of every route, documented or not."""
    found = [
        (method, str(route.path).replace(":path}", "}"))
        for route in iter_route_contexts(service.app.routes)
        for method in sorted(route.methods or {"GET"})
    ]
    assert len(found) > 30
    return found


def rows_of(service: Service) -> dict[str, set[tuple[object, ...]]]:
    """Give every row of the database, without the time when a key was last used."""
    with service.resources.store.connect_to_read() as connection:
        return {
            table.name: {
                tuple(row)
                for row in connection.execute(
                    select(*(column for column in table.columns if column.name != "last_used_ms"))
                )
            }
            for table in metadata.sorted_tables
        }
