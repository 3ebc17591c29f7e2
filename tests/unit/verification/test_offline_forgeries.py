"""T83, T84: forged bundles. Every part of a bundle can be swapped or changed; none is believed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credhub import multikey
from credhub.jsontypes import JsonObject, canonical, digest, parse_object
from credhub.ledger.commitment import InnerKind
from credhub.ledger.entry import Kind
from credhub.ledger.events import AchievementDefined, Issued, KeyChange, StatusListPublished
from credhub.ledger.policy import Policy
from credhub.status.document import Purpose
from credhub.verification.bundle import Bundle, StapledKey, StapledList
from credhub.verification.report import Report, Verdict
from tests.damage import damaged_bytes
from tests.unit.factories import HOST, NOON
from tests.unit.verification.stapling import INDEX, StapledHub, codes, judge

PARTS = ("credential", "receipt", "key", "status_list", "did_document")
NOT_BELIEVED = {Verdict.INVALID, Verdict.UNKNOWN_ISSUER}

HUB = StapledHub()
OTHER = StapledHub(slug="hilltop", owner="hilltop")
POLICY = HUB.policy()
BOTH = replace(
    POLICY,
    logs=POLICY.logs + OTHER.policy().logs,
    issuers=(*POLICY.issuers, *OTHER.policy().issuers),
)
FIRST, SECOND = HUB.bundle(HUB.credential("1")), HUB.bundle(HUB.credential("2"))
FOREIGN = OTHER.bundle()


def choices(one: Bundle, other: Bundle) -> list[tuple[Bundle, ...]]:
    """For every part, the bundle to take it from."""
    return list(product((one, other), repeat=len(PARTS)))


def mixed(parts: dict[str, Bundle]) -> Bundle:
    return Bundle(**{name: getattr(bundle, name) for name, bundle in parts.items()})


def stapled(document: JsonObject, receipt: str) -> StapledList:
    return StapledList(credential=canonical(document).decode(), receipt=receipt)


# Parts of genuine bundles


def test_the_genuine_bundles_are_valid() -> None:
    for bundle in (FIRST, SECOND, FOREIGN):
        assert judge(bundle, BOTH).verdict is Verdict.VALID


@pytest.mark.parametrize("sources", choices(FIRST, SECOND))
def test_t83_two_bundles_of_one_hub_have_only_their_own_receipts(
    sources: tuple[Bundle, ...],
) -> None:
    parts = dict(zip(PARTS, sources, strict=True))
    report = judge(mixed(parts), POLICY)

    if parts["credential"] is parts["receipt"]:
        assert report.verdict is Verdict.VALID  # what they share is the same, or as good
    else:
        assert report.verdict is Verdict.INVALID
        assert codes(report)["ledger"] == "receipt-mismatch"


@pytest.mark.parametrize("sources", choices(FIRST, FOREIGN))
def test_no_part_of_one_hub_fits_a_bundle_of_another(sources: tuple[Bundle, ...]) -> None:
    report = judge(mixed(dict(zip(PARTS, sources, strict=True))), BOTH)

    if len(set(map(id, sources))) == 1:
        assert report.verdict is Verdict.VALID
    else:
        assert report.verdict is Verdict.INVALID, codes(report)


@pytest.mark.parametrize("sources", choices(FIRST, FOREIGN))
def test_parts_of_a_hub_that_is_not_known_are_not_believed(sources: tuple[Bundle, ...]) -> None:
    report = judge(mixed(dict(zip(PARTS, sources, strict=True))), POLICY)

    if all(source is FIRST for source in sources):
        assert report.verdict is Verdict.VALID
    else:
        assert report.verdict in NOT_BELIEVED, codes(report)


# Attackers with a hub of their own


def impostor(label: str = "2026", **own: str) -> StapledHub:
    """A hub with the DID, the name and the addresses of the real one, and keys of its own."""
    return StapledHub(**({"owner": "mallory", "label": label} | own))  # type: ignore[arg-type]  # only texts


def by_impostor(change: Callable[[StapledHub, Bundle], Bundle], label: str = "2026") -> Bundle:
    hub = impostor(label)
    return change(hub, hub.bundle())


FORGERIES: dict[str, Callable[[], Bundle]] = {
    "own keys and own log under the real names": lambda: impostor().bundle(),
    "own keys and own log of a year to come": lambda: impostor("2027").bundle(),
    "own log, with the real DID document": lambda: by_impostor(
        lambda _, bundle: replace(bundle, did_document=FIRST.did_document)
    ),
    "own log of another year, with the real DID document": lambda: by_impostor(
        lambda _, bundle: replace(bundle, did_document=FIRST.did_document), "2027"
    ),
    "own log, with the real key event": lambda: by_impostor(
        lambda _, bundle: replace(bundle, key=FIRST.key)
    ),
    "own log, with the real key event and DID document": lambda: by_impostor(
        lambda _, bundle: replace(bundle, key=FIRST.key, did_document=FIRST.did_document), "2027"
    ),
    "own credential with everything else real": lambda: by_impostor(
        lambda _, bundle: replace(FIRST, credential=bundle.credential)
    ),
    "own credential, DID document and key event": lambda: by_impostor(
        lambda _, bundle: replace(bundle, receipt=FIRST.receipt, status_list=FIRST.status_list)
    ),
    "own list for a real credential": lambda: by_impostor(
        lambda _, bundle: replace(FIRST, status_list=bundle.status_list)
    ),
    "own list with its own key": lambda: by_impostor(
        lambda hub, bundle: replace(
            FIRST,
            status_list=replace(hub.stapled_list(), key=bundle.key),
            did_document=hub.did_document(),
        )
    ),
    "own DID document alone": lambda: by_impostor(
        lambda _, bundle: replace(FIRST, did_document=bundle.did_document)
    ),
    "own DID": lambda: StapledHub(slug="riverside-2", owner="mallory").bundle(),
    "own DID in the name of a real log": lambda: StapledHub(
        owner="mallory", did="did:web:evil.example"
    ).bundle(),
}


@pytest.mark.parametrize("name", FORGERIES)
@pytest.mark.parametrize("policy", [POLICY, BOTH], ids=["one hub", "two hubs"])
def test_an_impostor_is_never_believed(name: str, policy: Policy) -> None:
    report = judge(FORGERIES[name](), policy)

    assert report.verdict in NOT_BELIEVED, codes(report)
    if report.verdict is Verdict.UNKNOWN_ISSUER:
        assert report.credential is None


def test_the_impostor_would_be_believed_by_who_pins_it() -> None:
    hub = impostor()

    assert judge(hub.bundle(), hub.policy()).verdict is Verdict.VALID


def test_a_known_name_without_the_known_signature_is_invalid_and_not_merely_unknown() -> None:
    report = judge(impostor().bundle(), POLICY)

    assert report.verdict is Verdict.INVALID
    assert codes(report)["proof"] == "receipt-refused"


def test_a_known_hub_that_writes_about_another_is_not_believed() -> None:
    """The other hub of the policy records a key of its own under the first hub's DID."""
    thief = StapledHub(slug="hilltop", owner="hilltop", did=HUB.did)
    stolen = thief.bundle()

    report = judge(stolen, BOTH)

    assert report.verdict is Verdict.INVALID
    assert codes(report)["proof"] == "ledger-of-another"


def test_a_prefix_of_a_hub_is_no_prefix_of_another() -> None:
    neighbour = StapledHub(slug="riverside-east", owner="mallory", did=HUB.did)
    policy = replace(POLICY, logs=(*POLICY.logs, *neighbour.policy().logs))

    assert judge(neighbour.bundle(), policy).verdict is Verdict.INVALID


# A thief of the issuing key who cannot write to the ledger


def thief_list(*revoked: int) -> StapledList:
    hub = impostor()
    document = HUB.status_list(*revoked, made_at=NOON + timedelta(hours=1))
    return stapled(document, hub.record_list(document))


def test_t84_a_stolen_key_makes_no_receipt() -> None:
    stolen = HUB.credential("stolen")
    hub = impostor()
    own_receipt = hub.record_issue(stolen)
    text = canonical(stolen).decode()

    for receipt in (own_receipt, FIRST.receipt, SECOND.receipt):
        report = judge(replace(FIRST, credential=text, receipt=receipt), POLICY)
        assert report.verdict is Verdict.INVALID
        assert codes(report)["proof"] == "passed"


def test_t84_a_stolen_key_makes_no_status_list() -> None:
    hub = StapledHub()
    revoked = replace(hub.bundle(), status_list=hub.stapled_list(INDEX))
    assert judge(revoked, hub.policy()).verdict is Verdict.REVOKED
    assert revoked.status_list is not None

    cleared = replace(revoked, status_list=thief_list())
    with_real_receipt = replace(
        revoked, status_list=replace(thief_list(), receipt=revoked.status_list.receipt)
    )

    assert judge(cleared, hub.policy()).verdict is Verdict.INVALID
    assert codes(judge(with_real_receipt, hub.policy()))["status"] == "receipt-mismatch"


def test_a_revoked_credential_with_the_list_of_before_is_believed_no_longer_than_that_list() -> (
    None
):
    hub = StapledHub()
    before = hub.bundle()
    after = replace(before, status_list=hub.stapled_list(INDEX, made_at=NOON + timedelta(days=1)))
    policy = hub.policy()

    assert judge(after, policy, now=NOON + timedelta(days=2)).verdict is Verdict.REVOKED
    assert judge(before, policy, now=NOON + timedelta(days=8)).verdict is Verdict.INDETERMINATE
    # Inside that time nothing in the file can tell; the report says of when the list is.
    assert judge(before, policy, now=NOON + timedelta(days=2)).status_at == NOON


# Entries of another kind, and events of another key


def with_key(hub: StapledHub, receipt: str, *changes: str) -> Report:
    bundle = hub.bundle()
    changed = replace(bundle, key=StapledKey(receipt=receipt, changes=changes))
    return judge(changed, hub.policy())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"event": KeyChange.RETIRED}, "bundle-contradiction"),
        ({"event": KeyChange.COMPROMISED}, "bundle-contradiction"),
        ({"did": "did:web:hub.example:hubs:hilltop"}, "bundle-contradiction"),
        ({"purpose": "ledger"}, "bundle-contradiction"),
        ({"algorithm": "P-256"}, "bundle-contradiction"),
        ({"key_id": "key-2"}, "key-not-for-assertion"),
        ({"public_key_multibase": multikey.encode_ed25519(bytes(32))}, "bundle-contradiction"),
        ({"public_key_multibase": "z6Mk"}, "malformed-key"),
    ],
)
def test_the_key_event_is_that_of_the_key_that_signed(
    changes: dict[str, object], code: str
) -> None:
    hub = StapledHub()

    report = with_key(hub, hub.record_key(hub.key_event(**changes)))  # type: ignore[arg-type]  # any member

    assert report.verdict is Verdict.INVALID
    assert codes(report)["proof"] == code


@pytest.mark.parametrize(
    "changes",
    [
        {"event": KeyChange.ADDED},
        {"event": KeyChange.RETIRED, "key_id": "key-2"},
        {"event": KeyChange.RETIRED, "did": "did:web:hub.example:hubs:hilltop"},
        {"event": KeyChange.COMPROMISED, "purpose": "ledger"},
        {"event": KeyChange.COMPROMISED, "public_key_multibase": "z6Mk"},
    ],
)
def test_a_change_is_one_of_the_same_key(changes: dict[str, object]) -> None:
    hub = StapledHub()
    event = hub.key_event(**(changes | {"at": NOON + timedelta(days=9)}))  # type: ignore[arg-type]  # a test may name any member

    report = with_key(hub, hub.record_key(), hub.record_key(event))

    assert report.verdict is Verdict.INVALID
    assert codes(report)["proof"] == "bundle-contradiction"


def test_a_key_event_is_an_entry_about_a_key() -> None:
    hub = StapledHub()
    payload = hub.key_event().payload()
    elsewhere = hub.log.receipt(hub.log.record(Kind.OPERATION, payload))
    private = hub.log.receipt(hub.log.record_private(payload))
    nonsense = hub.log.receipt(hub.log.record(Kind.KEY, b"{}"))

    for receipt in (elsewhere, private, nonsense):
        assert codes(with_key(hub, receipt))["proof"] == "bundle-contradiction"


def test_a_receipt_is_about_a_credential() -> None:
    hub = StapledHub()
    bundle = hub.bundle()
    found = digest(parse_object(bundle.credential.encode()))
    defined = AchievementDefined(achievement="a", version=1, digest=found).payload()
    issued = Issued(credential_id="1", form="x", digest=found).payload()
    log = hub.log
    receipts = {
        "receipt-mismatch": [
            log.receipt(log.record(Kind.DEFINITION, defined)),
            log.receipt(log.record_private(issued, kind=InnerKind.STATUS)),
            hub.record_key(),
        ],
        "receipt-refused": [log.receipt(log.record(Kind.DEFINITION, b"{}"))],
    }

    for code, wrong in receipts.items():
        for receipt in wrong:
            report = judge(replace(bundle, receipt=receipt), hub.policy())
            assert (report.verdict, codes(report)["ledger"]) == (Verdict.INVALID, code)


# Lists that are not the credential's


def relisted(hub: StapledHub, document: JsonObject, receipt: str | None = None) -> Report:
    listed = stapled(document, receipt or hub.record_list(document))
    return judge(replace(hub.bundle(), status_list=listed), hub.policy())


@pytest.mark.parametrize(
    "changes",
    [
        {"url": f"{HOST}/hubs/riverside/status/2"},
        {"issuer": OTHER.did},
        {"purpose": Purpose.SUSPENSION},
    ],
)
def test_a_list_is_the_one_that_the_credential_names(changes: dict[str, object]) -> None:
    hub = StapledHub()

    report = relisted(hub, hub.status_list(**changes))  # type: ignore[arg-type]  # any member

    assert report.verdict is Verdict.INVALID
    assert codes(report)["status"] == "bundle-contradiction"


def test_a_list_has_its_own_receipt() -> None:
    hub = StapledHub()
    document = hub.status_list()
    earlier = hub.record_list(hub.status_list(made_at=NOON - timedelta(days=1)))
    published = StatusListPublished(url=hub.list_url, version=1, digest=bytes(32)).payload()
    issued = Issued(credential_id="1", form="x", digest=digest(document)).payload()
    receipts = [
        earlier,
        hub.record_key(),
        hub.log.receipt(hub.log.record(Kind.STATUS_LIST, published)),
    ]

    for receipt in receipts:
        assert codes(relisted(hub, document, receipt))["status"] == "receipt-mismatch"
    private = hub.log.receipt(hub.log.record_private(issued))
    assert codes(relisted(hub, document, private))["status"] == "bundle-contradiction"


def test_a_signed_document_that_is_no_list_is_none() -> None:
    hub = StapledHub()

    report = relisted(hub, hub.credential())

    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report)["status"] == "malformed-status-list"


def test_a_place_outside_the_list_is_none() -> None:
    hub = StapledHub()

    def move(document: JsonObject) -> None:
        entry = document["credentialStatus"]
        assert isinstance(entry, dict)
        entry["statusListIndex"] = "131072"

    report = judge(hub.bundle(hub.credential(change=move)), hub.policy())

    assert report.verdict is Verdict.INDETERMINATE
    assert codes(report)["status"] == "status-index-out-of-range"


# Any damage


WHOLE = FIRST.encode()
MEANING = judge(WHOLE, POLICY).to_document()


def check_damaged(data: bytes) -> None:
    """Damage is noticed, or changed nothing that anybody is told."""
    report = judge(data, POLICY)
    if report.verdict is Verdict.VALID:
        assert report.to_document() == MEANING


@given(damaged_bytes(st.just(WHOLE)))
@settings(deadline=None)
def test_damage_anywhere_is_noticed_or_means_nothing(data: bytes) -> None:
    check_damaged(data)


@pytest.mark.parametrize("offset", range(0, len(WHOLE), len(WHOLE) // 150))
def test_one_other_character_is_noticed_or_means_nothing(offset: int) -> None:
    for other in (b"A", b"0", b" ", b"\\"):
        check_damaged(WHOLE[:offset] + other + WHOLE[offset + 1 :])
    check_damaged(WHOLE[:offset] + WHOLE[offset + 1 :])


def each_part(bundle: Bundle) -> dict[str, str]:
    assert bundle.status_list is not None
    return {
        "credential": bundle.credential,
        "receipt": bundle.receipt,
        "key": bundle.key.receipt,
        "list": bundle.status_list.credential,
        "list receipt": bundle.status_list.receipt,
    }


@pytest.mark.parametrize("part", each_part(FIRST))
def test_every_signed_part_is_signed_everywhere(part: str) -> None:
    """Letters and digits of a signed part: another one in their place is always noticed."""
    text = each_part(FIRST)[part]
    encoded = canonical(text)
    start = WHOLE.index(encoded)
    letters = [at for at, byte in enumerate(encoded) if chr(byte).isalnum()][::23]

    for at in letters:
        byte = encoded[at : at + 1]
        other = b"B" if byte == b"A" else b"A"
        place = start + at
        report = judge(WHOLE[:place] + other + WHOLE[place + 1 :], POLICY)
        assert report.verdict is not Verdict.VALID, encoded[at - 20 : at + 20]
