"""Endorsements inside credentials: who endorses, and whether they endorse this."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from credhub.dids.document import DidDocument
from credhub.errors import TooComplexError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import vc_jwt
from credhub.verification import endorsements
from credhub.verification.endorsements import MAX_ENDORSEMENTS
from credhub.verification.findings import IssuerStanding
from credhub.verification.report import Check, Endorsed, Endorsement, Outcome, Report, Verdict
from tests.unit import factories
from tests.unit.factories import NOON, MemorySigner
from tests.unit.verification.world import HUB, HUB_DID, World, sign

PARTNER = MemorySigner(88)
CREDENTIAL_ID = factories.credential(did=HUB_DID)["id"]
PARTNER_NAME = "A Partner"
CONTEXTS = factories.credential()["@context"]


def endorsement(about: JsonValue = CREDENTIAL_ID, **changes: JsonValue) -> JsonObject:
    document: JsonObject = {
        "@context": CONTEXTS,
        "id": "urn:uuid:8c5f5b5e-0b5f-4b4f-9b1e-6a0e0a0c9d01",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "An endorsement",
        "issuer": {"id": PARTNER.did, "type": ["Profile"], "name": PARTNER_NAME},
        "validFrom": "2026-11-01T00:00:00Z",
        "credentialSubject": {
            "id": about,
            "type": ["EndorsementSubject"],
            "endorsementComment": "We hire their graduates.",
        },
    }
    return document | changes


def signed(document: JsonObject, signer: MemorySigner = PARTNER) -> JsonObject:
    return factories.signed(document, signer=signer)


def with_endorsements(*items: JsonValue, member: str = "endorsement") -> JsonObject:
    return factories.credential(did=HUB_DID) | {member: list(items)}


class Slow(World):
    """Whoever is asked gives something that takes too long."""

    def resolve(self, did: str) -> DidDocument:
        raise TooComplexError(f"It takes too long to read {did}.")


def known(*signers: MemorySigner) -> World:
    named = IssuerStanding(trusted=True, name="Partner Ltd", source="mine")
    return World(position=None, issuers={HUB_DID: HUB} | {signer.did: named for signer in signers})


def judged(document: JsonObject, world: World | None = None) -> Report:
    """Judge what is in a document that counts as proved."""
    report = replace(World().verify(), credential=document)
    context = (world or known(PARTNER)).context()
    return endorsements.judged(report, context=context, now=NOON)


def only(report: Report) -> Endorsement:
    assert report.endorsements_left_out == 0
    [found] = report.endorsements
    return found


def test_an_endorsement_by_somebody_who_is_known_is_valid() -> None:
    report = judged(with_endorsements(signed(endorsement())))

    found = only(report)
    assert (found.endorsed, found.verdict, found.code) == (Endorsed.CREDENTIAL, Verdict.VALID, None)
    assert found.issuer is not None
    assert (found.issuer.name, found.issuer.trusted) == ("Partner Ltd", True)
    assert found.comment == "We hire their graduates."
    assert report.to_document()["endorsements"] == [
        {
            "endorsed": "credential",
            "verdict": "valid",
            "code": None,
            "issuer": {
                "id": PARTNER.did,
                "name": "Partner Ltd",
                "trusted": True,
                "url": None,
                "source": "mine",
            },
            "comment": "We hire their graduates.",
        }
    ]
    assert report.to_document()["endorsementsLeftOut"] == 0


def test_t02_an_endorsement_by_somebody_unknown_is_of_an_unknown_issuer() -> None:
    found = only(judged(with_endorsements(signed(endorsement())), World(position=None)))

    assert (found.verdict, found.code) == (Verdict.UNKNOWN_ISSUER, "issuer-not-known")
    assert found.issuer is not None
    assert not found.issuer.trusted


def test_an_endorsement_in_a_signed_credential_never_changes_its_verdict() -> None:
    genuine = signed(endorsement(HUB_DID))

    for item, verdict in (
        (genuine, Verdict.VALID),
        (genuine | {"name": "Changed"}, Verdict.INVALID),
        (signed(endorsement("did:web:another.example")), Verdict.INVALID),
    ):
        report = World().verify(sign(in_issuer(item)))
        both = endorsements.judged(report, context=known(PARTNER).context(), now=NOON)
        assert (both.verdict, only(both).verdict) == (Verdict.VALID, verdict)


def in_issuer(item: JsonValue) -> JsonObject:
    document = factories.credential(did=HUB_DID)
    assert isinstance(document["issuer"], dict)
    document["issuer"]["endorsement"] = [item]
    del document["credentialSchema"]  # Ours is for badges without endorsements.
    return document


def achievement_of(document: JsonObject) -> JsonObject:
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    assert isinstance(subject["achievement"], dict)
    return subject["achievement"]


def in_achievement(item: JsonValue) -> JsonObject:
    document = factories.credential(did=HUB_DID)
    achievement_of(document)["endorsement"] = [item]
    return document


PLACES: dict[Endorsed, tuple[Callable[[JsonValue], JsonObject], JsonValue]] = {
    Endorsed.CREDENTIAL: (with_endorsements, CREDENTIAL_ID),
    Endorsed.ISSUER: (in_issuer, HUB_DID),
    Endorsed.ACHIEVEMENT: (in_achievement, achievement_of(factories.credential())["id"]),
}


@pytest.mark.parametrize("endorsed", list(Endorsed))
def test_an_endorsement_counts_where_it_is_about_what_it_stands_in(endorsed: Endorsed) -> None:
    place, about = PLACES[endorsed]

    found = only(judged(place(signed(endorsement(about)))))

    assert (found.endorsed, found.verdict) == (endorsed, Verdict.VALID)


@pytest.mark.parametrize("endorsed", list(Endorsed))
def test_an_endorsement_of_something_else_is_none(endorsed: Endorsed) -> None:
    place, _ = PLACES[endorsed]
    another = signed(endorsement("https://hub.example/c/another"))

    found = only(judged(place(another)))

    assert (found.verdict, found.code) == (Verdict.INVALID, "endorses-another")


@pytest.mark.parametrize("endorsed", [Endorsed.CREDENTIAL, Endorsed.ACHIEVEMENT])
@pytest.mark.parametrize("trusted", [False, True], ids=["stranger", "known"])
def test_t02_a_borrowed_identifier_borrows_no_endorsement(
    endorsed: Endorsed,
    trusted: bool,  # noqa: FBT001
) -> None:
    place, about = PLACES[endorsed]
    issuers = {HUB_DID: HUB} if trusted else {}
    report = replace(World(issuers=issuers).verify(), credential=place(signed(endorsement(about))))

    found = only(endorsements.judged(report, context=known(PARTNER).context(), now=NOON))

    borrowed = (Verdict.INDETERMINATE, "endorses-same-identifier")
    assert (found.verdict, found.code) == ((Verdict.VALID, None) if trusted else borrowed)


def test_an_endorsement_of_a_stranger_is_about_that_stranger() -> None:
    place, about = PLACES[Endorsed.ISSUER]
    report = replace(World(issuers={}).verify(), credential=place(signed(endorsement(about))))

    found = only(endorsements.judged(report, context=known(PARTNER).context(), now=NOON))

    assert (report.verdict, found.verdict) == (Verdict.UNKNOWN_ISSUER, Verdict.VALID)


def test_an_endorsement_of_nothing_is_none() -> None:
    nothing = endorsement()
    assert isinstance(nothing["credentialSubject"], dict)
    del nothing["credentialSubject"]["id"]

    found = only(judged(with_endorsements(signed(nothing))))

    assert (found.verdict, found.code) == (Verdict.INVALID, "endorses-another")


def test_a_credential_of_another_kind_is_no_endorsement() -> None:
    other = signed(endorsement(type=["VerifiableCredential"]))

    found = only(judged(with_endorsements(other)))

    assert (found.verdict, found.code) == (Verdict.INVALID, "not-an-endorsement")


def test_several_subjects_are_no_endorsement_and_no_comment() -> None:
    one = endorsement()["credentialSubject"]

    found = only(judged(with_endorsements(signed(endorsement(credentialSubject=[one, one])))))

    assert (found.verdict, found.code, found.comment) == (
        Verdict.INVALID,
        "endorses-another",
        None,
    )


def test_a_forged_endorsement_says_nothing() -> None:
    forged = signed(endorsement()) | {"name": "Changed"}

    found = only(judged(with_endorsements(forged)))

    assert (found.verdict, found.code) == (Verdict.INVALID, "bad-signature")
    assert (found.issuer, found.comment) == (None, None)


def test_t01_an_endorsement_in_the_name_of_another_is_forged() -> None:
    forged = factories.signed(endorsement(), signer=MemorySigner(89))

    found = only(judged(with_endorsements(forged)))

    assert (found.verdict, found.code) == (Verdict.INVALID, "issuer-key-mismatch")


def test_who_endorses_themselves_is_said() -> None:
    own = sign(endorsement(issuer={"id": HUB_DID, "type": ["Profile"]}))

    found = only(judged(with_endorsements(own)))

    assert (found.verdict, found.code) == (Verdict.VALID, "endorses-itself")


def test_an_endorsement_as_a_token_is_read() -> None:
    token = vc_jwt.sign(endorsement(), signer=PARTNER, verification_method=PARTNER.method)

    found = only(judged(with_endorsements(token, member="endorsementJwt")))

    assert (found.verdict, found.code) == (Verdict.VALID, None)


@pytest.mark.parametrize("item", ["", "a.b.c", None, 7, [], {}, [["deep"]]])
def test_what_is_no_credential_is_no_endorsement(item: JsonValue) -> None:
    found = only(judged(with_endorsements(item)))

    assert found.verdict is Verdict.INVALID
    assert (found.issuer, found.comment) == (None, None)


@pytest.mark.parametrize("subject", [None, 7, [], [7], [{"achievement": 7}], {}])
def test_a_document_of_any_shape_holds_none(subject: JsonValue) -> None:
    document: JsonObject = {"issuer": "did:a:b", "credentialSubject": subject}

    assert not endorsements.are_in(document)
    assert not endorsements.are_in(None)
    assert endorsements.are_in(document | {"endorsement": {}})


def test_as_many_endorsements_as_may_be_are_all_looked_at() -> None:
    report = judged(with_endorsements(*[signed(endorsement())] * MAX_ENDORSEMENTS))

    assert [one.verdict for one in report.endorsements] == [Verdict.VALID] * MAX_ENDORSEMENTS
    assert report.endorsements_left_out == 0


def test_t32_five_endorsements_are_looked_at_and_the_others_are_counted() -> None:
    most = [signed(endorsement())] * MAX_ENDORSEMENTS

    more = judged(with_endorsements(*most, "another"))

    assert (len(more.endorsements), more.endorsements_left_out) == (MAX_ENDORSEMENTS, 1)


def test_t32_endorsements_of_endorsements_are_not_looked_at() -> None:
    inner = signed(endorsement(PARTNER.did, id="urn:uuid:another")) | {"name": "Changed"}
    partner: JsonObject = {"id": PARTNER.did, "type": ["Profile"], "endorsement": [inner]}

    report = judged(with_endorsements(signed(endorsement(issuer=partner))))

    assert only(report).verdict is Verdict.VALID


def test_t31_after_one_that_takes_too_long_no_other_is_looked_at() -> None:
    document = with_endorsements(*[signed(endorsement())] * 3)

    report = judged(document, Slow(position=None))

    assert [one.code for one in report.endorsements] == ["too-complex"]
    assert report.endorsements_left_out == 2


def test_a_credential_that_is_refused_is_not_searched() -> None:
    forged = sign(in_issuer(signed(endorsement(HUB_DID)))) | {"name": "Changed"}
    report = World().verify(forged)

    assert endorsements.judged(report, context=World().context(), now=NOON) is report
    assert all(
        one.outcome is not Outcome.PASSED for one in report.checks if one.check is Check.PROOF
    )
    assert "endorsements" not in json.dumps(report.to_document())
