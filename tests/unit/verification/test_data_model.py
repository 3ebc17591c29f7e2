"""Every rule of the W3C data model that a credential can break, with a twin that keeps it."""

from datetime import UTC, datetime

import pytest

from credhub.errors import (
    MalformedContextError,
    MalformedCredentialError,
    MalformedIdError,
    MalformedIssuerError,
    MalformedPeriodError,
    MalformedRelatedResourceError,
    MalformedSubjectError,
    MalformedTextError,
    MalformedTypeError,
    NotACredentialError,
    RelatedResourceDiffersError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification.data_model import V1, V2
from credhub.verification.structure import CredentialView
from tests import vectors

ISSUER = "did:key:z6MkpJySvETLnxhQG9DzEdmKJtysBDjuuTeDfUj1uNNCUqcj"
MINIMAL: JsonObject = {
    "@context": [V2],
    "type": ["VerifiableCredential"],
    "issuer": ISSUER,
    "credentialSubject": {"name": "Amara Nwosu"},
}
OF_2019: JsonObject = MINIMAL | {"@context": [V1], "issuanceDate": "2019-11-22T12:00:00Z"}

# Of the Recommendation's edition of the context, and of nothing.
SRI = "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"
MULTIHASH = "uEiBZlVztZpfWHgPyslVv6-UwirFoQoRvW1htfx963sknNA"
BARE_DIGEST = "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ"
OTHER_SRI = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
LONG_SRI = "sha512-" + "A" * 86 + "=="
HELLO: JsonObject = {"@value": "Hello", "@language": "en", "@direction": "ltr"}
THERE = "https://hub.example/there"


def related(*resources: JsonValue) -> JsonObject:
    return {"relatedResource": list(resources)}


def test_the_least_that_a_credential_may_say() -> None:
    view = CredentialView.of(MINIMAL)

    assert (view.issuer_id, view.valid_from, view.valid_until) == (ISSUER, None, None)
    assert (view.is_badge, view.has_status, view.related_compared) == (False, False, True)


def test_a_credential_of_the_first_version_is_read() -> None:
    view = CredentialView.of(OF_2019 | {"expirationDate": "2029-11-22T12:00:00Z"})

    assert view.valid_from == datetime(2019, 11, 22, 12, tzinfo=UTC)
    assert view.valid_until == datetime(2029, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "change",
    [
        {"@context": [V2, "https://www.w3.org/ns/credentials/examples/v2"]},
        {"@context": [V2, {"Example": "https://example.org/#Example"}]},
        {"type": "VerifiableCredential"},
        {"type": ["https://example.org/#Example", "VerifiableCredential"]},
        {"id": "urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008"},
        {"issuer": {"id": ISSUER, "name": [HELLO, {"@value": "Hallo", "@language": "de"}]}},
        {"issuer": {"id": ISSUER, "description": HELLO}},
        {"name": "Hello", "description": {"@value": "Hello"}},
        {"credentialSubject": [{"id": "did:example:a"}, {"id": "did:example:b"}]},
        {"validFrom": "2023-02-25T19:10:39-06:00"},
        {"validFrom": "4023-02-26T01:02:58.447Z"},
        {"validFrom": "2023-02-26T01:19:19Z", "validUntil": "2023-02-26T01:19:19Z"},
        {"credentialStatus": {"type": "ExampleStatus"}},
        {"credentialSchema": [{"id": "did:example:schema", "type": "ExampleSchema"}]},
        {"refreshService": {"type": "ExampleRefresh"}},
        {"termsOfUse": [{"type": "ExamplePolicy"}, {"type": ["ExamplePolicy"], "id": THERE}]},
        {"evidence": {"type": "ExampleEvidence"}},
        related({"id": V2, "digestSRI": SRI}),
        related({"id": V2, "digestMultibase": MULTIHASH, "mediaType": "application/ld+json"}),
        related({"id": V2, "digestMultibase": [MULTIHASH, BARE_DIGEST]}),
        {"relatedResource": {"id": V2, "digestSRI": SRI}},
    ],
)
def test_what_the_data_model_allows_is_read(change: JsonObject) -> None:
    assert CredentialView.of(MINIMAL | change).related_compared


BROKEN: list[tuple[JsonObject, type[Exception]]] = [
    ({"@context": V2}, NotACredentialError),
    ({"@context": ["https://www.w3.org/ns/credentials/examples/v2", V2]}, NotACredentialError),
    ({"type": ["ExampleCredential"]}, NotACredentialError),
    ({"type": ["VerifiableCredential", "VerifiablePresentation"]}, NotACredentialError),
    ({"@context": [V2, 123192875]}, MalformedContextError),
    ({"@context": [V2, "https ://not-a-url/contexts"]}, MalformedContextError),
    ({"@context": [V2, V2]}, MalformedContextError),
    ({"type": ["VerifiableCredential", 7]}, MalformedTypeError),
    ({"type": ["VerifiableCredential", ""]}, MalformedTypeError),
    ({"id": None}, MalformedIdError),
    ({"id": "not a url"}, MalformedIdError),
    ({"id": "https ://not-a-url/vcs"}, MalformedIdError),
    ({"id": "https://"}, MalformedIdError),
    ({"id": "https://?query"}, MalformedIdError),
    ({"id": ["https://example.org/1", "https://example.org/2"]}, MalformedIdError),
    ({"id": "urn:" + "x" * 2_000}, MalformedIdError),
    ({"issuer": None}, MalformedIssuerError),
    ({"issuer": "fake-issuer"}, MalformedIssuerError),
    ({"issuer": {"id": None}}, MalformedIssuerError),
    ({"issuer": {"id": "fake-issuer"}}, MalformedIssuerError),
    ({"issuer": {}}, MalformedIssuerError),
    ({"credentialSubject": {}}, MalformedSubjectError),
    ({"credentialSubject": []}, MalformedSubjectError),
    ({"credentialSubject": "did:example:a"}, MalformedSubjectError),
    ({"credentialSubject": [{"id": "did:example:a"}, {}]}, MalformedSubjectError),
    ({"credentialSubject": {"id": ["did:example:a", "did:example:b"]}}, MalformedIdError),
    ({"validFrom": "Sat 25 Feb 2023"}, MalformedPeriodError),
    ({"validFrom": 1}, MalformedPeriodError),
    ({"validUntil": None}, MalformedPeriodError),
    (
        {"validFrom": "2023-02-26T01:19:20Z", "validUntil": "2023-02-26T01:19:19Z"},
        MalformedPeriodError,
    ),
    ({"name": HELLO | {"url": THERE}}, MalformedTextError),
    ({"name": {"@language": "en"}}, MalformedTextError),
    ({"name": HELLO | {"@language": "not a tag"}}, MalformedTextError),
    ({"name": HELLO | {"@language": 1}}, MalformedTextError),
    ({"name": HELLO | {"@direction": "up"}}, MalformedTextError),
    ({"name": HELLO | {"@direction": []}}, MalformedTextError),
    ({"name": []}, MalformedTextError),
    ({"name": ["Hello"]}, MalformedTextError),
    ({"description": 1}, MalformedTextError),
    ({"issuer": {"id": ISSUER, "name": HELLO | {"url": THERE}}}, MalformedTextError),
    ({"issuer": {"id": ISSUER, "description": None}}, MalformedTextError),
    ({"credentialStatus": {"id": "did:example:status"}}, MalformedTypeError),
    ({"credentialStatus": {"id": THERE, "type": 2}}, MalformedTypeError),
    ({"credentialStatus": {"id": [THERE], "type": "ExampleStatus"}}, MalformedIdError),
    ({"credentialStatus": {"id": "not a url", "type": "ExampleStatus"}}, MalformedIdError),
    ({"credentialSchema": {"id": "did:example:schema"}}, MalformedTypeError),
    ({"credentialSchema": {"type": "ExampleSchema"}}, MalformedIdError),
    ({"credentialSchema": {"id": "a schema", "type": "ExampleSchema"}}, MalformedIdError),
    ({"refreshService": {"id": "did:example:refresh"}}, MalformedTypeError),
    ({"termsOfUse": {}}, MalformedTypeError),
    ({"termsOfUse": {"type": []}}, MalformedTypeError),
    ({"evidence": {}}, MalformedTypeError),
    ({"evidence": ["https://example.org/evidence"]}, MalformedCredentialError),
    (related(), MalformedRelatedResourceError),
    (related(V2), MalformedCredentialError),
    (related({"digestSRI": SRI}), MalformedRelatedResourceError),
    (related({"id": V2}), MalformedRelatedResourceError),
    (related({"id": V2, "digestSRI": SRI, "mediaType": 1}), MalformedRelatedResourceError),
    (related({"id": V2, "digestSRI": 1}), MalformedRelatedResourceError),
    (related({"id": V2, "digestSRI": [SRI, 1]}), MalformedRelatedResourceError),
    (related({"id": V2, "digestSRI": [SRI] * 33}), MalformedRelatedResourceError),
    (related({"id": V2, "digestSRI": "md5-AAAA"}), MalformedRelatedResourceError),
    (related({"id": V2, "digestSRI": "sha256-AAAA"}), MalformedRelatedResourceError),
    (related({"id": V2, "digestSRI": "sha256-AAAAA"}), MalformedRelatedResourceError),
    (related({"id": V2, "digestMultibase": "uAAAA"}), MalformedRelatedResourceError),
    (related({"id": V2, "digestMultibase": "uAAAAA"}), MalformedRelatedResourceError),
    (related({"id": V2, "digestMultibase": "u\u00e4"}), MalformedRelatedResourceError),
    (related({"id": V2, "digestMultibase": "fAAAA"}), MalformedRelatedResourceError),
    (related({"id": V2, "digestMultibase": "u" + "A" * 300}), MalformedRelatedResourceError),
    (
        related({"id": V2, "digestSRI": SRI}, {"id": V2, "digestMultibase": MULTIHASH}),
        MalformedRelatedResourceError,
    ),
]


@pytest.mark.parametrize(("change", "refusal"), BROKEN)
def test_each_rule_of_the_data_model_has_a_refusal(
    change: JsonObject, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal) as refused:
        CredentialView.of(MINIMAL | change)

    assert type(refused.value) is refusal


@pytest.mark.parametrize("member", ["@context", "type", "issuer", "credentialSubject"])
def test_a_credential_lacks_nothing_that_is_required(member: str) -> None:
    document = {name: value for name, value in MINIMAL.items() if name != member}

    with pytest.raises((MalformedCredentialError, NotACredentialError)):
        CredentialView.of(document)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"issuanceDate": None}, MalformedPeriodError),
        ({"expirationDate": "soon"}, MalformedPeriodError),
        ({"expirationDate": "2018-11-22T12:00:00Z"}, MalformedPeriodError),
        ({"credentialStatus": {"type": "ExampleStatus"}}, MalformedIdError),
        ({"refreshService": {"type": "ExampleRefresh"}}, MalformedIdError),
    ],
)
def test_the_first_version_has_rules_of_its_own(
    change: JsonObject, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        CredentialView.of(OF_2019 | change)


@pytest.mark.parametrize(
    "digest",
    [
        {"digestSRI": OTHER_SRI},
        {"digestSRI": f"{SRI} {OTHER_SRI}"},
        {"digestMultibase": "zQmQeqmTg9n9KXAEbFzv1tZJLuqJBTkPvq2Tqc5ezL9zL6"},
        {"digestSRI": SRI, "digestMultibase": "u" + "A" * 43},
    ],
)
def test_t35_a_digest_of_another_file_is_refused(digest: JsonObject) -> None:
    with pytest.raises((RelatedResourceDiffersError, MalformedRelatedResourceError)):
        CredentialView.of(MINIMAL | related({"id": V2, **digest}))


@pytest.mark.parametrize(
    "resource",
    [{"id": THERE, "digestSRI": OTHER_SRI}, {"id": V2, "digestSRI": LONG_SRI}],
)
def test_t35_a_file_that_we_cannot_compare_is_said_not_to_be_compared(
    resource: JsonObject,
) -> None:
    assert not CredentialView.of(MINIMAL | related(resource)).related_compared


def test_a_badge_must_say_more_than_other_credentials() -> None:
    badge = MINIMAL | {"type": ["VerifiableCredential", "OpenBadgeCredential"]}

    with pytest.raises(MalformedCredentialError):
        CredentialView.of(badge)


@pytest.mark.parametrize("number", [1, 4, 11, 12, 13, 18, 20, 21, 23])
def test_the_examples_of_the_specification_are_credentials(number: int) -> None:
    name = f"vc-schemas/verifiable-credential/example-{number}.json"

    CredentialView.of(vectors.document(name))


def test_a_badge_of_the_first_version_is_a_badge() -> None:
    subject: JsonObject = {
        "type": ["AchievementSubject"],
        "achievement": {
            "id": "urn:uuid:2",
            "type": ["Achievement"],
            "name": "Welding",
            "description": "Joins metal.",
            "criteria": {"narrative": "Weld."},
        },
    }
    badge = OF_2019 | {
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "credentialSubject": subject,
    }

    assert CredentialView.of(badge).is_badge
