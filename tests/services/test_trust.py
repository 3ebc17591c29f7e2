"""Lists of issuers as files: read at start, copied by a command, and counted after the own hubs."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from credhub.errors import NotReachedError, TrustListError
from credhub.jsontypes import JsonObject
from credhub.services import reading, verifying
from credhub.services.trust import trust_files, trust_updating
from credhub.services.trust.trust_copies import TrustCopy
from credhub.services.trust.trust_updating import Update
from credhub.verification.report import Check, CheckResult, Endorsed, Report, Verdict
from tests.running import START, Service
from tests.services.ordering import issue
from tests.sites import Site, certificate, leading_to, redirecting, site
from tests.unit import factories
from tests.unit.factories import MemorySigner

__all__ = ["certificate", "site"]

STRANGER = MemorySigner(77)
LIST = "/registry.json"


def registry(name: str = "The School", did: str = STRANGER.did) -> JsonObject:
    return {"registry": {did: {"name": name, "url": "https://school.example/"}}}


def file_of(folder: Path, name: str, content: JsonObject) -> Path:
    path = folder / name
    path.write_text(json.dumps(content))
    return path


def judged(service: Service, trust: Path | None) -> Report:
    resources = replace(service.resources, trust_lists=trust_files.read(trust))
    document = factories.credential(did=STRANGER.did)
    for member in ("credentialStatus", "credentialSchema"):
        del document[member]
    return verifying.verify_uploaded(resources, factories.signed(document, signer=STRANGER))


def trust_of(report: Report) -> CheckResult:
    return next(result for result in report.checks if result.check is Check.TRUST)


def test_t02_an_issuer_in_a_list_is_known_by_the_name_in_the_list(
    service: Service, tmp_path: Path
) -> None:
    report = judged(service, file_of(tmp_path, "schools.json", registry()))

    assert report.verdict is Verdict.VALID
    assert report.issuer is not None
    assert report.issuer.to_document() == {
        "id": STRANGER.did,
        "name": "The School",
        "trusted": True,
        "url": "https://school.example/",
        "source": "schools",
    }
    assert trust_of(report).code == "listed-issuer"
    assert (
        trust_of(report).detail == "The School stands in a list of issuers that is believed here."
    )


def test_t02_without_the_list_the_same_credential_is_of_an_unknown_issuer(
    service: Service, tmp_path: Path
) -> None:
    another = file_of(tmp_path, "schools.json", registry(did=MemorySigner(78).did))

    for trust in (None, another):
        report = judged(service, trust)
        assert report.verdict is Verdict.UNKNOWN_ISSUER
        assert report.issuer is not None
        assert (report.issuer.trusted, report.issuer.source) == (False, None)


def test_an_endorsement_in_an_uploaded_badge_is_judged(service: Service, tmp_path: Path) -> None:
    partner = MemorySigner(78)
    endorsement: JsonObject = {
        "@context": factories.credential()["@context"],
        "id": "urn:uuid:8c5f5b5e-0b5f-4b4f-9b1e-6a0e0a0c9d01",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": partner.did, "type": ["Profile"]},
        "validFrom": "2026-11-01T00:00:00Z",
        "credentialSubject": {"id": STRANGER.did, "type": ["EndorsementSubject"]},
    }
    document = factories.credential(did=STRANGER.did)
    for member in ("credentialStatus", "credentialSchema"):
        del document[member]
    assert isinstance(document["issuer"], dict)
    document["issuer"]["endorsement"] = [factories.signed(endorsement, signer=partner)]
    trust = trust_files.read(file_of(tmp_path, "1.json", registry("Partner Ltd", partner.did)))
    resources = replace(service.resources, trust_lists=trust)

    report = verifying.verify_uploaded(resources, factories.signed(document, signer=STRANGER))

    # Who endorses is known; who is endorsed does not get any greener for it.
    assert report.verdict is Verdict.UNKNOWN_ISSUER
    (found,) = report.endorsements
    assert (found.endorsed, found.verdict) == (Endorsed.ISSUER, Verdict.VALID)
    assert found.issuer is not None
    assert found.issuer.name == "Partner Ltd"


def by_itself(badge: JsonObject, signer: MemorySigner, comment: str) -> JsonObject:
    """Endorse a badge that the endorsement stands in."""
    endorsement: JsonObject = {
        "@context": badge["@context"],
        "id": f"https://partner.example/{signer.did}",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": signer.did, "type": ["Profile"]},
        "validFrom": "2026-11-01T00:00:00Z",
        "credentialSubject": {
            "id": badge["id"],
            "type": ["EndorsementSubject"],
            "endorsementComment": comment,
        },
    }
    return factories.signed(endorsement, signer=signer)


def test_an_uploaded_badge_may_hold_an_endorsement_of_itself(service: Service) -> None:
    badge = factories.credential(did=STRANGER.did)
    for member in ("credentialStatus", "credentialSchema"):
        del badge[member]
    one, other = (by_itself(badge, MemorySigner(seed), f"Number {seed}.") for seed in (78, 79))
    signed = factories.signed(badge | {"endorsement": [one]}, signer=STRANGER)

    report = verifying.verify_uploaded(service.resources, signed)
    both = verifying.verify_uploaded(service.resources, signed | {"endorsement": [one, other]})

    assert report.verdict is Verdict.UNKNOWN_ISSUER
    (found,) = report.endorsements
    assert (found.endorsed, found.verdict) == (Endorsed.CREDENTIAL, Verdict.UNKNOWN_ISSUER)
    assert found.comment == "Number 78."
    assert both.verdict is Verdict.INDETERMINATE
    assert "endorsements-not-told-apart" in {check.code for check in both.checks}


def test_t51_the_name_of_a_listed_issuer_is_told_apart(service: Service, tmp_path: Path) -> None:
    claimed = factories.issuer().name
    other = registry(name=claimed.replace("i", "l"), did=MemorySigner(78).did)

    report = judged(service, file_of(tmp_path, "schools.json", other))

    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert trust_of(report).code == "issuer-namesake"
    assert "but it has another identifier than" in trust_of(report).detail


def test_t51_the_name_of_a_hub_of_ours_is_told_apart(service: Service) -> None:
    document = factories.credential(did=STRANGER.did)
    issuer = document["issuer"]
    assert isinstance(issuer, dict)
    issuer["name"] = service.one.hub.name.upper()

    report = verifying.verify_uploaded(
        service.resources, factories.signed(document, signer=STRANGER)
    )

    assert trust_of(report).code == "issuer-namesake"
    assert service.one.hub.name in trust_of(report).detail


def test_the_own_name_of_a_hub_of_ours_counts_more_than_any_list(
    service: Service, tmp_path: Path
) -> None:
    hub = service.one.hub
    path = file_of(tmp_path, "schools.json", registry(did=hub.did))
    resources = replace(service.resources, trust_lists=trust_files.read(path))
    issued = issue(resources, hub.number)
    code = reading.by_id(resources, hub.number, issued).credential.code

    report = verifying.verify_own(resources, code).report

    assert report.issuer is not None
    assert (report.issuer.name, report.issuer.source) == (hub.name, None)


def test_lists_of_a_folder_count_in_the_order_of_their_names(tmp_path: Path) -> None:
    file_of(tmp_path, "2.json", registry(name="Second"))
    file_of(tmp_path, "1.json", registry(name="First"))
    file_of(tmp_path, "0.txt", registry(name="Not a list"))

    assert [known.source for known in trust_files.read(tmp_path)] == ["1", "2"]


def test_a_folder_without_a_list_and_a_file_that_is_not_there_stop_the_start(
    tmp_path: Path,
) -> None:
    with pytest.raises(TrustListError, match=r"no \*\.json"):
        trust_files.read(tmp_path)
    with pytest.raises(TrustListError, match="No such file"):
        trust_files.read(tmp_path / "schools.json")


def updated(site: Site, folder: Path, path: str = LIST) -> Update:
    egress = leading_to(site)
    return trust_updating.update(site.origin + path, folder, "dcc", egress=egress, now=START)


def test_a_published_list_is_copied_with_its_address_its_time_and_its_digest(
    site: Site, tmp_path: Path
) -> None:
    site.publish(LIST, registry())
    published = site.pages[LIST]
    assert isinstance(published, bytes)

    (copied,) = updated(site, tmp_path / "new").copied

    assert copied.file == tmp_path / "new" / "dcc.json"
    assert (copied.issuers, copied.digest) == (1, sha256(published).hexdigest())
    assert TrustCopy.parse(copied.file.read_bytes(), source="") == TrustCopy(
        url=site.origin + LIST, fetched_at=START, text=published.decode()
    )
    (known,) = trust_files.read(tmp_path / "new")
    assert known.source == site.origin + LIST
    assert known.issuers[STRANGER.did].name == "The School"


def test_the_lists_of_an_index_are_copied_in_their_order(site: Site, tmp_path: Path) -> None:
    site.publish("/1", registry(name="First"))
    site.publish("/2", registry(name="Second"))
    site.publish(
        "/index",
        [
            {"name": "One", "type": "dcc-legacy", "url": f"{site.origin}/1"},
            {"name": "Members", "type": "oidf", "trustAnchorEC": f"{site.origin}/x"},
            {"name": "Two", "type": "dcc-legacy", "url": f"{site.origin}/2"},
        ],
    )

    done = updated(site, tmp_path, "/index")

    assert [one.file.name for one in done.copied] == ["dcc-01.json", "dcc-02.json"]
    assert done.not_read == ("Members",)
    assert [k.issuers[STRANGER.did].name for k in trust_files.read(tmp_path)] == ["First", "Second"]
    assert "/x" not in site.asked


def test_an_index_whose_second_list_is_none_leaves_the_folder_as_it_was(
    site: Site, tmp_path: Path
) -> None:
    site.publish("/1", registry())
    site.publish("/2", {"registry": []})
    site.publish("/index", [{"url": f"{site.origin}/1"}, {"url": f"{site.origin}/2"}])
    kept = file_of(tmp_path, "dcc-01.json", registry(name="Before"))

    with pytest.raises(TrustListError):
        updated(site, tmp_path, "/index")

    assert [path.name for path in tmp_path.iterdir()] == [kept.name]
    assert json.loads(kept.read_text()) == registry(name="Before")


def test_what_is_not_there_is_not_copied(site: Site, tmp_path: Path) -> None:
    with pytest.raises(NotReachedError, match="status 404"):
        updated(site, tmp_path)
    site.pages[LIST] = redirecting("/elsewhere")
    with pytest.raises(NotReachedError, match="status 302"):
        updated(site, tmp_path)
    site.pages[LIST] = b'{"registry": "\xff"}'
    with pytest.raises(TrustListError, match="UTF-8"):
        updated(site, tmp_path)

    assert not list(tmp_path.iterdir())
    assert "/elsewhere" not in site.asked


def copy_of(folder: Path, **changes: str | None) -> Path:
    text = json.dumps(registry())
    whole = json.loads(TrustCopy(url="https://a.example/", fetched_at=START, text=text).to_file())
    return file_of(folder, "copy.json", whole | changes)


def test_t98_a_copy_that_was_changed_stops_the_start(tmp_path: Path) -> None:
    assert trust_files.read(copy_of(tmp_path))

    with pytest.raises(TrustListError, match="changed since"):
        trust_files.read(copy_of(tmp_path, text=json.dumps(registry(name="Another"))))
    with pytest.raises(TrustListError, match="changed since"):
        trust_files.read(copy_of(tmp_path, sha256=None))


def test_a_copy_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrustListError, match="when it was fetched"):
        trust_files.read(copy_of(tmp_path, fetchedAt="yesterday"))
    path = tmp_path / "broken.json"
    path.write_bytes(b"{")
    with pytest.raises(TrustListError, match="strict JSON"):
        trust_files.read(path)
