"""The page that an employer sees: what each verdict says, shows, and keeps to itself."""

from dataclasses import replace

import pytest

from credhub.errors import ForeignLinkError, OlderOpenBadgeError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification.carried import Carried, carried
from credhub.verification.findings import StatusMessage
from credhub.verification.report import (
    Check,
    Endorsed,
    Endorsement,
    IssuerSummary,
    Outcome,
    Report,
    Verdict,
)
from credhub.verification.verify import refuse_unread
from credhub.web.pages.catalogue import ENGLISH
from credhub.web.pages.verdict_words import ANYBODYS, TELLING
from tests.web.pages import samples
from tests.web.pages.dom import Element, read
from tests.web.pages.gallery import permanent_page, sent_in_page

SHOWN = [verdict for verdict in Verdict if verdict is not Verdict.INVALID]


def _page(verdict: Verdict, document: JsonObject | None = None) -> Element:
    return read(permanent_page(samples.report(verdict, document)))


def _texts(value: JsonValue) -> list[str]:
    match value:
        case str():
            return [value]
        case list():
            return [text for item in value for text in _texts(item)]
        case dict():
            return [text for item in value.values() for text in _texts(item)]
        case _:
            return []


@pytest.mark.parametrize("verdict", Verdict)
def test_the_sample_report_has_the_verdict_that_its_checks_make(verdict: Verdict) -> None:
    assert samples.report(verdict).verdict is verdict


def test_t54_every_verdict_differs_in_words_shape_and_tone() -> None:
    pages = [_page(verdict) for verdict in Verdict]

    assert len({page.find("h1")[0].text for page in pages}) == len(Verdict)
    assert len({page.with_class("sentence")[0].text for page in pages}) == len(Verdict)
    assert len({page.find("body")[0].attributes["class"] for page in pages}) == len(Verdict)
    assert len({_shape(page) for page in pages}) == len(Verdict)


def _shape(page: Element) -> str:
    icon = page.with_class("verdict-icon")[0]
    return " ".join(str(sorted(e.attributes.items())) for e in icon.walk())


@pytest.mark.parametrize("verdict", Verdict)
def test_t54_the_verdict_is_announced(verdict: Verdict) -> None:
    (status,) = _page(verdict).find("section", role="status")

    assert status.find("h1")


def test_a_valid_credential_says_who_got_what_from_whom_when_and_why() -> None:
    page = _page(Verdict.VALID)

    assert page.find("h1")[0].text == "Genuine and in force"
    sheet = page.with_class("sheet-main")[0].text
    for fact in (
        "Amina Yusuf Warsame",
        "Bicycle Mechanic, Level 2",
        "Riverside Makers Hub",
        "12 June 2026",
        "14 June 2026 to 14 June 2028",
        "Apprenticeship certificate",
    ):
        assert fact in sheet
    assert [h.text for h in page.with_class("checks")[0].find("h3")] == [
        "Genuine",
        "Still stands",
        "Who says so",
    ]
    assert len(page.with_class("check")) == len(Check)
    assert "9 of 9 checks passed." in page.text


def test_the_learning_behind_it_is_shown() -> None:
    learned = _page(Verdict.VALID).with_class("learned")[0]

    for text in (
        "120 workshop hours",
        "repair bicycles",
        "ESCO",
        "hydraulic brakes",
        "Practical examination: 87 %",
        "Workshop logbook",
        "36-spoke rear wheel",
    ):
        assert text in learned.text


def test_the_ledger_proof_and_the_files_are_offered_at_the_permanent_address() -> None:
    page = _page(Verdict.VALID)

    ledger = page.with_class("ledger")[0].text
    assert "learn.example.org/ledger/riverside/2026" in ledger
    assert "1207" in ledger
    assert "1482" in ledger
    links = {link.attributes["href"] for link in page.find("a")}
    assert {
        f"/c/{samples.CODE}?format=pdf",
        f"/c/{samples.CODE}?format=png",
        f"/c/{samples.CODE}?format=vc",
        f"/c/{samples.CODE}?format=report",
        f"/c/{samples.CODE}/receipt",
        "/ledger/riverside/2026/checkpoint",
        f"{samples.BASE_URL}/hubs/riverside/did.json",
    } <= links
    assert f"{samples.BASE_URL}/c/{samples.CODE}" in page.with_class("address")[0].text


def test_a_document_that_was_sent_in_has_no_address_and_no_files() -> None:
    page = read(sent_in_page(samples.report(Verdict.UNKNOWN_ISSUER)))

    assert not page.with_class("address")
    assert not page.with_class("downloads")
    assert not page.with_class("ledger")


def test_t02_an_unknown_issuer_only_claims_its_name_and_nothing_looks_like_success() -> None:
    page = read(sent_in_page(samples.report(Verdict.UNKNOWN_ISSUER)))

    assert "Claims to be issued by University of Oxford" in page.text
    assert "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK" in page.text
    assert "No website stands behind this identifier." in page.text
    assert "Ask the organisation named above" in page.text
    assert "verdict-valid" not in page.find("body")[0].attributes["class"]
    assert "Genuine and in force" not in page.text


@pytest.mark.parametrize(
    "identifier",
    ["did:web:oxford-awards.example%3A8443:x", "https://Oxford-Awards.example:8443/issuers/1"],
)
def test_t02_the_domain_of_an_unknown_issuer_is_shown(identifier: str) -> None:
    document = samples.foreign_credential()
    document["issuer"] = {"id": identifier, "name": "Oxford"}

    page = read(sent_in_page(samples.report(Verdict.UNKNOWN_ISSUER, document)))

    assert "Website behind the identifier: oxford-awards.example:8443" in page.text


def test_t02_a_known_issuer_has_the_name_that_we_know_and_not_the_one_it_claims() -> None:
    document = samples.credential()
    document["issuer"] = {"id": samples.DID, "name": "University of Oxford"}

    page = _page(Verdict.VALID, document)

    assert "Issued by Riverside Makers Hub, unaltered" in page.text
    assert "Oxford" not in page.text


def test_t03_nothing_of_an_invalid_document_is_shown_even_when_the_report_carries_it() -> None:
    report = replace(samples.report(Verdict.INVALID), credential=samples.credential())

    html = permanent_page(report)

    strings = [text for text in _texts(samples.credential()) if len(text) > len("ESCO")]
    leaked = [text for text in strings if text in html]
    # The permanent address and its hub are what was asked for, not what the document says.
    assert leaked == [f"{samples.BASE_URL}/c/{samples.CODE}"]


def test_t03_the_same_document_is_shown_when_it_was_verified() -> None:
    html = permanent_page(samples.report(Verdict.VALID))

    assert "Amina Yusuf Warsame" in html


def test_t03_details_of_an_invalid_document_are_not_repeated() -> None:
    report = samples.report(Verdict.INVALID)
    checks = tuple(replace(c, code="new-code", detail="summa cum laude") for c in report.checks)

    assert "summa" not in permanent_page(replace(report, checks=checks))


def test_details_are_shown_for_codes_without_a_sentence_of_ours() -> None:
    report = samples.report(Verdict.INDETERMINATE)
    checks = tuple(replace(c, code="new-code", detail="The moon is wrong.") for c in report.checks)

    assert "The moon is wrong." in permanent_page(replace(report, checks=checks))


@pytest.mark.parametrize("code", ["base-proof", "bad-signature"])
def test_the_copy_that_a_holder_keeps_has_advice_for_the_holder(code: str) -> None:
    report = samples.report(Verdict.INVALID)
    checks = tuple(
        replace(c, code=code) if c.outcome is Outcome.FAILED else c for c in report.checks
    )

    (advice,) = read(sent_in_page(replace(report, checks=checks))).with_class("advice")

    assert ("Send the link of its page instead" in advice.text) == (code == "base-proof")


@pytest.mark.parametrize("code", ["key-came-along", "key-not-vouched-for"])
def test_t09_a_key_of_nobodys_is_not_to_be_tried_again(code: str) -> None:
    report = samples.report(Verdict.INDETERMINATE)
    checks = tuple(
        replace(c, outcome=Outcome.UNKNOWN, code=code) if c.check is Check.ISSUER_BINDING else c
        for c in report.checks
    )

    (advice,) = read(sent_in_page(replace(report, checks=checks))).with_class("advice")

    assert "Trying again" in advice.text
    assert "Find its telephone number or website yourself" in advice.text
    (usual,) = read(sent_in_page(report)).with_class("advice")
    assert "Try again in a few minutes" in usual.text


def test_t48_the_host_of_a_foreign_link_is_shown_with_what_to_do() -> None:
    error = ForeignLinkError("credhub.xn--exmple-4nf")

    page = read(sent_in_page(refuse_unread(error, now=samples.report().checked_at)))

    (advice,) = page.with_class("advice")
    assert "letter by letter" in advice.text
    assert [one for one in page.with_class("check") if "credhub.xn--exmple-4nf" in one.text]


def test_an_older_badge_has_advice_and_is_not_accused() -> None:
    error = OlderOpenBadgeError()

    page = read(sent_in_page(refuse_unread(error, now=samples.report().checked_at)))

    (advice,) = page.with_class("advice")
    assert "nothing bad about the badge" in advice.text
    assert [one for one in page.with_class("check") if "Open Badges 2.0" in one.text]


@pytest.mark.parametrize("carrier", Carried)
def test_t45_what_a_file_shows_beside_the_credential_was_not_checked(carrier: Carried) -> None:
    page = read(sent_in_page(carried(samples.report(), carrier)))

    said = [one for one in page.with_class("check") if "not checked" in one.text]
    assert len(said) == 1
    assert "believe only what stands here" in said[0].text


WORD = StatusMessage(purpose="message", value=1, message="<b>pending</b> \u202ereview")


def test_the_issuers_own_word_for_a_status_stays_text_beside_the_check() -> None:
    html = permanent_page(replace(samples.report(), status_messages=(WORD,)))

    said = [one for one in read(html).with_class("check") if "own word for its status" in one.text]
    assert len(said) == 1
    assert "Not withdrawn" in said[0].text
    assert "<bdi>&lt;b&gt;pending&lt;/b&gt; \u202ereview</bdi>" in html
    assert "own word for its status" not in permanent_page(samples.report())


def test_t03_the_word_for_a_status_of_an_invalid_document_is_not_shown() -> None:
    report = replace(samples.report(Verdict.INVALID), status_messages=(WORD,))

    assert "pending" not in sent_in_page(report)


def test_a_missing_check_is_not_known_and_never_passed() -> None:
    page = read(permanent_page(replace(samples.report(), checks=())))

    assert len(page.with_class("check")) == len(Check)
    assert not page.with_class("checks")[0].with_class("passed")


@pytest.mark.parametrize("verdict", SHOWN)
def test_t45_the_text_of_a_printout_is_said_not_to_be_checked(verdict: Verdict) -> None:
    assert "The text of a PDF or printout is not what was checked." in _page(verdict).text


@pytest.mark.parametrize("verdict", SHOWN)
def test_t49_no_page_vouches_for_whoever_shows_a_credential(verdict: Verdict) -> None:
    (compare,) = _page(verdict).with_class("identity")

    assert "This page does not know who is showing it to you." in compare.text
    assert "vouch" not in compare.text


@pytest.mark.parametrize("verdict", SHOWN)
def test_t49_the_reader_is_asked_to_compare_the_name_with_a_photo_id(verdict: Verdict) -> None:
    (compare,) = _page(verdict).with_class("identity")

    assert "photo ID" in compare.text


def test_t49_a_credential_without_a_name_says_so() -> None:
    document = samples.credential()
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    del subject["name"]

    page = _page(Verdict.VALID, document)

    assert "Name not shown" in page.text
    assert "does not show a name" in page.with_class("identity")[0].text


def test_a_corrected_credential_leads_to_the_new_one() -> None:
    successor = f"{samples.BASE_URL}/c/bbbb"

    page = read(permanent_page(replace(samples.report(), superseded_by=successor)))

    assert page.find("a", href=successor)


def test_a_correction_never_leads_to_another_site() -> None:
    report = replace(samples.report(), superseded_by="https://evil.example/c/bbbb")

    assert "evil.example" not in permanent_page(report)


@pytest.mark.parametrize("verdict", SHOWN)
def test_values_of_a_document_are_isolated_from_the_direction_around_them(
    verdict: Verdict,
) -> None:
    name = "فاطمة الزهراء"
    page = _page(verdict, samples.credential(name))

    holders = [e for e in page.walk() if name in e.children]
    assert holders
    assert {holder.tag for holder in holders} == {"bdi"}


def test_an_issuer_whose_keys_were_not_reached_shows_nothing_and_accuses_nobody() -> None:
    report = replace(samples.report(Verdict.INDETERMINATE), credential=None, issuer=None)

    page = read(sent_in_page(report))

    assert not page.with_class("sheet-main")
    assert "does not mean that the credential is false" in page.text


@pytest.mark.parametrize("verdict", [Verdict.EXPIRED, Verdict.NOT_YET_VALID, Verdict.REVOKED])
def test_a_verdict_without_a_document_still_reads_well(verdict: Verdict) -> None:
    page = read(sent_in_page(replace(samples.report(verdict), credential=None)))

    assert page.with_class("sentence")[0].text.endswith(".")


def test_an_issuer_that_is_not_trusted_is_never_shown_as_a_forger() -> None:
    report = samples.report(Verdict.UNKNOWN_ISSUER)
    checks = tuple(
        replace(c, outcome=Outcome.FAILED) if c.check is Check.TRUST else c for c in report.checks
    )

    page = read(sent_in_page(replace(report, checks=checks)))

    assert page.with_class("check")
    assert not page.with_class("failed")


OTHER: JsonObject = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential", "LibraryCardCredential"],
    "issuer": {"id": "did:key:z6Mk", "name": [{"@value": "City Library", "@language": "en"}]},
    "credentialSubject": {"id": "did:example:somebody"},
}


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({}, "LibraryCardCredential"),
        ({"type": "VerifiableCredential"}, "VerifiableCredential"),
        ({"name": "Library card"}, "Library card"),
        ({"name": {"@value": "Bibliotheksausweis", "@language": "de"}}, "Bibliotheksausweis"),
    ],
)
def test_a_credential_that_is_no_badge_is_shown_by_its_name_or_its_type(
    more: JsonObject, shown: str
) -> None:
    page = _page(Verdict.VALID, OTHER | more)

    assert page.with_class("award")[0].text == shown


def test_the_dates_of_a_credential_of_the_first_version_are_shown() -> None:
    dates: JsonObject = {
        "issuanceDate": "2019-11-22T12:00:00Z",
        "expirationDate": "2031-11-22T12:00:00Z",
    }

    page = _page(Verdict.VALID, OTHER | dates)

    assert "2019" in page.text
    assert "2031" in page.text


def _endorsement(
    verdict: Verdict = Verdict.VALID, code: str | None = None, *, by: str | None = "Harbour Works"
) -> Endorsement:
    issuer = IssuerSummary(id="did:web:harbour.example", name=by, trusted=True)
    return Endorsement(
        endorsed=Endorsed.ISSUER,
        verdict=verdict,
        code=code,
        issuer=issuer,
        comment="We <b>hire</b> here.",
    )


def _endorsed(*endorsements: Endorsement, verdict: Verdict = Verdict.VALID) -> Element:
    report = replace(samples.report(verdict), endorsements=endorsements)
    return read(sent_in_page(report))


def test_a_recommendation_by_somebody_known_is_shown_as_one() -> None:
    (section,) = _endorsed(_endorsement()).with_class("endorsed")

    assert "Harbour Works recommends the issuer." in section.text
    assert "We <b>hire</b> here." in section.text  # as text
    assert "None of them changes the result above." in section.text
    assert "There are others" not in section.text


def test_whoever_has_no_name_in_a_list_is_called_by_their_identifier() -> None:
    (section,) = _endorsed(_endorsement(by=None)).with_class("endorsed")

    assert "did:web:harbour.example recommends the issuer." in section.text


@pytest.mark.parametrize(
    "endorsement",
    [
        _endorsement(Verdict.UNKNOWN_ISSUER, "issuer-not-known"),
        _endorsement(Verdict.INVALID, "endorses-another"),
        _endorsement(Verdict.VALID, "endorses-itself"),
        replace(_endorsement(), issuer=None),
    ],
    ids=["unknown", "another", "itself", "nobody"],
)
def test_t02_no_other_recommendation_is_shown(endorsement: Endorsement) -> None:
    (section,) = _endorsed(endorsement).with_class("endorsed")

    assert "Harbour Works" not in section.text
    assert "hire" not in section.text
    assert "There are others that could not be confirmed" in section.text


def test_t02_what_somebody_known_endorsed_may_be_another() -> None:
    """A stranger can give a badge of theirs the identifier of one that somebody endorsed."""
    borrowed = replace(
        _endorsement(Verdict.INDETERMINATE, "endorses-same-identifier"),
        endorsed=Endorsed.ACHIEVEMENT,
    )

    (section,) = _endorsed(borrowed, verdict=Verdict.UNKNOWN_ISSUER).with_class("endorsed")
    (genuine,) = _endorsed(replace(_endorsement(), endorsed=Endorsed.ACHIEVEMENT)).with_class(
        "endorsed"
    )

    assert "Harbour Works recommends an award with the same identifier. Nobody" in section.text
    assert "hire" not in section.text
    assert "recommends what was achieved" not in section.text
    assert "Harbour Works recommends what was achieved." in genuine.text


def test_a_page_without_recommendations_says_nothing_of_them() -> None:
    assert not _endorsed().with_class("endorsed")
    assert not _endorsed(_endorsement(), verdict=Verdict.INVALID).with_class("endorsed")


def test_t51_a_namesake_is_warned_of() -> None:
    report = samples.report(Verdict.UNKNOWN_ISSUER)
    checks = tuple(
        replace(check, code="issuer-namesake", detail="It is not the Riverside that is known.")
        if check.check is Check.TRUST
        else check
        for check in report.checks
    )

    page = read(sent_in_page(replace(report, checks=checks)))

    assert "under another identifier" in page.with_class("advice")[0].text
    assert "It is not the Riverside that is known." in page.text
    assert "under another identifier" not in _page(Verdict.UNKNOWN_ISSUER).text


def test_who_vouches_for_the_issuer_is_named() -> None:
    report = samples.report(Verdict.VALID)
    detail = "Riverside <b>Hub</b> vouches for Nordic Coders."
    checks = tuple(
        replace(check, code="endorsed-issuer", detail=detail)
        if check.check is Check.TRUST
        else check
        for check in report.checks
    )

    assert detail in read(sent_in_page(replace(report, checks=checks))).text
    assert "vouches for Nordic" not in _page(Verdict.VALID).text


@pytest.mark.parametrize("verdict", sorted(ANYBODYS))
def test_a_verdict_on_what_a_stranger_signed_says_that_nobody_knows_the_issuer(
    verdict: Verdict,
) -> None:
    known = samples.report(verdict)
    strange = replace(
        known,
        issuer=None,
        checks=tuple(
            replace(one, outcome=Outcome.UNKNOWN, code="issuer-not-known")
            if one.check is Check.TRUST
            else one
            for one in known.checks
        ),
    )

    for report, words in ((known, "verdict"), (strange, "anybodys")):
        page = read(sent_in_page(report))
        headline = ENGLISH.sentences[f"{words}.{verdict}.headline"]
        assert page.find("h1")[0].text == headline
    assert "genuine" not in read(sent_in_page(strange)).with_class("band")[0].text
    assert "Claims to be issued by" in read(sent_in_page(strange)).text


@pytest.mark.parametrize("code", sorted(TELLING))
def test_one_check_that_says_more_stands_at_the_top(code: str) -> None:
    failed = code in {"base-proof", "not-as-recorded"}
    report = samples.report(Verdict.INVALID if failed else Verdict.INDETERMINATE)
    bad = {Outcome.FAILED} if failed else {Outcome.UNKNOWN}
    checks = tuple(replace(one, code=code) if one.outcome in bad else one for one in report.checks)

    page = read(sent_in_page(replace(report, checks=checks)))

    assert page.find("h1")[0].text == ENGLISH.sentences[f"told.{code}.headline"]
    assert ENGLISH.sentences[f"advice.{code}"] in page.text


def _with(report: Report, check: Check, outcome: Outcome, code: str) -> Report:
    checks = tuple(
        replace(one, outcome=outcome, code=code) if one.check is check else one
        for one in report.checks
    )
    return replace(report, checks=checks)


def _standing(page: Element) -> Element:
    (group,) = page.find("section", **{"aria-labelledby": "group-standing"})
    return group


UNSEEN = "Nobody can see whether it was withdrawn"


def test_what_was_asked_and_passed_is_said_to_stand() -> None:
    page = _page(Verdict.VALID)

    assert "and not withdrawn." in page.with_class("band")[0].text
    assert "It is within its dates and has not been withdrawn." in _standing(page).text
    assert "passed" in _standing(page).attributes["class"]
    assert UNSEEN not in page.text


@pytest.mark.parametrize("code", ["no-status-entry", "no-withdrawal-entry"])
def test_what_nobody_can_ask_is_not_said_to_stand(code: str) -> None:
    report = _with(samples.report(), Check.STATUS, Outcome.SKIPPED, code)

    page = read(sent_in_page(report))

    (band,) = page.with_class("band")
    assert "verdict-valid" in page.find("body")[0].attributes["class"]
    assert page.find("h1")[0].text == "Genuine and within its dates"
    assert UNSEEN in band.text
    assert "not withdrawn" not in band.text
    assert "It is within its dates. Nobody can see whether it was" in _standing(page).text
    assert "skipped" in _standing(page).attributes["class"]
    assert "has not been withdrawn" not in page.text


def test_what_has_ended_does_not_stand_even_if_nobody_can_ask() -> None:
    report = _with(
        samples.report(Verdict.EXPIRED), Check.STATUS, Outcome.SKIPPED, "no-status-entry"
    )

    assert "It does not stand today." in _standing(read(sent_in_page(report))).text


def _strange(verdict: Verdict, code: str = "issuer-not-known") -> Report:
    report = replace(samples.report(verdict, samples.foreign_credential()), issuer=None)
    return _with(report, Check.TRUST, Outcome.UNKNOWN, code)


STRANGERS = [verdict for verdict in SHOWN if verdict is not Verdict.VALID]


@pytest.mark.parametrize("verdict", STRANGERS)
def test_t02_no_stranger_chooses_a_headline_without_the_warning(verdict: Verdict) -> None:
    (band,) = read(sent_in_page(_strange(verdict))).with_class("band")

    assert "issuer unknown" in band.text
    assert "e do not know who" in band.text
    assert "does not mean that the credential is false" not in band.text


def test_an_issuer_who_is_known_is_not_called_unknown_when_a_list_was_not_reached() -> None:
    page = _page(Verdict.INDETERMINATE)

    assert page.find("h1")[0].text == "Not fully checked"
    assert "unknown" not in page.with_class("band")[0].text


def test_t02_a_signer_who_was_not_found_out_has_made_no_name_his() -> None:
    report = replace(_strange(Verdict.INDETERMINATE, "not-checked"), credential=None)

    (band,) = read(sent_in_page(report)).with_class("band")

    assert "nothing shows yet who made it" in band.text


NAMESAKE = "a name like that of an organisation that we know"


@pytest.mark.parametrize("verdict", [*STRANGERS, Verdict.INVALID])
def test_t51_a_namesake_is_warned_of_at_the_top_of_every_verdict(verdict: Verdict) -> None:
    (band,) = read(sent_in_page(_strange(verdict, "issuer-namesake"))).with_class("band")
    (other,) = read(sent_in_page(_strange(verdict))).with_class("band")

    assert band.text.count(NAMESAKE) == 1
    assert NAMESAKE not in other.text


def test_our_page_of_an_achievement_is_linked_where_its_hub_issued() -> None:
    address = str(samples.achievement()["id"])

    assert _page(Verdict.VALID).find("a", href=address)
    assert read(sent_in_page(samples.report())).find("a", href=address)


@pytest.mark.parametrize(
    "address",
    [
        f"{samples.BASE_URL}/achievements/aaaaceyyyyyyyyyyyyyyyyyyyyyyyyyy",
        f"{samples.BASE_URL}/achievements/../hubs/riverside",
        "https://other.example/achievements/aaaaaf2g3h4i5j6k7l2m3n4o5p6q7r2s",
        None,
    ],
    ids=["of another hub", "no code", "elsewhere", "none"],
)
def test_no_other_page_is_called_what_an_award_means(address: str | None) -> None:
    document = samples.credential()
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    assert isinstance(subject["achievement"], dict)
    subject["achievement"]["id"] = address

    assert "What this award means" not in _page(Verdict.VALID, document).text


def test_t02_a_stranger_does_not_lead_to_what_an_award_of_a_hub_means() -> None:
    genuine = samples.report()
    assert genuine.issuer is not None
    listed = replace(genuine.issuer, source="registry")

    for issuer in (None, replace(genuine.issuer, trusted=False), listed):
        report = replace(genuine, issuer=issuer)
        assert "What this award means" not in read(sent_in_page(report)).text


@pytest.mark.parametrize(
    ("identifier", "shown"),
    [
        ("did:web:school.example", "school.example"),
        ("did:web:school.example:users:fred", "school.example/users/fred"),
        ("did:web:school.example%3A8443:users:fred", "school.example:8443/users/fred"),
        ("https://School.example/", "school.example"),
        ("https://School.example/users/Fred", "school.example/users/Fred"),
    ],
)
def test_t02_a_page_on_a_website_is_not_taken_for_the_website(identifier: str, shown: str) -> None:
    document = samples.foreign_credential()
    document["issuer"] = {"id": identifier, "name": "A School"}

    page = read(sent_in_page(samples.report(Verdict.UNKNOWN_ISSUER, document)))

    assert page.with_class("domain")[0].text == f"Website behind the identifier: {shown}"


def test_the_language_of_a_name_is_kept_where_the_document_says_it() -> None:
    document = samples.foreign_credential()
    name: JsonObject = {"@value": "أكاديمية الوادي", "@language": "ar"}
    document["issuer"] = {"id": "did:key:z6Mk", "name": name}

    html = sent_in_page(samples.report(Verdict.UNKNOWN_ISSUER, document))
    without = sent_in_page(samples.report(Verdict.UNKNOWN_ISSUER))

    assert '<bdi lang="ar">أكاديمية الوادي</bdi>' in html
    assert "<bdi>University of Oxford</bdi>" in without


def test_a_credential_of_one_day_shows_its_hours() -> None:
    document = samples.credential()
    document |= {"validFrom": "2026-11-23T08:09:10Z", "validUntil": "2026-11-23T09:59:00+01:00"}

    page = _page(Verdict.EXPIRED, document)

    (shown,) = [one for one in page.find("dd") if one.attributes.get("data-signed") == "inForce"]
    assert shown.text == "23 November 2026, 08:09:10 UTC to 23 November 2026, 08:59:00 UTC"
    assert [one.text for one in shown.find("time")] == ["23 November 2026"] * 2
    assert "UTC to" not in _page(Verdict.EXPIRED).text
