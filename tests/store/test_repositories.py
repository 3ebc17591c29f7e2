"""What repositories find is what was put there, hub by hub."""

from dataclasses import replace
from datetime import timedelta

import pytest

from credhub.errors import (
    ApiKeyNotFoundError,
    ConflictError,
    HubExistsError,
    LedgerFaultError,
    NotInTreeError,
)
from credhub.ledger.commitment import InnerKind
from credhub.ledger.endorsement_events import ChangedBy, EndorsementChange
from credhub.ledger.entry import leaf_hash
from credhub.ledger.events import Standing
from credhub.ledger.merkle_proofs import verify_inclusion
from credhub.ledger.partner_events import PartnerChange
from credhub.store import signing_keys
from credhub.store.api_keys import ApiKey
from credhub.store.hubs import HubNumber, SealedSecret
from credhub.store.signing_keys import KeyPurpose, SigningKey
from credhub.store.status import StatusIndex, StatusList
from credhub.store.status_writing import insert_list_of
from credhub.store.store import Store
from credhub.store.unit import Unit
from tests.store.rows import change_unit, endorsement_unit, partner_unit, version_unit
from tests.store.samples import (
    LOG,
    NOW,
    PURPOSE,
    ROUTE,
    SECRET,
    Signers,
    achievement_unit,
    code_of,
    credential_id_of,
    digest_of,
    hub,
    issue_unit,
    learner,
    log_signer,
    make_hub,
    public_entry,
    request,
    sequencer,
)

ONE, OTHER = HubNumber(1), HubNumber(2)


@pytest.fixture
def two_hubs(store: Store) -> Store:
    for number in (ONE, OTHER):
        make_hub(store, Signers(), number)
    return store


def submit(store: Store, *units: Unit) -> None:
    with sequencer(store, log_signer) as running:
        for unit in units:
            running.submit(unit)


def test_a_hub_is_found_by_number_slug_and_did(store: Store) -> None:
    full = hub(7, description="Welding", url="https://weld.example", email="a@weld.example")
    with store.begin() as tx:
        assert tx.hubs.next_number() == 1
        tx.hubs.insert(full, SECRET)
        tx.hubs.insert(hub(3), SECRET)

    with store.read() as tx:
        assert tx.hubs.by_number(full.number) == full
        assert tx.hubs.by_slug(full.slug) == full
        assert tx.hubs.by_did(full.did) == full
        assert tx.hubs.by_did(full.did.upper()) is None
        assert [it.number for it in tx.hubs.all()] == [3, 7]
        assert tx.hubs.next_number() == 8
        assert tx.hubs.secret_of(full.number) == SECRET
        assert tx.hubs.secret_of(HubNumber(4)) is None


@pytest.mark.parametrize("same", ["number", "slug", "did"])
def test_two_hubs_cannot_share_a_name(store: Store, same: str) -> None:
    first, second = hub(1), hub(2)
    with store.begin() as tx:
        tx.hubs.insert(first, SECRET)

    with pytest.raises(HubExistsError), store.begin() as tx:
        tx.hubs.insert(replace(second, **{same: getattr(first, same)}), SECRET)

    with store.read() as tx:
        assert tx.hubs.all() == (first,)


def test_a_hub_never_shows_its_secrets() -> None:
    shown = repr((hub(1), SealedSecret(kdf_salt=b"grains", sealed=b"letter")))

    assert "grains" not in shown
    assert "letter" not in shown


def test_keys_are_listed_oldest_first_and_end(two_hubs: Store) -> None:
    new = SigningKey(
        hub=ONE,
        key_id="key-1",
        purpose=KeyPurpose.ISSUING,
        algorithm="Ed25519",
        public_key=bytes(32),
        sealed_private=None,
        valid_from=NOW + timedelta(days=1),
    )
    submit(
        two_hubs,
        Unit(hub=ONE, entries=(public_entry(),), inserts=(signing_keys.insert_of(new),)),
        Unit(
            hub=ONE,
            entries=(public_entry(),),
            changes=(signing_keys.compromise_of(ONE, "key-1", NOW),),
        ),
    )

    with two_hubs.read() as tx:
        ledger, issuing = tx.signing_keys.of_hub(ONE)
        assert ledger.purpose is KeyPurpose.LEDGER
        assert issuing == replace(new, compromised_at=NOW)
        assert [it.key_id for it in tx.signing_keys.methods_of(ONE)] == ["ledger-1", "key-1"]
        assert len(tx.signing_keys.of_hub(OTHER)) == 1


def api_key(**changes: object) -> ApiKey:
    values: dict[str, object] = {
        "hub": ONE,
        "key_id": "k1",
        "label": "LMS",
        "secret_hash": digest_of("secret"),
        "scopes": ("credentials:write", "achievements:write"),
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=365),
    }
    return ApiKey(**(values | changes))  # type: ignore[arg-type]  # a test may name any member


def test_an_api_key_is_found_by_its_secret_in_its_hub_alone(two_hubs: Store) -> None:
    with two_hubs.begin() as tx:
        tx.api_keys.insert(api_key())

    with two_hubs.read() as tx:
        assert tx.api_keys.by_secret(ONE, digest_of("secret")) == api_key()
        assert tx.api_keys.by_secret(OTHER, digest_of("secret")) is None
        assert tx.api_keys.by_secret(ONE, digest_of("other")) is None
        assert tx.api_keys.of_hub(ONE) == (api_key(),)


def test_an_api_key_is_revoked_once(two_hubs: Store) -> None:
    with two_hubs.begin() as tx:
        tx.api_keys.insert(api_key())
        tx.api_keys.revoke(ONE, "k1", NOW)
        tx.api_keys.revoke(ONE, "k1", NOW + timedelta(days=1))

    with two_hubs.read() as tx:
        assert tx.api_keys.of_hub(ONE) == (api_key(revoked_at=NOW),)
    for number, key_id in ((OTHER, "k1"), (ONE, "k2")):
        with pytest.raises(ApiKeyNotFoundError), two_hubs.begin() as tx:
            tx.api_keys.revoke(number, key_id, NOW)


def test_the_last_use_of_a_key_is_noted_once_a_minute(two_hubs: Store) -> None:
    with two_hubs.begin() as tx:
        tx.api_keys.insert(api_key())

    seen = []
    for seconds in (0, 59, 60, 61):
        with two_hubs.begin() as tx:
            tx.api_keys.touch(ONE, "k1", NOW + timedelta(seconds=seconds))
            (key,) = tx.api_keys.of_hub(ONE)
        seen.append(key.last_used_at)

    minute = NOW + timedelta(minutes=1)
    assert seen == [NOW, NOW, minute, minute]


def test_a_learner_is_found_by_every_mark(two_hubs: Store) -> None:
    one, twin = learner(ONE, "l1"), learner(ONE, "l2", email_hmac=digest_of("email l1"))
    with two_hubs.begin() as tx:
        tx.learners.insert(one, b"wrapped")
        tx.learners.insert(twin, b"wrapped too")

    with two_hubs.read() as tx:
        assert tx.learners.by_id(ONE, "l1") == one
        assert tx.learners.by_external_ids(ONE, {digest_of("external l1")}) == (one,)
        assert tx.learners.by_emails(ONE, {digest_of("email l1")}) == (one, twin)
        assert tx.learners.wrapped_key(ONE, "l2") == b"wrapped too"
        assert tx.learners.by_id(OTHER, "l1") is None
        assert tx.learners.by_external_ids(OTHER, {digest_of("external l1")}) == ()
        assert tx.learners.by_emails(OTHER, {digest_of("email l1")}) == ()
        assert tx.learners.wrapped_key(OTHER, "l1") is None


def test_two_learners_cannot_share_an_external_id(two_hubs: Store) -> None:
    mark = digest_of("same")
    with two_hubs.begin() as tx:
        tx.learners.insert(learner(ONE, "l1", external_id_hmac=mark), b"wrapped")
        tx.learners.insert(learner(OTHER, "l1", external_id_hmac=mark), b"wrapped")

    with pytest.raises(ConflictError) as refusal, two_hubs.begin() as tx:
        tx.learners.insert(learner(ONE, "l2", external_id_hmac=mark), b"wrapped")

    assert refusal.value.table == "learner"


def test_endorsements_stand_until_they_are_withdrawn(two_hubs: Store) -> None:
    other = "did:web:other.example"
    submit(
        two_hubs,
        endorsement_unit(ONE, achievement_id="a"),
        endorsement_unit(ONE, 2, endorsement_id="g2", achievement_id="a", endorser=other),
        endorsement_unit(ONE, 3, endorsement_id="g3"),
        endorsement_unit(ONE, 4, achievement_id="a", change=EndorsementChange.WITHDRAWN),
    )
    submit(two_hubs, endorsement_unit(OTHER, achievement_id="a"))

    with two_hubs.read() as tx:
        found = tx.endorsements
        withdrawn = found.by_id(ONE, "g1")
        assert withdrawn is not None
        assert (withdrawn.withdrawn_at, withdrawn.withdrawn_by) == (NOW, ChangedBy.PARTNER)
        assert withdrawn.sealed_reason == b"sealed"
        assert found.by_digest(ONE, withdrawn.digest) == withdrawn
        assert found.by_digest(ONE, bytes(32)) is None
        assert [one.endorsement_id for one in found.standing(ONE, "a", limit=9)] == ["g2"]
        assert [one.endorsement_id for one in found.standing(ONE, "", limit=9)] == ["g3"]
        assert [one.endorsement_id for one in found.standing(OTHER, "a", limit=9)] == ["g1"]
        assert found.stands(ONE, "a", 0, endorser=other)
        assert not found.stands(ONE, "a", 1, endorser=other)
        assert not found.stands(ONE, "a", 0, endorser=withdrawn.endorser)
        page = found.page(ONE, after="", limit=2)
        assert [one.endorsement_id for one in page] == ["g1", "g2"]
        assert [one.endorsement_id for one in found.page(ONE, after="g2", limit=2)] == ["g3"]
        of_other = found.page(ONE, after="", limit=9, endorser=other)
        assert [one.endorsement_id for one in of_other] == ["g2"]
        assert (found.newest_version(ONE), found.newest_version(HubNumber(9))) == (4, 0)


def test_partners_are_in_force_until_they_end(two_hubs: Store) -> None:
    ended = partner_unit(ONE, 3, change=PartnerChange.ENDED)
    submit(two_hubs, partner_unit(ONE), partner_unit(ONE, 2, endorsement_id="e2"), ended)
    submit(two_hubs, partner_unit(OTHER))

    with two_hubs.read() as tx:
        newest, (left,) = tx.partners.newest(ONE), tx.partners.in_force(ONE)
        assert [one.version for one in tx.partners.all_changes(ONE)] == [1, 2, 3]
        assert newest is not None
        assert (newest.version, newest.change, newest.document) == (3, "ended", None)
        assert (left.endorsement_id, left.version, left.document) == ("e2", 2, b"{}")
        assert (left.hub, left.log, left.seq, left.changed_at) == (ONE, LOG, 1, NOW)
        assert [one.version for one in tx.partners.of_endorsement(ONE, "e1")] == [1, 3]
        assert [one.version for one in tx.partners.in_force(OTHER)] == [1]
        assert tx.partners.newest(HubNumber(9)) is None


def test_achievements_are_found_by_version(two_hubs: Store) -> None:
    submit(
        two_hubs,
        achievement_unit(ONE, "a1", 1),
        achievement_unit(ONE, "a1", 2),
        achievement_unit(ONE, "a2", 1),
        achievement_unit(OTHER, "a1", 1),
    )

    with two_hubs.read() as tx:
        latest = tx.achievements.latest(ONE, "a1")
        first = tx.achievements.at_version(ONE, "a1", 1)
        assert latest is not None
        assert first is not None
        assert (latest.version, latest.log, latest.seq) == (2, LOG, 1)
        assert (first.version, first.seq, first.created_at) == (1, 0, NOW)
        assert tx.achievements.at_version(ONE, "a1", 3) is None
        assert tx.achievements.latest(OTHER, "a2") is None
        page = tx.achievements.page(ONE)
        assert [(it.achievement_id, it.version) for it in page] == [("a1", 2), ("a2", 1)]
        assert tx.achievements.page(ONE, limit=1) == page[:1]
        assert tx.achievements.page(ONE, after="a1") == page[1:]


def test_credentials_are_found_listed_and_counted(two_hubs: Store) -> None:
    submit(
        two_hubs,
        achievement_unit(ONE),
        *(issue_unit(ONE, mark) for mark in range(1, 6)),
        issue_unit(ONE, 6, supersedes=credential_id_of(2)),
    )

    with two_hubs.read() as tx:
        by_code = tx.credentials.by_code(ONE, code_of(3))
        assert by_code is not None
        assert by_code == tx.credentials.by_id(ONE, credential_id_of(3))
        assert (by_code.learner_id, by_code.issued_at) == ("learner-3", NOW)
        assert tx.credentials.by_code(OTHER, code_of(3)) is None
        page = tx.credentials.page(ONE)
        assert [it.code for it in page] == [code_of(mark) for mark in (6, 5, 4, 3, 2, 1)]
        assert tx.credentials.page(ONE, before=page[1].credential_id, limit=2) == page[2:4]
        assert tx.credentials.count(ONE) == 6
        assert tx.credentials.count(OTHER) == 0


def test_a_credential_is_read_with_all_that_belongs_to_it(two_hubs: Store) -> None:
    submit(
        two_hubs,
        achievement_unit(ONE),
        issue_unit(ONE, 1),
        issue_unit(ONE, 2, supersedes=credential_id_of(1)),
    )

    with two_hubs.read() as tx:
        old = tx.credential_records.by_code(ONE, code_of(1))
        assert old is not None
        assert old.credential == tx.credentials.by_id(ONE, credential_id_of(1))
        assert old.superseded_by == code_of(2)
        assert old.wrapped_key == tx.learners.wrapped_key(ONE, "learner-1")
        (form,) = old.forms
        assert (form.form, form.sealed) == ("eddsa-rdfc-2022", b"x" * 2000)
        assert (form.log, form.seq) == (LOG, 1)
        new = tx.credential_records.by_id(ONE, credential_id_of(2))
        assert new is not None
        assert new.superseded_by is None
        assert not new.changed
        assert tx.credential_records.by_code(OTHER, code_of(1)) is None


def test_a_credential_is_corrected_once(two_hubs: Store) -> None:
    submit(two_hubs, achievement_unit(ONE), issue_unit(ONE, 1))
    corrections = [issue_unit(ONE, mark, supersedes=credential_id_of(1)) for mark in (2, 3)]

    with pytest.raises(ConflictError) as refusal:
        submit(two_hubs, *corrections)

    assert refusal.value.table == "credential"


def test_bits_follow_from_the_last_change(two_hubs: Store) -> None:
    active, revoked, suspended = Standing.ACTIVE, Standing.REVOKED, Standing.SUSPENDED
    submit(
        two_hubs,
        achievement_unit(ONE),
        *(issue_unit(ONE, mark) for mark in range(1, 5)),
        change_unit(ONE, 1, active, revoked),
        change_unit(ONE, 2, active, suspended),
        change_unit(ONE, 2, suspended, active, n=1),
        change_unit(ONE, 3, active, suspended),
        change_unit(ONE, 3, suspended, active, n=1),
        change_unit(ONE, 3, active, suspended, n=2),
    )

    with two_hubs.read() as tx:
        assert tx.status.set_indexes(ONE, 1) == (1, 3)
        assert tx.status.count_changes(ONE, 1) == 6
        assert tx.status.taken(ONE, 1, range(3)) == frozenset({1, 2})
        assert tx.status.taken(ONE, 1, ()) == frozenset()
        assert tx.status.set_indexes(OTHER, 1) == ()
        changes = tx.status.changes_of(ONE, credential_id_of(3))
        assert [(it.old, it.new) for it in changes] == [
            (active, suspended),
            (suspended, active),
            (active, suspended),
        ]
        assert changes[0].changed_at == NOW
        changed = [tx.credential_records.by_id(ONE, credential_id_of(n)) for n in range(1, 5)]
        assert [record and record.changed for record in changed] == [True, True, True, False]
        assert tx.status.entries_of(ONE, credential_id_of(4)) == (
            StatusIndex(
                hub=ONE, list=1, index=4, credential_id=credential_id_of(4), purpose=PURPOSE
            ),
        )


def test_lists_and_their_versions(two_hubs: Store) -> None:
    second = StatusList(hub=ONE, list=2, purpose=PURPOSE, length=131072, created_at=NOW)
    submit(
        two_hubs,
        Unit(hub=ONE, entries=(public_entry(),), inserts=(insert_list_of(second),)),
        version_unit(ONE, 1, changes=0),
        version_unit(ONE, 2, changes=3),
    )

    with two_hubs.read() as tx:
        assert [it.list for it in tx.status.lists(ONE)] == [1, 2]
        assert tx.status.open_list(ONE, PURPOSE) == second == tx.status.by_number(ONE, 2)
        assert tx.status.open_list(ONE, "suspension") is None
        assert tx.status.by_number(OTHER, 2) is None
        latest = tx.status.latest_version(ONE, 1)
        assert latest is not None
        assert (latest.version, latest.changes, latest.seq) == (2, 3, 2)
        assert tx.status.latest_version(ONE, 2) is None


def test_an_idempotency_key_is_of_one_hub_and_route(two_hubs: Store) -> None:
    submit(two_hubs, achievement_unit(ONE), issue_unit(ONE, 1, key="k"))

    with two_hubs.read() as tx:
        assert tx.idempotency.find(ONE, ROUTE, "k") == request(ONE, "k", thing=credential_id_of(1))
        assert tx.idempotency.find(ONE, ROUTE, "other") is None
        assert tx.idempotency.find(ONE, "POST /v1/other", "k") is None
        assert tx.idempotency.find(OTHER, ROUTE, "k") is None


def test_the_ledger_is_read_entry_by_entry(two_hubs: Store) -> None:
    submit(two_hubs, achievement_unit(ONE), issue_unit(ONE, 1))

    with two_hubs.read() as tx:
        assert [it.hub for it in tx.ledger.all_logs()] == [ONE, OTHER]
        (log,) = tx.ledger.logs(ONE)
        assert log == tx.ledger.log(ONE, LOG) == tx.ledger.open_log(ONE)
        assert tx.ledger.log(ONE, "2027") is None
        row = tx.ledger.entry(ONE, LOG, 1)
        assert row is not None
        assert row.leaf_hash == leaf_hash(row.entry)
        assert tx.ledger.entry(ONE, LOG, 2) is None
        private = tx.receipt_rows.private(ONE, LOG, 1)
        assert private is not None
        assert (private.entry, private.vkey) == (row.entry, log.vkey)
        assert private.inner_kind is InnerKind.ISSUE
        assert private.sealed is not None
        assert private.sealed.startswith(b"sealed ")
        assert private.covering == tx.receipt_rows.covering(ONE, LOG, 1)
        assert tx.receipt_rows.private(ONE, LOG, 0) is None
        assert tx.ledger.latest_checkpoint(OTHER, LOG) is None
        with pytest.raises(LedgerFaultError):
            tx.ledger.head(ONE, "2027")


@pytest.mark.parametrize("seq", [0, 1, 255, 256, 511, 599])
def test_every_entry_is_proved_in_every_signed_tree(two_hubs: Store, seq: int) -> None:
    notes = [Unit(hub=ONE, entries=tuple(public_entry() for _ in range(n))) for n in (300, 300)]
    submit(two_hubs, *notes)

    with two_hubs.read() as tx:
        row = tx.ledger.entry(ONE, LOG, seq)
        assert row is not None
        covering = tx.ledger.checkpoint_covering(ONE, LOG, seq)
        assert covering is not None
        assert covering.size == (300 if seq < 300 else 600)
        cosigned = tx.receipt_rows.covering(ONE, LOG, seq)
        assert cosigned is not None
        assert (cosigned.size, cosigned.note, cosigned.lines) == (covering.size, covering.note, ())
        for checkpoint in tx.ledger.checkpoints(ONE, LOG):
            if seq < checkpoint.size:
                proof = tx.ledger.inclusion(ONE, LOG, seq, checkpoint.size)
                verify_inclusion(row.leaf_hash, seq, checkpoint.size, proof, checkpoint.root)


@pytest.mark.parametrize("more", [1, 254, 255, 300])
def test_what_is_remembered_of_a_tile_is_enough_until_it_grows(two_hubs: Store, more: int) -> None:
    submit(two_hubs, Unit(hub=ONE, entries=(public_entry(), public_entry())))
    _prove_all(two_hubs)

    submit(two_hubs, Unit(hub=ONE, entries=tuple(public_entry() for _ in range(more))))

    _prove_all(two_hubs)


def _prove_all(store: Store) -> None:
    with store.read() as tx:
        for checkpoint in tuple(tx.ledger.checkpoints(ONE, LOG)):
            for seq in (0, checkpoint.size - 1):
                row = tx.ledger.entry(ONE, LOG, seq)
                assert row is not None
                proof = tx.ledger.inclusion(ONE, LOG, seq, checkpoint.size)
                verify_inclusion(row.leaf_hash, seq, checkpoint.size, proof, checkpoint.root)


def test_what_is_remembered_of_one_log_proves_nothing_in_another(two_hubs: Store) -> None:
    submit(two_hubs, Unit(hub=ONE, entries=(public_entry(), public_entry())))
    submit(two_hubs, Unit(hub=OTHER, entries=(public_entry(), public_entry())))

    for number in (ONE, OTHER, ONE):
        with two_hubs.read() as tx:
            row, checkpoint = (
                tx.ledger.entry(number, LOG, 1),
                tx.ledger.latest_checkpoint(number, LOG),
            )
            assert row is not None
            assert checkpoint is not None
            proof = tx.ledger.inclusion(number, LOG, 1, checkpoint.size)
            verify_inclusion(row.leaf_hash, 1, checkpoint.size, proof, checkpoint.root)


def test_what_is_not_in_a_tree_is_not_proved(two_hubs: Store) -> None:
    submit(two_hubs, Unit(hub=ONE, entries=(public_entry(), public_entry())))

    with two_hubs.read() as tx:
        for seq, size in ((2, 2), (-1, 2), (0, 3), (0, 600)):
            with pytest.raises(NotInTreeError):
                tx.ledger.inclusion(ONE, LOG, seq, size)
