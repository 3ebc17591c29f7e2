"""T02: a list of partners is believed whole, or not at all."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from credhub.dids import did_key
from credhub.dids.document import DidDocument
from credhub.errors import (
    CredhubError,
    DidNotResolvedError,
    PartnerListError,
    PartnerListNotProvedError,
    TrustListError,
)
from credhub.jsontypes import JsonObject, canonical
from credhub.ledger.entry import Kind
from credhub.ledger.note import VerifierKey
from credhub.ledger.policy import Policy
from credhub.ledger.receipt import PublicEntry
from credhub.proofs import data_integrity
from credhub.verification.partner_list import PartnerList, SignedEndorsement
from credhub.verification.partner_proof import PartnerProof
from credhub.verification.trust_list import TrustList
from tests.unit import factories
from tests.unit.factories import NOON, MemorySigner
from tests.unit.ledger.builder import KeyOf
from tests.unit.verification.partners import (
    BALTIC,
    HUB,
    LATER,
    NORDIC,
    YEAR,
    Vouching,
    endorsement,
    issuer,
    policy_of,
    signed,
    vouching,
)
from tests.unit.verification.world import load_schemas

THIEF = MemorySigner(66)
POLICIES = {"signatures": None, "policy": policy_of()}


@dataclass
class Dids:
    """Keys that are in identifiers; a test can see who was asked for."""

    asked: list[str]

    def resolve(self, did: str) -> DidDocument:
        self.asked.append(did)
        if not did.startswith(did_key.PREFIX):
            raise DidNotResolvedError(did)
        return did_key.resolve(did)


def prove(
    listed: PartnerList,
    *,
    policy: Policy | None = None,
    hub: str = HUB.did,
    now: datetime = LATER,
    dids: Dids | None = None,
) -> TrustList:
    proof = PartnerProof(
        suites={factories.suite().name: factories.suite()},
        dids=dids or Dids([]),
        schemas=load_schemas(),
        policy=policy,
        now=now,
    )
    return proof.prove(listed, hub=hub, source="a list")


def other(**changes: object) -> JsonObject:
    made = endorsement(BALTIC, name="Baltic Welders", id="https://hub.example/2")
    return replace(made, **changes).to_document(issuer())  # type: ignore[arg-type]  # a test may name any member


def listing(listed: PartnerList, *documents: JsonObject) -> PartnerList:
    """Put these in the place of the endorsements, with the receipts that are there."""
    receipts = [one.receipt for one in listed.endorsements] + [listed.receipt or ""] * 9
    items = (canonical(document).decode() for document in documents)
    made = (SignedEndorsement(credential=c, receipt=r) for c, r in zip(items, receipts))  # noqa: B905 - as many receipts as are needed
    return replace(listed, endorsements=tuple(made))


@pytest.mark.parametrize("policy", POLICIES)
def test_t02_a_genuine_list_names_the_partners(policy: str) -> None:
    listed = vouching(signed(), signed(other())).published()
    dids = Dids([])

    known = prove(listed, policy=POLICIES[policy], dids=dids)

    assert {did: one.name for did, one in known.issuers.items()} == {
        NORDIC: "Nordic Coders",
        BALTIC: "Baltic Welders",
    }
    assert set(dids.asked) == {HUB.did}


def changed_name() -> PartnerList:
    listed = vouching().published()
    text = listed.endorsements[0].credential.replace("Nordic Coders", "Nordic Codexx")
    return replace(listed, endorsements=(replace(listed.endorsements[0], credential=text),))


def by_another_hub() -> PartnerList:
    document = endorsement().to_document(issuer(THIEF.did))
    return vouching(signed(document, signer=THIEF)).published()


def by_another_key() -> PartnerList:
    return vouching(signed(signer=THIEF)).published()


def of_itself() -> PartnerList:
    document = endorsement().to_document(issuer())
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    return vouching(signed(document | {"credentialSubject": subject | {"id": HUB.did}})).published()


def of_another_kind() -> PartnerList:
    return vouching(
        signed(endorsement().to_document(issuer()) | {"type": ["VerifiableCredential"]})
    ).published()


def unsigned() -> PartnerList:
    return vouching(endorsement().to_document(issuer())).published()


def one_of_two_forged() -> PartnerList:
    return vouching(signed(), signed(other(), signer=THIEF)).published()


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    ("forge", "error"),
    [
        (changed_name, PartnerListError),
        (by_another_hub, PartnerListError),
        (by_another_key, PartnerListError),
        (of_itself, TrustListError),
        (of_another_kind, TrustListError),
        (unsigned, PartnerListError),
        (one_of_two_forged, PartnerListError),
    ],
    ids=lambda value: value.__name__,
)
def test_t02_what_is_not_genuine_refuses_the_whole_list(
    forge: "type[object]", error: type[CredhubError], policy: str
) -> None:
    assert prove(vouching().published(), policy=POLICIES[policy]).issuers

    with pytest.raises(error):
        prove(forge(), policy=POLICIES[policy])  # type: ignore[arg-type]  # it makes a list


def test_t02_the_list_of_another_hub_is_refused_though_it_is_genuine() -> None:
    listed = vouching().published()

    with pytest.raises(PartnerListError, match="says that it is that of"):
        prove(listed, hub=THIEF.did)
    with pytest.raises(PartnerListError, match="by did:key"):
        prove(replace(listed, did=THIEF.did), hub=THIEF.did)


def test_nobody_but_the_hub_is_asked() -> None:
    dids = Dids([])

    with pytest.raises(PartnerListError):
        prove(by_another_key(), dids=dids)

    assert set(dids.asked) <= {HUB.did}


def test_keys_that_cannot_be_had_prove_nothing_and_refute_nothing() -> None:
    hub = "did:web:hub.example"
    listed = replace(vouching().published(), did=hub)
    document = endorsement().to_document(issuer(hub))
    made = data_integrity.sign(
        document,
        suite=factories.suite(),
        signer=HUB,
        verification_method=f"{hub}#key-1",
        created=NOON,
    )

    with pytest.raises(PartnerListNotProvedError, match="could not be proved"):
        prove(listing(listed, made), hub=hub)


def test_a_status_that_nobody_asks_for_leaves_it_open() -> None:
    status = factories.status_entry().to_document()
    document = endorsement().to_document(issuer()) | {"credentialStatus": status}

    with pytest.raises(PartnerListNotProvedError):
        prove(vouching(signed(document)).published())


@pytest.mark.parametrize("policy", POLICIES)
def test_an_endorsement_that_is_over_or_to_come_is_genuine_and_vouches_for_nobody(
    policy: str,
) -> None:
    listed = vouching().published()

    for now in (NOON - timedelta(days=1), NOON + YEAR + timedelta(days=1)):
        known = prove(listed, policy=POLICIES[policy], now=now)
        assert not known.issuers[NORDIC].counts(now)
    assert prove(listed, policy=POLICIES[policy]).issuers[NORDIC].counts(LATER)


def two_then_one() -> tuple[Vouching, PartnerList, PartnerList]:
    """A hub that vouched for two and ended one: its list before and after."""
    hub = vouching(signed(), signed(other()))
    before = hub.published()
    hub.end()
    return hub, before, hub.published()


def test_by_a_policy_an_ended_endorsement_is_refused_in_the_new_list() -> None:
    _, before, after = two_then_one()
    assert set(prove(after, policy=policy_of()).issuers) == {BALTIC}
    smuggled = replace(after, endorsements=before.endorsements)

    with pytest.raises(PartnerListError, match="not the list that the hub's ledger knows"):
        prove(smuggled, policy=policy_of())
    # Signatures alone cannot tell.
    assert set(prove(smuggled).issuers) == {NORDIC, BALTIC}


def test_by_a_policy_a_list_that_leaves_somebody_out_or_lies_about_its_version_is_refused() -> None:
    _, before, after = two_then_one()
    for lie in (
        replace(before, endorsements=before.endorsements[:1]),
        replace(before, version=3),
        replace(after, version=4),
        replace(after, receipt=before.receipt),
        replace(after, receipt=None),
    ):
        with pytest.raises(PartnerListError):
            prove(lie, policy=policy_of())
    # The list of before is genuine by itself: that it is old shows beside a newer copy alone.
    assert set(prove(before, policy=policy_of()).issuers) == {NORDIC, BALTIC}


def test_an_empty_list_is_proved_by_a_policy_alone() -> None:
    hub = vouching()
    hub.end()
    listed = hub.published()

    assert prove(listed, policy=policy_of()).issuers == {}
    with pytest.raises(PartnerListError, match="only a policy"):
        prove(listed)


def test_by_a_policy_each_receipt_is_of_its_own_endorsement() -> None:
    hub, before, after = two_then_one()
    first, second = before.endorsements
    swapped = (replace(first, receipt=second.receipt), replace(second, receipt=first.receipt))
    ended = (replace(after.endorsements[0], receipt=hub.receipt(2)),)

    for lie in (replace(before, endorsements=swapped), replace(after, endorsements=ended)):
        with pytest.raises(PartnerListError, match="ledger"):
            prove(lie, policy=policy_of())


@pytest.mark.parametrize(
    ("kind", "payload"),
    [(Kind.OPERATION, b"something else"), (Kind.ENDORSEMENT, b"of a definition")],
    ids=["operation", "another-endorsement"],
)
def test_a_receipt_of_something_else_proves_no_list(kind: Kind, payload: bytes) -> None:
    hub = vouching()
    hub.ledger.append_public(payload, kind=kind)
    extra = PublicEntry(encoded=hub.ledger.entries[1].entry)
    listed = replace(hub.published(), receipt=hub.ledger.receipt(1, extra.encode()).text())

    with pytest.raises(PartnerListError, match="about"):
        prove(listed, policy=policy_of())


def test_a_policy_that_does_not_name_the_ledger_leaves_it_open() -> None:
    stranger = VerifierKey(name="other.example/ledger/x/2026", public_key=KeyOf("x").public_key)
    policy = Policy.parse(f"log {stranger.text()}\nquorum none\n".encode())

    with pytest.raises(PartnerListNotProvedError):
        prove(vouching().published(), policy=policy)
    hub = vouching()
    hub.end()
    with pytest.raises(PartnerListNotProvedError):
        prove(hub.published(), policy=policy)


def test_a_ledger_that_speaks_for_another_hub_is_refused() -> None:
    with pytest.raises(PartnerListError):
        prove(vouching().published(), policy=policy_of(THIEF.did))
