"""Lists of partners of another service: asked for, proved, copied, believed at the next start."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from credhub.errors import (
    NotReachedError,
    PartnerListError,
    PartnerListNotProvedError,
    PartnerListOlderError,
    TrustListError,
)
from credhub.jsontypes import JsonObject
from credhub.ledger.policy import Policy
from credhub.services import partners, policies, verifying
from credhub.services.foreign_dids import ForeignDids
from credhub.services.partners import NewPartner
from credhub.services.trust import trust_files, trust_signed, trust_updating
from credhub.services.trust.trust_copies import TrustCopy
from credhub.services.trust.trust_signed import AskedDids, SignedCopy
from credhub.verification.known_issuers import KnownIssuers
from credhub.verification.partner_proof import PartnerProof
from credhub.verification.report import Check, Report, Verdict
from tests.engines import SqliteDatabases
from tests.running import Service, running
from tests.sites import Site, certificate, leading_to, site
from tests.unit import factories
from tests.unit.factories import MemorySigner

__all__ = ["certificate", "site"]

PARTNER = MemorySigner(77)
OTHER = MemorySigner(78)
LIST = "/hubs/riverside/partners"


@dataclass(frozen=True)
class Two:
    """A service whose hub vouches for partners, and an operator who may ask it."""

    theirs: Service
    ours: Service
    site: Site
    folder: Path

    @property
    def hub(self) -> str:
        return self.theirs.one.hub.did

    def vouch(self, signer: MemorySigner = PARTNER, name: str = "Nordic Coders") -> None:
        new = NewPartner(did=signer.did, name=name)
        partners.add(self.theirs.resources, self.theirs.one.hub, new)

    def end(self, signer: MemorySigner = PARTNER) -> None:
        partners.end(self.theirs.resources, self.theirs.one.hub, signer.did)

    def policy(self) -> Policy:
        resources = self.theirs.resources
        return policies.of_hub(resources.store, self.theirs.one.hub, witnesses=Policy())

    def published(self, path: str = LIST) -> str:
        return trust_updating.fetched(self.site.origin + path, leading_to(self.site))

    def add(
        self,
        text: str | None = None,
        *,
        name: str = "riverside",
        hub: str | None = None,
        policy: Policy | None = None,
    ) -> SignedCopy:
        egress, now = leading_to(self.site), self.ours.clock()
        return trust_signed.add_signed(
            self.published() if text is None else text,
            self.folder,
            name,
            source=self.site.origin + LIST,
            hub=hub or self.hub,
            proof=PartnerProof(
                suites=self.ours.resources.guarded_suites,
                dids=AskedDids(egress, ForeignDids(clock=self.ours.clock)),
                schemas=self.ours.resources.schemas,
                policy=policy,
                now=now,
            ),
            now=now,
        )

    def judge(self, signer: MemorySigner = PARTNER) -> Report:
        """Judge a badge of a partner as our service would after its next start."""
        trusted = trust_files.read(self.folder)
        resources = replace(self.ours.resources, trust_lists=trusted)
        return verifying.verify_uploaded(resources, badge(signer))


def badge(signer: MemorySigner) -> JsonObject:
    document = factories.credential(did=signer.did)
    for member in ("credentialStatus", "credentialSchema"):
        del document[member]
    return factories.signed(document, signer=signer)


@pytest.fixture
def two(sqlite: SqliteDatabases, tmp_path: Path, site: Site) -> Iterator[Two]:
    with (
        sqlite.migrated() as there,
        sqlite.migrated() as here,
        running(there, tmp_path / "there", base_url=site.origin) as theirs,
        running(here, tmp_path / "here") as ours,
    ):
        client = theirs.public()

        def behind(path: str, accept: str) -> tuple[int, str, bytes]:
            answer = client.get(path, headers={"accept": accept})
            return answer.status_code, answer.headers["content-type"], answer.content

        site.behind = behind
        yield Two(theirs=theirs, ours=ours, site=site, folder=tmp_path / "trust")


def test_t02_a_partner_of_a_believed_hub_is_known_by_that_hub(two: Two) -> None:
    two.vouch()
    done = two.add(policy=two.policy())

    report = two.judge()

    assert report.verdict is Verdict.VALID
    assert report.issuer is not None
    assert (report.issuer.name, report.issuer.source) == ("Nordic Coders", two.hub)
    trust = next(one for one in report.checks if one.check is Check.TRUST)
    assert trust.code == "endorsed-issuer"
    assert trust.detail == "The riverside hub vouches for Nordic Coders."
    copy = TrustCopy.parse(done.copied.file.read_bytes(), source="")
    assert copy is not None
    assert (copy.url, copy.endorser, copy.text) == (
        two.site.origin + LIST,
        two.hub,
        two.published(),
    )
    assert done.copied.digest == copy.digest


def test_t02_nobody_else_is_known_by_it(two: Two) -> None:
    two.vouch()
    two.add()

    # The hub itself is none of its partners: its own badges stay those of an unknown issuer.
    assert two.judge(OTHER).verdict is Verdict.UNKNOWN_ISSUER
    listed = KnownIssuers(lists=trust_files.read(two.folder), now=two.ours.clock())
    assert not listed.trusted(two.hub).trusted


def test_what_was_copied_counts_as_long_as_the_endorsement(two: Two) -> None:
    two.vouch()
    two.add()
    assert two.judge().verdict is Verdict.VALID

    two.ours.clock.move(days=partners.VALIDITY / timedelta(days=1) + 1)

    assert two.judge().verdict is Verdict.UNKNOWN_ISSUER


def test_what_the_hub_ended_is_gone_with_the_next_copy(two: Two) -> None:
    two.vouch()
    two.vouch(OTHER, "Baltic Welders")
    two.add(policy=two.policy())
    two.end()
    assert two.judge().verdict is Verdict.VALID  # A list is as old as its copy.

    two.add(policy=two.policy())

    assert two.judge().verdict is Verdict.UNKNOWN_ISSUER
    assert two.judge(OTHER).verdict is Verdict.VALID


@pytest.mark.parametrize("name", ["riverside", "another-name"])
def test_a_list_that_is_older_than_the_copy_is_refused(two: Two, name: str) -> None:
    two.vouch()
    before = two.published()
    two.end()
    two.vouch(OTHER, "Baltic Welders")
    two.add(policy=two.policy())

    with pytest.raises(PartnerListOlderError) as caught:
        two.add(before, name=name, policy=two.policy())

    assert (caught.value.version, caught.value.copied) == (1, 3)
    assert two.judge().verdict is Verdict.UNKNOWN_ISSUER


def test_the_same_list_can_be_copied_again(two: Two) -> None:
    two.vouch()

    assert two.add().copied.digest == two.add().copied.digest


def test_nothing_is_copied_of_a_list_that_was_changed(two: Two) -> None:
    two.vouch()
    text = two.published()

    for forged, policy in (
        (text.replace("Nordic Coders", "Nordic Codexx"), None),
        (text.replace('"version":1', '"version":2'), two.policy()),
    ):
        assert forged != text
        with pytest.raises(PartnerListError):
            two.add(forged, policy=policy)

    assert not two.folder.exists()


def test_the_list_of_one_hub_is_not_that_of_another(two: Two) -> None:
    two.vouch()
    other = two.theirs.other.hub
    partners.add(two.theirs.resources, other, NewPartner(did=OTHER.did, name="Baltic Welders"))

    with pytest.raises(PartnerListError):
        two.add(hub=other.did)
    with pytest.raises(PartnerListError):
        two.add(two.published().replace(two.hub, other.did), hub=other.did)
    done = two.add(two.published("/hubs/hilltop/partners"), hub=other.did)
    assert set(done.known.issuers) == {OTHER.did}


def test_another_list_is_not_overwritten(two: Two) -> None:
    two.vouch()
    two.folder.mkdir()
    text = '{"registry":{}}'
    copy = TrustCopy(url="https://a.example/", fetched_at=two.ours.clock(), text=text)

    for other in (copy.to_file(), text.encode()):
        (two.folder / "riverside.json").write_bytes(other)
        with pytest.raises(TrustListError, match="is another list"):
            two.add()
    two.add(name="partners")

    assert len(trust_files.read(two.folder)) == 2


def test_keys_that_cannot_be_asked_for_prove_nothing(two: Two) -> None:
    two.vouch()
    text = two.published()
    two.site.pages["/hubs/riverside/did.json"] = b"{"

    with pytest.raises(PartnerListError):
        two.add(text)
    del two.site.pages["/hubs/riverside/did.json"]
    two.site.behind = lambda _path, _accept: (503, "text/plain", b"")
    with pytest.raises(PartnerListNotProvedError):
        two.add(text)
    with pytest.raises(NotReachedError):
        two.add()


def test_t98_a_copy_that_was_changed_or_renamed_stops_the_start(two: Two) -> None:
    two.vouch()
    file = two.add().copied.file
    assert trust_files.read(two.folder)
    good = file.read_text()

    file.write_text(good.replace("Nordic Coders", "Nordic Codexx"))
    with pytest.raises(TrustListError, match="changed since"):
        trust_files.read(two.folder)
    file.write_text(good.replace(f'"endorsedBy": "{two.hub}"', '"endorsedBy": "did:web:a.example"'))
    with pytest.raises(TrustListError, match="of another hub"):
        trust_files.read(two.folder)


def test_a_file_is_read_or_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.json"
    file.write_text("{}")
    assert trust_signed.read_text(file) == "{}"

    file.write_bytes(b"\xff")
    with pytest.raises(TrustListError, match="UTF-8"):
        trust_signed.read_text(file)
    with pytest.raises(TrustListError, match="No such file"):
        trust_signed.read_text(tmp_path / "none")
