"""Going on after a restored backup: nothing is signed twice, and what was proved stays proved."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import update

from credhub.egress.folder import Folder
from credhub.egress.objects import Served
from credhub.errors import (
    CredentialNotFoundError,
    InvalidClaimError,
    LedgerFaultError,
    NothingLostError,
    RollbackDetectedError,
    SecondStoreUnavailableError,
)
from credhub.jobs.publishing import ROUNDS_BETWEEN_LOOKS, LedgerPublisher
from credhub.jsontypes import parse_object
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.entry import LedgerEntry
from credhub.ledger.log_events import LogEnd, PreviousLog, RollbackAccepted
from credhub.ledger.note import VerifierKey
from credhub.ledger.receipt import Receipt, verify_receipt
from credhub.runtime import Runtime, open_runtime
from credhub.services import (
    diagnosing,
    elsewhere,
    hubs,
    readiness,
    reading,
    receipts,
    rollbacks,
    rollover,
    status_lists,
    verifying,
)
from credhub.services.audit import auditing
from credhub.services.diagnosing import Diagnosis, Health
from credhub.services.elsewhere import Agreement
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.second_store.protocol import SecondStore
from credhub.store.sequencer import Sequencer
from credhub.store.tables import status_list
from credhub.verification.report import Verdict
from tests.engines import ENGINES, Databases
from tests.running import START, Clock, make_member, settings_for
from tests.services.ordering import issue, publish
from tests.store.rows import as_owner, drop_guards

REASON = "The disk died; yesterday's backup was put back."


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A service whose database was put back to before a credential was issued."""

    url: str
    resources: Resources
    hub: Hub
    achievement: str
    kept: OpenedCredential
    lost: OpenedCredential
    lost_receipt: Receipt
    published: Checkpoint

    def accept(self) -> LedgerLog:
        return rollbacks.accept(self.resources, self.hub, actor="operator", reason=REASON)


def issued(resources: Resources, hub: Hub, achievement: str) -> OpenedCredential:
    made = issue(resources, hub.number, achievement)
    return reading.by_id(resources, hub.number, made)


def newest(resources: Resources, hub: Hub) -> Checkpoint:
    (log,) = logs(resources, hub)
    text = resources.second_store.read(f"log/{log.vkey}")
    assert text is not None
    return Checkpoint.parse(text)


def logs(resources: Resources, hub: Hub) -> tuple[LedgerLog, ...]:
    with resources.store.read() as tx:
        return tx.ledger.logs(hub.number)


@contextmanager
def restored_on(databases: Databases, data: Path) -> Iterator[Restored]:
    with databases.migrated() as url:
        with open_runtime(settings_for(url, data), clock=Clock()) as runtime:
            hub = make_member(runtime, "riverside").hub
            achievement = publish(runtime.resources, hub.number).achievement_id
            kept = issued(runtime.resources, hub, achievement)
        with databases.copied(url) as backup:
            with open_runtime(settings_for(url, data), clock=Clock()) as runtime:
                lost = issued(runtime.resources, hub, achievement)
                lost_receipt = receipts.of(runtime.resources, lost)
                published = newest(runtime.resources, hub)
            with open_runtime(settings_for(backup, data), clock=Clock()) as runtime:
                yield Restored(
                    url=backup,
                    resources=runtime.resources,
                    hub=hub,
                    achievement=achievement,
                    kept=kept,
                    lost=lost,
                    lost_receipt=lost_receipt,
                    published=published,
                )


@pytest.fixture(params=ENGINES)
def restored(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Restored]:
    databases: Databases = request.getfixturevalue(request.param)
    with restored_on(databases, tmp_path / "data") as service:
        yield service


def test_r15_an_accepted_rollback_is_in_the_ledger_and_issuing_works(restored: Restored) -> None:
    resources, hub = restored.resources, restored.hub
    with pytest.raises(RollbackDetectedError):
        issue(resources, hub.number, restored.achievement)

    began = restored.accept()

    assert began.log == "2026-2"
    made = issued(resources, hub, restored.achievement)
    assert made.form.log == "2026-2"
    report = verifying.verify_own(resources, made.credential.code).report
    assert report.verdict is Verdict.VALID
    lost_log, _ = logs(resources, hub)
    assert lost_log.frozen_at is not None
    with resources.store.read() as tx:
        held = tx.ledger.head(hub.number, lost_log.log).size
        first, second, *_ = tx.ledger.entries(hub.number, began.log)
    previous = PreviousLog.parse(LedgerEntry.parse(first.entry).public)
    assert (previous.checkpoint, previous.why) == (restored.published, LogEnd.ROLLBACK)
    accepted = RollbackAccepted.parse(LedgerEntry.parse(second.entry).public)
    assert accepted.known == restored.published
    assert (accepted.held_size, accepted.actor, accepted.reason) == (held, "operator", REASON)
    assert accepted.known.size > held
    for log in logs(resources, hub):
        auditing.audit(resources.store, resources.keyring, log, advance=lambda _: None)


def test_t91_no_status_index_is_given_out_twice_over_a_rollback(restored: Restored) -> None:
    resources, hub = restored.resources, restored.hub

    restored.accept()

    made = issued(resources, hub, restored.achievement)
    with resources.store.read() as tx:
        old, new = tx.status.lists(hub.number)
        (place,) = tx.status.entries_of(hub.number, made.credential.credential_id)
    assert old.closed_at is not None
    assert (new.list, new.closed_at) == (old.list + rollbacks.BURNED_LISTS, None)
    assert place.list == new.list


@pytest.mark.parametrize("moment", [None, 5], ids=["open again", "another time"])
def test_t91_a_list_that_a_rollback_closed_is_not_opened_again_unseen(
    restored: Restored, moment: int | None
) -> None:
    # It would give out the indexes of lost credentials a second time.
    resources, hub = restored.resources, restored.hub
    began = restored.accept()
    drop_guards(restored.url, "status_list")
    closed = status_list.c.closed_ms.is_not(None)
    with as_owner(restored.url) as connection:
        connection.execute(update(status_list).where(closed).values(closed_ms=moment))

    for log in logs(resources, hub):
        with pytest.raises(LedgerFaultError) as caught:
            auditing.audit(resources.store, resources.keyring, log, advance=lambda _: None)
        assert (caught.value.table, caught.value.column) == ("status_list", "closed_ms")
    assert began in logs(resources, hub)


def test_what_is_left_and_what_was_lost_stay_proved(restored: Restored) -> None:
    resources, hub = restored.resources, restored.hub

    restored.accept()

    keys = [VerifierKey.parse(log.vkey) for log in logs(resources, hub)]
    lost = sha256(restored.lost.signed).digest()
    assert verify_receipt(restored.lost_receipt, digest=lost, keys=keys).index
    with pytest.raises(CredentialNotFoundError):
        reading.by_code(resources, restored.lost.credential.code)
    kept = verifying.verify_own(resources, restored.kept.credential.code).report
    assert kept.verdict is Verdict.VALID


def test_what_was_published_of_the_lost_log_stays_and_is_no_alarm_any_more(
    restored: Restored, tmp_path: Path
) -> None:
    resources, hub = restored.resources, restored.hub
    place, path = tmp_path / "site", "ledger/riverside/2026/checkpoint"
    note = restored.lost_receipt.checkpoint
    Folder.open(place).add({path: note.encode()}, Served(content_type="", cache_control=""))
    publisher = LedgerPublisher(resources.store, lambda: Folder.open(place), clock=resources.clock)
    publisher.publish_due()
    assert [log.trouble for log in publisher.standing()] == ["publication-refused"]
    (lost,) = logs(resources, hub)
    sources = (elsewhere.second_store_source(resources.second_store),)
    (ahead,) = elsewhere.compare(resources.store, hub, lost, sources)
    assert not ahead.agreement.is_sound

    restored.accept()
    for _ in range(ROUNDS_BETWEEN_LOOKS):
        publisher.publish_due()

    assert [log.trouble for log in publisher.standing()] == [None, None]
    assert publisher.standing()[0].size == restored.published.size
    assert (place / path).read_text() == note
    (known,) = elsewhere.compare(resources.store, hub, lost, sources)
    assert known.agreement is Agreement.ACCEPTED
    assert known.agreement.is_sound


def test_a_lost_credential_with_its_receipt_is_not_called_forged(restored: Restored) -> None:
    document = parse_object(restored.lost.signed)
    receipt = restored.lost_receipt.text()
    before = verifying.verify_uploaded(restored.resources, document, receipt=receipt)

    restored.accept()

    after = verifying.verify_uploaded(restored.resources, document, receipt=receipt)
    without = verifying.verify_uploaded(restored.resources, document)
    assert without.verdict is Verdict.INVALID
    # What became of it since, nobody knows; nor before the operator has decided.
    assert (before.verdict, after.verdict) == (Verdict.INDETERMINATE, Verdict.INDETERMINATE)
    assert after.ledger is not None
    assert after.ledger.seq == restored.lost.form.seq


def test_the_log_that_lost_entries_is_never_signed_again(restored: Restored) -> None:
    resources, hub = restored.resources, restored.hub
    (log,) = logs(resources, hub)
    with resources.store.read() as tx:
        before = tx.ledger.latest_checkpoint(hub.number, log.log)

    restored.accept()
    rollover.roll(resources, hub)
    issue(resources, hub.number, restored.achievement)

    with resources.store.read() as tx:
        assert tx.ledger.latest_checkpoint(hub.number, log.log) == before
    assert resources.second_store.read(f"log/{log.vkey}") == restored.published.text()
    assert [one.log for one in logs(resources, hub)] == ["2026", "2026-2", "2026-3"]


def test_an_accepted_rollback_is_accepted_once(restored: Restored) -> None:
    restored.accept()
    issue(restored.resources, restored.hub.number, restored.achievement)

    with pytest.raises(NothingLostError):
        restored.accept()


def test_a_ledger_that_lost_nothing_has_no_rollback(restored: Restored) -> None:
    resources = restored.resources
    other = hubs.create(
        resources,
        hubs.NewHub(slug="hilltop", name="Hilltop", base_url=restored.hub.base_url),
    )

    with pytest.raises(NothingLostError):
        rollbacks.accept(resources, other, actor="operator", reason=REASON)


@pytest.mark.parametrize("reason", ["", "x" * (rollbacks.MAX_REASON + 1), "\x1b[2J"])
def test_a_reason_is_for_everybody(restored: Restored, reason: str) -> None:
    with pytest.raises(InvalidClaimError):
        rollbacks.accept(restored.resources, restored.hub, actor="operator", reason=reason)


def test_a_second_rollback_never_takes_the_label_of_a_lost_log(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    databases: Databases = request.getfixturevalue("sqlite")
    data = tmp_path / "data"
    with databases.migrated() as url:
        with open_runtime(settings_for(url, data), clock=Clock()) as runtime:
            hub = make_member(runtime, "riverside").hub
        with databases.copied(url) as backup:
            with open_runtime(settings_for(url, data), clock=Clock()) as runtime:
                assert rollover.roll(runtime.resources, hub).log == "2026-2"

            with open_runtime(settings_for(backup, data), clock=Clock()) as runtime:
                began = rollbacks.accept(runtime.resources, hub, actor="me", reason=REASON)

    assert began.log == "2026-3"


@dataclass(frozen=True, slots=True, kw_only=True)
class BetweenLogs:
    """A database of the moment after a log ended, and the next log that it does not know.

    ``lost`` is none when the next log was not begun by anybody.
    """

    url: str
    data: Path
    hub: Hub
    achievement: str
    lost: LedgerLog | None

    def running(self) -> AbstractContextManager[Runtime]:
        return open_runtime(settings_for(self.url, self.data), clock=Clock())


@contextmanager
def between_logs(databases: Databases, data: Path, *, goes_on: bool) -> Iterator[BetweenLogs]:
    with databases.migrated() as url:
        with open_runtime(settings_for(url, data), clock=Clock()) as runtime:
            hub = make_member(runtime, "riverside").hub
            achievement = publish(runtime.resources, hub.number).achievement_id
            before = logs(runtime.resources, hub)[0]
            rollover._end(runtime.resources, before, LogEnd.OPERATOR)  # noqa: SLF001 - as a crash leaves it
        with databases.copied(url) as backup:
            lost = None
            if goes_on:
                with open_runtime(settings_for(url, data), clock=Clock()) as runtime:
                    issued(runtime.resources, hub, achievement)
                    (_, lost) = logs(runtime.resources, hub)
            yield BetweenLogs(url=backup, data=data, hub=hub, achievement=achievement, lost=lost)


@pytest.fixture(params=ENGINES)
def databases(request: pytest.FixtureRequest) -> Databases:
    databases: Databases = request.getfixturevalue(request.param)
    return databases


def test_r15_a_backup_from_between_two_logs_is_noticed(
    databases: Databases, tmp_path: Path
) -> None:
    with (
        between_logs(databases, tmp_path / "data", goes_on=True) as between,
        between.running() as runtime,
    ):
        hub, resources = between.hub, runtime.resources
        assert between.lost is not None
        assert len(logs(resources, hub)) == 1
        with pytest.raises(RollbackDetectedError):
            rollover.finish(resources, hub)

        began = rollbacks.accept(resources, hub, actor="me", reason=REASON)

        assert began.log == "2026-3"
        with resources.store.read() as tx:
            _, row, *_ = tx.ledger.entries(hub.number, began.log)
            opened = [one for one in tx.status.lists(hub.number) if not one.closed_at]
        accepted = RollbackAccepted.parse(LedgerEntry.parse(row.entry).public)
        assert (accepted.known.origin, accepted.held_size) == (between.lost.origin, 0)
        assert [one.list > rollbacks.BURNED_LISTS for one in opened] == [True]
        issued(resources, hub, between.achievement)
        assert rollover.roll(resources, hub).log == "2026-4"
        with pytest.raises(NothingLostError):
            rollbacks.accept(resources, hub, actor="me", reason=REASON)
        for log in logs(resources, hub):
            auditing.audit(resources.store, resources.keyring, log, advance=lambda _: None)


def diagnosed(resources: Resources) -> tuple[Diagnosis, ...]:
    return diagnosing.diagnose(resources.store, resources.second_store, now=START)


def test_r15_a_log_that_was_lost_whole_is_not_ready_and_explained(
    databases: Databases, tmp_path: Path
) -> None:
    with between_logs(databases, tmp_path / "data", goes_on=True) as between:
        with between.running() as runtime:
            hub, resources, lost = between.hub, runtime.resources, between.lost
            assert lost is not None
            (warning,) = readiness.warnings(resources)
            ended, gone = diagnosed(resources)

            assert warning.startswith(f"{lost.origin} takes no entries: ")
            assert ended.health is Health.ENDED
            assert ended.sentence == (
                f"It ended; {lost.origin} went on from it, and is not in the database."
            )
            assert ended.remedies == ()
            assert (gone.origin, gone.health, gone.size) == (lost.origin, Health.REFUSED, 0)
            assert f"but {gone.published_size} were published" in gone.sentence
            newer, accept = gone.remedies
            assert f"all {gone.published_size} entries" in newer.what
            assert "accept-rollback riverside" in (accept.command or "")
            with pytest.raises(RollbackDetectedError):  # At once, without waiting for a log.
                issue(resources, hub.number, between.achievement)

            began = rollbacks.accept(resources, hub, actor="me", reason=REASON)

            issued(resources, hub, between.achievement)
            assert readiness.warnings(resources) == ()
            assert [it.health for it in diagnosed(resources)] == [Health.ENDED, Health.OPEN]
        with between.running() as runtime:
            assert readiness.warnings(runtime.resources) == ()
            assert logs(runtime.resources, hub)[-1].log == began.log


def test_a_log_that_nobody_began_is_not_lost(databases: Databases, tmp_path: Path) -> None:
    with (
        between_logs(databases, tmp_path / "data", goes_on=False) as between,
        between.running() as runtime,
    ):
        issued(runtime.resources, between.hub, between.achievement)

        assert readiness.warnings(runtime.resources) == ()
        assert [it.health for it in diagnosed(runtime.resources)] == [Health.ENDED, Health.OPEN]
        assert logs(runtime.resources, between.hub)[-1].log == "2026-2"


@dataclass
class ComingBack:
    """A second store that is away until it is there again."""

    inner: SecondStore
    is_away: bool = True

    def read(self, key: str) -> str | None:
        if self.is_away:
            raise SecondStoreUnavailableError
        return self.inner.read(key)

    def swap(self, key: str, *, old: str | None, new: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def test_r15_a_log_that_was_lost_whole_is_noticed_when_the_second_store_comes_back(
    databases: Databases, tmp_path: Path
) -> None:
    with (
        between_logs(databases, tmp_path / "data", goes_on=True) as between,
        between.running() as runtime,
    ):
        second = ComingBack(runtime.resources.second_store)
        sequencer = Sequencer(
            runtime.resources.store,
            second_store=second,
            clock=runtime.resources.clock,
            log_signer=runtime.resources.keyring.ledger_signer,
        )
        resources = replace(runtime.resources, sequencer=sequencer, second_store=second)
        with closing(sequencer):
            (waits,) = readiness.warnings(resources)
            (waiting,) = diagnosed(resources)
            assert waits == f"Log 2026 of hub {between.hub.number} waits for the second store."
            assert (waiting.health, waiting.size > 0) == (Health.WAITING, True)

            second.is_away = False
            with pytest.raises(RollbackDetectedError):
                rollover.finish(resources, between.hub)

            assert between.lost is not None
            assert [it.origin for it in sequencer.refused] == [between.lost.origin]


def test_t91_a_backup_that_is_put_back_twice_never_opens_the_same_lists(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    databases: Databases = request.getfixturevalue("sqlite")
    data, opened = tmp_path / "data", list[str]()
    with databases.migrated() as url:
        with open_runtime(settings_for(url, data), clock=Clock()) as runtime:
            hub = make_member(runtime, "riverside").hub
        with databases.copied(url) as once, databases.copied(url) as twice:
            with open_runtime(settings_for(url, data), clock=Clock()) as runtime:
                publish(runtime.resources, hub.number)
            for backup in (once, twice):
                with open_runtime(settings_for(backup, data), clock=Clock()) as runtime:
                    rollbacks.accept(runtime.resources, hub, actor="me", reason=REASON)
                    with runtime.resources.store.read() as tx:
                        lists = tx.status.lists(hub.number)
                    opened += [
                        status_lists.address_of(hub, one.list)
                        for one in lists
                        if one.closed_at is None
                    ]

    assert len(set(opened)) == len(opened) == 2
