"""T27 to T30: what lists of others say counts only when they are genuine, whole and in time."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

import pytest

from credhub.errors import (
    OutcomeUnknownError,
    StatusEntryError,
    StatusIndexError,
    StatusListElsewhereError,
    StatusListError,
    StatusListExpiredError,
    StatusListNotGenuineError,
    StatusListNotYetValidError,
    StatusListOfAnotherError,
    StatusListTooLargeError,
    StatusNotReachedError,
    StatusPurposeMismatchError,
    StatusPurposeNotKnownError,
    StatusTypeNotKnownError,
)
from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.ledger.events import Standing
from credhub.proofs import data_integrity, vc_jwt
from credhub.status import bitstring
from credhub.status.document import ENTRY_TYPES, Purpose, StatusEntry, StatusList
from credhub.status.published import PublishedList
from credhub.status.revocation_list import RevocationList
from credhub.status.token_reference import TokenStatusReference
from credhub.status.token_status_list import TokenStatusList
from credhub.verification import published_lists
from credhub.verification.published_status import PublishedStatus, could_withdraw
from tests.unit import factories
from tests.unit.factories import NOON, MemorySigner
from tests.unit.verification.world import HUB_DID, HUB_KEY, World, document_of, hub_document, sign

URL: Final = "https://hub.example/hubs/riverside/status/1"
SUSPENSIONS: Final = "https://hub.example/hubs/riverside/status/2"
REVOCATIONS: Final = "https://hub.example/revoked"
INDEX: Final = 94567
OTHER_DID: Final = "did:web:other.example"


def unsigned(
    *indexes: int, purpose: Purpose = Purpose.REVOCATION, url: str = URL, issuer: str = HUB_DID
) -> JsonObject:
    return StatusList(
        url=url,
        issuer=issuer,
        purpose=purpose,
        encoded=bitstring.encode(indexes),
        valid_from=NOON,
        valid_until=NOON + timedelta(days=7),
    ).to_document()


def prove(
    document: JsonObject | bytes,
    *,
    now: timedelta = timedelta(hours=1),
    issuer: str = HUB_DID,
    world: World | None = None,
) -> PublishedList:
    return published_lists.prove(
        document if isinstance(document, bytes) else canonical(document),
        url=URL,
        issuer_id=issuer,
        suites={factories.suite().name: factories.suite()},
        dids=world or World(),
        now=NOON + now,
    )


def changed(**members: JsonValue) -> JsonObject:
    return sign(unsigned() | members)


def with_subject(**members: JsonValue) -> JsonObject:
    document = unsigned()
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    return sign(document | {"credentialSubject": subject | members})


def test_t29_a_list_that_is_all_that_it_must_be_is_believed() -> None:
    proved = prove(sign(unsigned(INDEX)))

    entry = StatusEntry.at(URL, INDEX, Purpose.REVOCATION)
    assert proved.status_of(entry).value == 1
    assert proved.status_of(StatusEntry.at(URL, 1, Purpose.REVOCATION)).value == 0


SOON = NOON + timedelta(days=2)
SOON_TEXT = "2026-11-24T12:00:00Z"


def with_ending_proof(document: JsonObject) -> JsonObject:
    return data_integrity.sign(
        document,
        suite=factories.suite(),
        signer=MemorySigner(),
        verification_method=HUB_KEY,
        created=NOON,
        options={"expires": SOON_TEXT},
    )


def in_token(document: JsonObject) -> bytes:
    return vc_jwt.sign(
        document,
        signer=MemorySigner(),
        verification_method=HUB_KEY,
        claims={"exp": int(SOON.timestamp())},
    ).encode()


@pytest.mark.parametrize("secure", [with_ending_proof, in_token])
def test_t30_a_list_ends_with_its_signature(
    secure: Callable[[JsonObject], JsonObject | bytes],
) -> None:
    without_end = {name: value for name, value in unsigned().items() if name != "validUntil"}
    earlier = unsigned() | {"validUntil": "2026-11-23T12:00:00Z"}

    assert prove(secure(unsigned())).valid_until == SOON
    assert prove(secure(without_end)).valid_until == SOON
    assert prove(secure(earlier)).valid_until == NOON + timedelta(days=1)
    assert prove(sign(unsigned())).valid_until == NOON + timedelta(days=7)
    assert prove(sign(without_end)).valid_until is None


def test_t30_a_list_ends_with_the_proof_of_a_partner_that_must_be_in_force_too() -> None:
    both = with_ending_proof(sign(unsigned()))
    turned = both | {"proof": list(reversed(data_integrity.proofs_of(both)))}

    assert [prove(one).valid_until for one in (both, turned)] == [SOON, SOON]


def test_t30_a_list_ends_with_another_proof_of_its_issuer_too() -> None:
    withdrawn = hub_document(revoked_at=NOON - timedelta(days=1))
    other = document_of(HUB_DID, f"{HUB_DID}#key-2", MemorySigner(2))
    world = World(
        dids={
            HUB_DID: replace(
                withdrawn,
                methods=withdrawn.methods + other.methods,
                assertion=withdrawn.assertion | other.assertion,
            )
        }
    )
    ending = with_ending_proof(unsigned())

    proved = prove(sign(ending, signer=MemorySigner(2), method=f"{HUB_DID}#key-2"), world=world)

    assert proved.valid_until == SOON


@pytest.mark.parametrize("end", ["revoked_at", "expires_at"])
def test_t30_a_list_ends_with_its_key(end: str) -> None:
    ending = hub_document(**{end: SOON})

    proved = prove(sign(unsigned()), world=World(dids={HUB_DID: ending}))

    assert proved.valid_until == SOON


def forged() -> JsonObject:
    return sign(unsigned(), signer=MemorySigner(2))


def altered() -> JsonObject:
    return sign(unsigned(INDEX)) | {"credentialSubject": unsigned()["credentialSubject"]}


def by_another_key_of_its_own() -> JsonObject:
    stranger = MemorySigner(2)
    return sign(unsigned(), signer=stranger, method=stranger.method)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(forged, StatusListNotGenuineError, id="signed by someone else"),
        pytest.param(altered, StatusListNotGenuineError, id="altered"),
        pytest.param(by_another_key_of_its_own, StatusListNotGenuineError, id="another's key"),
        pytest.param(unsigned, StatusListNotGenuineError, id="not signed"),
        pytest.param(lambda: b"{", StatusListNotGenuineError, id="not JSON"),
        pytest.param(
            lambda: sign(unsigned(issuer=OTHER_DID)), StatusListOfAnotherError, id="another's list"
        ),
        pytest.param(
            lambda: sign(unsigned(url=SUSPENSIONS)), StatusListElsewhereError, id="another address"
        ),
        pytest.param(
            lambda: changed(type=["VerifiableCredential"]), StatusListError, id="another type"
        ),
        pytest.param(
            lambda: changed(validFrom="2026-11-22T13:00:01Z"),
            StatusListNotYetValidError,
            id="not begun",
        ),
        pytest.param(
            lambda: changed(validUntil="2026-11-22T12:59:59Z"), StatusListExpiredError, id="ended"
        ),
    ],
)
def test_t29_a_list_with_anything_wrong_says_nothing(
    document: Callable[[], JsonObject | bytes], expected: type[OutcomeUnknownError]
) -> None:
    with pytest.raises(expected) as refused:
        prove(document())

    assert isinstance(refused.value, OutcomeUnknownError)


def test_t29_both_ends_of_the_time_of_a_list_count() -> None:
    exact = changed(validFrom="2026-11-22T13:00:00Z", validUntil="2026-11-22T13:00:00Z")
    endless = unsigned()
    del endless["validUntil"], endless["validFrom"]

    assert prove(exact).valid_until == NOON + timedelta(hours=1)
    assert prove(sign(endless)).valid_until is None


def test_t30_keys_that_cannot_be_had_leave_the_list_unknown() -> None:
    document = sign(unsigned(issuer=OTHER_DID), method=f"{OTHER_DID}#key-1")

    with pytest.raises(OutcomeUnknownError) as refused:
        prove(document, issuer=OTHER_DID)

    assert refused.value.code == "did-not-resolved"


Known = PublishedList | TokenStatusList | RevocationList


@dataclass
class Lists:
    """Lists by address; an exception is raised instead."""

    known: dict[str, Known | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def bitstring(self, url: str, issuer_id: str) -> PublishedList:
        assert issuer_id == HUB_DID
        found = self._get(url)
        assert isinstance(found, PublishedList)
        return found

    def tokens(self, url: str, issuer_id: str) -> TokenStatusList:
        assert issuer_id == HUB_DID
        found = self._get(url)
        assert isinstance(found, TokenStatusList)
        return found

    def revocations(self, url: str) -> RevocationList:
        found = self._get(url)
        assert isinstance(found, RevocationList)
        return found

    def _get(self, url: str) -> Known:
        self.asked.append(url)
        found = self.known.get(url, StatusNotReachedError())
        if isinstance(found, Exception):
            raise found
        return found


def published(*indexes: int, purpose: str = "revocation", encoded: str = "") -> PublishedList:
    return PublishedList(
        url=URL,
        issuer_id=HUB_DID,
        purposes=(purpose,),
        encoded=encoded or bitstring.encode(indexes),
        valid_from=None,
        valid_until=None,
        ttl=None,
    )


def entry(purpose: str = "revocation", **changes: JsonValue) -> JsonObject:
    url = SUSPENSIONS if purpose == "suspension" else URL
    members = StatusEntry.at(url, INDEX, Purpose.REVOCATION).to_document()
    return members | {"statusPurpose": purpose} | changes


def standing(lists: Lists, *entries: JsonObject) -> Standing:
    document: JsonObject = {"id": "urn:c:1", "credentialStatus": list(entries)}
    return PublishedStatus(lists).state_of(document, HUB_DID)


BOTH: Final = (entry("revocation"), entry("suspension"))


@pytest.mark.parametrize(
    ("revoked", "suspended", "expected"),
    [
        (published(), published(purpose="suspension"), Standing.ACTIVE),
        (published(INDEX), published(purpose="suspension"), Standing.REVOKED),
        (published(), published(INDEX, purpose="suspension"), Standing.SUSPENDED),
        (published(INDEX), published(INDEX, purpose="suspension"), Standing.REVOKED),
        (published(INDEX), StatusNotReachedError(), Standing.REVOKED),
        (StatusNotReachedError(), published(INDEX, purpose="suspension"), Standing.SUSPENDED),
    ],
)
def test_two_lists_say_together_whether_a_credential_stands(
    revoked: PublishedList | Exception, suspended: PublishedList | Exception, expected: Standing
) -> None:
    lists = Lists({URL: revoked, SUSPENSIONS: suspended})

    assert standing(lists, *BOTH) is expected
    assert standing(lists, *reversed(BOTH)) is expected


@pytest.mark.parametrize("missing", [URL, SUSPENSIONS])
def test_t30_a_list_that_cannot_be_had_is_never_read_as_all_is_well(missing: str) -> None:
    known: dict[str, Known | Exception] = {
        URL: published(),
        SUSPENSIONS: published(purpose="suspension"),
    }
    assert standing(Lists(dict(known)), *BOTH) is Standing.ACTIVE
    del known[missing]

    with pytest.raises(StatusNotReachedError):
        standing(Lists(known), *BOTH)


def test_t29_a_list_for_another_purpose_says_nothing() -> None:
    with pytest.raises(StatusPurposeMismatchError):
        standing(Lists({URL: published(purpose="suspension")}), entry())
    assert standing(Lists({URL: published()}), entry()) is Standing.ACTIVE


def test_t27_a_list_that_unpacks_to_too_much_says_nothing() -> None:
    long = bitstring.encode((), length=8 * 5 * 2**20)

    with pytest.raises(StatusListTooLargeError):
        standing(Lists({URL: published(encoded=long)}), entry())


def test_t28_a_place_outside_the_list_says_nothing() -> None:
    with pytest.raises(StatusIndexError):
        standing(Lists({URL: published()}), entry(statusListIndex="131072"))
    assert standing(Lists({URL: published()}), entry(statusListIndex="131071")) is Standing.ACTIVE


@pytest.mark.parametrize("purpose", ["message", "refresh"])
def test_purposes_that_take_nothing_away_are_not_asked_for(purpose: str) -> None:
    lists = Lists({URL: published(INDEX, purpose=purpose)})

    assert standing(lists, entry(purpose)) is Standing.ACTIVE
    assert lists.asked == []


@pytest.mark.parametrize("kind", sorted(ENTRY_TYPES))
def test_what_could_withdraw_a_credential_is_told_from_what_could_not(kind: str) -> None:
    for purpose in ("message", "refresh"):
        assert not could_withdraw(entry(purpose, type=kind))
    for purpose in ("revocation", "suspension", "withheld"):
        assert could_withdraw(entry(purpose, type=kind))
    assert could_withdraw({"type": "1EdTechRevocationList"})
    with pytest.raises(StatusEntryError):
        could_withdraw(entry("message", type=kind, statusListIndex="-1"))


def test_a_purpose_of_the_issuers_own_matters_only_when_it_is_set() -> None:
    unset, set_ = published(purpose="withheld"), published(INDEX, purpose="withheld")

    assert standing(Lists({URL: unset}), entry("withheld")) is Standing.ACTIVE
    with pytest.raises(StatusPurposeNotKnownError):
        standing(Lists({URL: set_}), entry("withheld"))


@pytest.mark.parametrize("kind", ["RevocationList2020Status", ["BitstringStatusListEntry"], None])
def test_a_way_of_publishing_that_we_do_not_know_says_nothing(kind: JsonValue) -> None:
    with pytest.raises(StatusTypeNotKnownError):
        standing(Lists({URL: published()}), entry(type=kind))


def test_the_revocation_list_of_1edtech_is_asked() -> None:
    named: JsonObject = {"id": REVOCATIONS, "type": "1EdTechRevocationList"}
    holding = RevocationList(issuer=HUB_DID, revoked=frozenset({"urn:c:1"}))
    empty = RevocationList(issuer=HUB_DID, revoked=frozenset())

    assert standing(Lists({REVOCATIONS: holding}), named) is Standing.REVOKED
    assert standing(Lists({REVOCATIONS: empty}), named) is Standing.ACTIVE
    with pytest.raises(StatusNotReachedError):
        standing(Lists(), named)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(0, Standing.ACTIVE), (1, Standing.REVOKED), (2, Standing.SUSPENDED)],
)
def test_a_token_status_list_is_asked(status: int, expected: Standing) -> None:
    listed = TokenStatusList.of({7: status}, bits=2, length=16)
    place = TokenStatusReference(uri=URL, index=7)

    assert standing(Lists({URL: listed}), place.to_entry()) is expected
    with pytest.raises(StatusNotReachedError):
        standing(Lists(), place.to_entry())


def test_a_status_of_a_token_that_is_not_known_says_nothing() -> None:
    listed = TokenStatusList.of({7: 3}, bits=2, length=16)

    with pytest.raises(StatusPurposeNotKnownError):
        standing(Lists({URL: listed}), TokenStatusReference(uri=URL, index=7).to_entry())
    with pytest.raises(StatusIndexError):
        standing(Lists({URL: listed}), TokenStatusReference(uri=URL, index=16).to_entry())


def test_one_entry_need_not_be_in_a_list() -> None:
    document: JsonObject = {"credentialStatus": entry()}

    assert PublishedStatus(Lists({URL: published(INDEX)})).state_of(document, HUB_DID) is (
        Standing.REVOKED
    )
