"""Many credentials at once: each as if it had been sent alone, in the time of one answer."""

from itertools import count

import pytest

from credhub.credentials.code import PublicCode
from credhub.jsontypes import JsonObject, canonical
from credhub.services.verifying_many import AnyReport, Item, verify_many
from credhub.uploads.found import MAX_CREDENTIAL
from credhub.verification.report import Verdict
from tests.running import Service, issue
from tests.web.test_hostile_bodies import clique, with_parents


@pytest.fixture(scope="module")
def genuine(service: Service) -> JsonObject:
    document = issue(service.client())["credential"]
    assert isinstance(document, dict)
    return document


def verified(service: Service, *items: Item) -> list[AnyReport]:
    return list(verify_many(service.resources, items))


def verdicts(reports: list[AnyReport]) -> list[Verdict]:
    return [report.verdict for report in reports]


def test_each_has_a_report_of_its_own_in_the_same_order(
    service: Service, genuine: JsonObject
) -> None:
    forged = genuine | {"name": "Master of everything"}
    text = canonical(genuine).decode()

    reports = verified(service, forged, genuine, {}, text, canonical(forged).decode())

    assert verdicts(reports) == ["invalid", "valid", "invalid", "valid", "invalid"]


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "nothing",
        "\ud83d",
        "\x00",
        "a.b.c",
        "{" * 10_000,
        '{"a":' * 5000 + "1" + "}" * 5000,
        '{"a":1,"a":2}',
        "eyJ" + "e" * 500_000 + ".e30.AAAA",
        "9" * 5000,
        " " * 5_000_000,
        '{"type":"CredhubBundle"}',
        '{"@context":"https://w3id.org/openbadges/v2","type":"Assertion"}',
    ],
    ids=range(13),
)
def test_t11_what_one_of_them_is_costs_the_others_nothing(
    service: Service, genuine: JsonObject, hostile: str
) -> None:
    first, bad, last = verified(service, genuine, hostile, genuine)

    assert verdicts([first, last]) == ["valid", "valid"]
    assert bad.verdict in {"invalid", "indeterminate"}


def test_t31_slow_ones_and_strangers_cost_the_others_nothing(
    service: Service, genuine: JsonObject
) -> None:
    slow = with_parents(genuine, clique(8))
    away = genuine | {"issuer": {"id": "did:web:nobody.example", "type": ["Profile"]}}
    proof = genuine["proof"]
    assert isinstance(proof, list)
    assert isinstance(proof[0], dict)
    method: JsonObject = {"verificationMethod": "did:web:nobody.example#key-1"}
    away |= {"proof": [proof[0] | method]}

    reports = verified(service, slow, genuine, away, genuine, slow, genuine)

    assert verdicts(reports) == ["invalid", "valid", "indeterminate", "valid", "invalid", "valid"]
    codes = [[check.code for check in report.checks] for report in reports]
    assert "too-complex" in codes[0]
    assert "did-not-resolved" in codes[2]


def test_a_text_that_is_nothing_is_unreadable(service: Service) -> None:
    (report,) = verified(service, "{")

    assert (report.verdict, report.checks[0].code) == ("invalid", "unreadable")


def test_the_address_of_a_credential_is_looked_up_among_others(
    service: Service, genuine: JsonObject
) -> None:
    address = str(genuine["id"])
    nothing = address.rpartition("/")[0] + "/" + PublicCode.make(1, bytes(17)).text

    reports = verified(
        service,
        f" {address.upper()}\n",
        nothing,
        "https://www.credly.com/badges/abc",
        "https://[",
        "Certificate.pdf",
        "nadia@example.org",
        genuine,
    )

    assert [(one.verdict, one.checks[0].code) for one in reports] == [
        ("valid", "passed"),
        ("indeterminate", "nothing-at-address"),
        ("indeterminate", "foreign-link"),
        ("invalid", "unreadable"),
        ("invalid", "unreadable"),
        ("invalid", "unreadable"),
        ("valid", "passed"),
    ]


def test_t11_a_text_is_as_large_as_an_honest_credential_may_be(
    service: Service, genuine: JsonObject
) -> None:
    text = canonical(genuine).decode()
    spaces = MAX_CREDENTIAL - len(text.encode())

    largest, larger = verified(service, text + " " * spaces, text + " " * (spaces + 1))

    assert largest.verdict == "valid"
    assert (larger.verdict, larger.checks[0].code) == ("indeterminate", "text-too-large")


def test_a_presentation_is_neither_accepted_nor_refused(
    service: Service, genuine: JsonObject
) -> None:
    presentation: JsonObject = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [genuine],
    }

    for item in (presentation, canonical(presentation).decode()):
        (report,) = verified(service, item)
        assert report.verdict == "indeterminate"
        assert report.checks[0].code == "presentation-in-batch"


def test_what_there_is_no_time_left_for_says_so(service: Service, genuine: JsonObject) -> None:
    seconds = count()

    def verified_in(time: float) -> list[AnyReport]:
        return list(
            verify_many(
                service.resources,
                [genuine] * 4,
                seconds=time,
                monotonic=lambda: float(next(seconds)),
            )
        )

    enough, short = verified_in(5), verified_in(3)

    assert verdicts(enough) == ["valid"] * 4
    assert verdicts(short) == ["valid", "valid", "indeterminate", "indeterminate"]
    assert {report.checks[0].code for report in short[2:]} == {"no-time-left"}
    assert "Send it again" in short[3].checks[0].detail
