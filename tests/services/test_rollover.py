"""One log after another: nothing lost between them, and all that was proved stays proved."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import update

from credhub.errors import (
    ConflictError,
    KeyStoreError,
    LogNotFoundError,
    NoOpenLogError,
    RecordOutcomeUnknownError,
    SecondStoreUnavailableError,
    SequencerClosedError,
)
from credhub.ledger.checkpoint import open_checkpoint
from credhub.ledger.entry import Kind, LedgerEntry
from credhub.ledger.events import KeyChange, KeyEvent
from credhub.ledger.log_events import LogEnd, LogFrozen, PreviousLog
from credhub.ledger.note import VerifierKey
from credhub.ledger.receipt import verify_receipt
from credhub.runtime import open_runtime
from credhub.services import (
    hubs,
    ledgers,
    reading,
    receipts,
    revoking,
    rollover,
    status_lists,
    verifying,
)
from credhub.services.audit import auditing
from credhub.services.hubs import NewHub
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.second_store.protocol import SecondStore
from credhub.store.tables import ledger_log
from credhub.store.unit import Placement, Unit
from credhub.verification.report import Verdict
from tests.engines import ENGINES, Databases
from tests.running import Interruption, Service, running
from tests.services.ordering import issue, publish
from tests.services.stopping import Stopping
from tests.store.rows import drop_guards, run

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture(params=ENGINES)
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """A new service on each engine in turn."""
    databases: Databases = request.getfixturevalue(request.param)
    with databases.migrated() as url, running(url, tmp_path / "data") as service:
        yield service


def logs(resources: Resources, hub: Hub) -> tuple[LedgerLog, ...]:
    with resources.store.read() as tx:
        return tx.ledger.logs(hub.number)


def labels(resources: Resources, hub: Hub) -> list[tuple[str, bool]]:
    return [(log.log, log.frozen_at is not None) for log in logs(resources, hub)]


def entries(resources: Resources, log: LedgerLog) -> list[LedgerEntry]:
    with resources.store.read() as tx:
        return [LedgerEntry.parse(row.entry) for row in tx.ledger.entries(log.hub, log.log)]


def audit_all(resources: Resources, hub: Hub) -> None:
    for log in logs(resources, hub):
        summary = auditing.audit(resources.store, resources.keyring, log, advance=lambda _: None)
        assert summary.signed_size == summary.size


def test_a_log_of_an_earlier_year_ends_and_the_next_begins(fresh: Service) -> None:
    hub, resources = fresh.one.hub, fresh.resources
    assert rollover.roll_if_due(resources, hub) is None
    (old,) = logs(resources, hub)
    fresh.clock.now = NEW_YEAR

    began = rollover.roll_if_due(resources, hub)

    assert began is not None
    assert labels(resources, hub) == [("2026", True), ("2027", False)]
    assert began.origin == "127.0.0.1:8000/ledger/riverside/2027"
    last = entries(resources, old)[-1]
    assert last.kind is Kind.FREEZE
    frozen = LogFrozen.parse(last.public)
    assert (frozen.origin, frozen.why) == (old.origin, LogEnd.YEAR)
    first, added, retired = entries(resources, began)
    assert first.kind is Kind.CHILD_CHECKPOINT
    previous = PreviousLog.parse(first.public)
    checkpoint = open_checkpoint(previous.note, [VerifierKey.parse(old.vkey)])
    assert checkpoint.size == len(entries(resources, old))
    assert previous.note == ledgers.checkpoint(resources.store, hub, old.log)
    events = [KeyEvent.parse(entry.public) for entry in (added, retired)]
    assert [(event.event, event.key_id) for event in events] == [
        (KeyChange.ADDED, "ledger-2027"),
        (KeyChange.RETIRED, "ledger-1"),
    ]
    assert VerifierKey.parse(old.vkey).public_key != VerifierKey.parse(began.vkey).public_key
    assert rollover.roll_if_due(resources, hub) is None
    audit_all(resources, hub)


def test_a_full_log_ends(fresh: Service) -> None:
    hub, resources = fresh.one.hub, fresh.resources
    size = len(entries(resources, logs(resources, hub)[0]))
    assert rollover.roll_if_due(resources, hub, max_size=size + 1) is None

    rollover.roll_if_due(resources, hub, max_size=size)

    assert labels(resources, hub) == [("2026", True), ("2026-2", False)]
    last = entries(resources, logs(resources, hub)[0])[-1]
    assert LogFrozen.parse(last.public).why is LogEnd.SIZE


def test_a_log_ends_twice_in_a_year_when_the_operator_says_so(fresh: Service) -> None:
    hub, resources = fresh.one.hub, fresh.resources

    began = [rollover.roll(resources, hub).log for _ in range(3)]

    assert began == ["2026-2", "2026-3", "2026-4"]
    assert [log.log for log in logs(resources, hub)] == ["2026", *began]
    audit_all(resources, hub)


def test_what_was_issued_before_is_proved_for_ever(fresh: Service) -> None:
    hub, resources = fresh.one.hub, fresh.resources
    achievement = publish(resources, hub.number).achievement_id
    before = reading.by_id(resources, hub.number, issue(resources, hub.number, achievement))
    old = receipts.of(resources, before)

    rollover.roll(resources, hub)

    after = reading.by_id(resources, hub.number, issue(resources, hub.number, achievement))
    assert (before.form.log, after.form.log) == ("2026", "2026-2")
    keys = [VerifierKey.parse(log.vkey) for log in logs(resources, hub)]
    again = receipts.of(resources, before)
    assert again.text() == old.text()
    for opened in (before, after):
        receipt = receipts.of(resources, opened)
        verify_receipt(receipt, digest=sha256(opened.signed).digest(), keys=keys)
        report = verifying.verify_own(resources, opened.credential.code).report
        assert report.verdict is Verdict.VALID
        assert report.ledger is not None
        assert report.ledger.log == opened.form.log


def test_a_revocation_in_a_later_log_holds_for_a_credential_of_an_earlier_one(
    fresh: Service,
) -> None:
    hub, resources = fresh.one.hub, fresh.resources
    made = issue(resources, hub.number)
    rollover.roll(resources, hub)

    recorded = revoking.revoke(resources, hub.number, made, actor="key", reason="annulled")
    status_lists.publish(resources, hub, 1)

    assert recorded.log == "2026-2"
    assert status_lists.newest(resources, hub, 1).log == "2026-2"
    code = reading.by_id(resources, hub.number, made).credential.code
    assert verifying.verify_own(resources, code).report.verdict is Verdict.REVOKED
    audit_all(resources, hub)


def test_nothing_is_lost_while_logs_change_under_load(fresh: Service) -> None:
    hub, resources = fresh.one.hub, fresh.resources
    achievement = publish(resources, hub.number).achievement_id
    ended = Event()

    def keep_issuing(_: int) -> list[str]:
        made = []
        while not ended.is_set():
            made.append(issue(resources, hub.number, achievement))
        return made

    with ThreadPoolExecutor(4) as pool:
        issuers = [pool.submit(keep_issuing, number) for number in range(4)]
        for _ in range(3):
            rollover.roll(resources, hub)
        ended.set()
        made = [one for issuer in issuers for one in issuer.result()]

    assert labels(resources, hub)[-1] == ("2026-4", False)
    keys = [VerifierKey.parse(log.vkey) for log in logs(resources, hub)]
    for credential_id in made:
        opened = reading.by_id(resources, hub.number, credential_id)
        receipt = receipts.of(resources, opened)
        verify_receipt(receipt, digest=sha256(opened.signed).digest(), keys=keys)
    issued = sum(
        entry.kind is Kind.PRIVATE
        for log in logs(resources, hub)
        for entry in entries(resources, log)
    )
    assert issued == len(set(made)) == len(made)
    audit_all(resources, hub)


def test_of_many_who_roll_at_once_one_begins_the_next_log(fresh: Service) -> None:
    resources = fresh.resources
    fresh.clock.now = NEW_YEAR

    with ThreadPoolExecutor(8) as pool:
        began = list(pool.map(lambda _: rollover.roll_if_due(resources, fresh.one.hub), range(8)))

    assert {log.log for log in began if log is not None} == {"2027"}
    assert labels(resources, fresh.one.hub) == [("2026", True), ("2027", False)]
    audit_all(resources, fresh.one.hub)


def test_a_log_that_ended_before_a_crash_has_a_next_one_after_the_start(fresh: Service) -> None:
    hub, resources = fresh.one.hub, fresh.resources
    with pytest.raises(SequencerClosedError):
        rollover.roll(fresh.with_resources(sequencer=Stopping(fresh.resources.sequencer)), hub)
    assert labels(resources, hub) == [("2026", True)]
    assert ledgers.newest_log(resources.store, hub).log == "2026"

    with open_runtime(fresh.runtime.settings, clock=fresh.clock) as restarted:
        assert [log.frozen_at is None for log in logs(restarted.resources, hub)] == [False, True]
        issue(restarted.resources, hub.number)

    audit_all(resources, hub)


def test_a_claimed_label_that_a_crash_left_is_passed_over(fresh: Service) -> None:
    hub, resources = fresh.one.hub, fresh.resources
    with pytest.raises(SequencerClosedError):
        rollover.roll(fresh.with_resources(sequencer=Stopping(fresh.resources.sequencer)), hub)

    assert rollover.finish(resources, hub).log == "2026-3"
    assert rollover.finish_if_ended(resources, hub) is None


def test_a_log_that_ended_unsigned_is_signed_by_whoever_begins_the_next(fresh: Service) -> None:
    hub, resources = fresh.one.hub, fresh.resources

    def unplugged(_: LedgerLog) -> object:
        raise OSError("no such device")

    dying = fresh.another_sequencer(log_signer=unplugged)
    with pytest.raises(RecordOutcomeUnknownError):
        rollover.roll(fresh.with_resources(sequencer=dying), hub)
    dying.close()

    assert rollover.roll_if_due(resources, hub) is not None

    assert labels(resources, hub) == [("2026", True), ("2026-2", False)]
    audit_all(resources, hub)


def test_requests_that_meet_the_moment_without_a_log_wait(fresh: Service) -> None:
    hub, resources = fresh.one.hub, fresh.resources
    achievement = publish(resources, hub.number).achievement_id
    with pytest.raises(SequencerClosedError):
        rollover.roll(fresh.with_resources(sequencer=Stopping(fresh.resources.sequencer)), hub)

    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(issue, resources, hub.number, achievement)
        rollover.finish(resources, hub)
        made = reading.by_id(resources, hub.number, waiting.result())

    assert made.form.log == "2026-3"


def test_t90_a_clock_behind_the_year_of_the_log_ends_nothing(fresh: Service) -> None:
    hub, resources = fresh.one.hub, fresh.resources
    fresh.clock.now = NEW_YEAR
    rollover.roll_if_due(resources, hub)

    fresh.clock.now = NEW_YEAR - timedelta(seconds=2)

    assert rollover.roll_if_due(resources, hub) is None
    assert rollover.roll(resources, hub).log == "2027-2"
    assert labels(resources, hub) == [("2026", True), ("2027", True), ("2027-2", False)]
    times = [entry.time_ms for log in logs(resources, hub) for entry in entries(resources, log)]
    assert times == sorted(times)
    audit_all(resources, hub)


def test_the_year_is_that_of_utc(fresh: Service) -> None:
    (log,) = logs(fresh.resources, fresh.one.hub)
    east = datetime.fromisoformat("2027-01-01T00:30:00+01:00")
    west = datetime.fromisoformat("2026-12-31T23:30:00-01:00")

    assert rollover.why_due(log, 1, now=east) is None
    assert rollover.why_due(log, 1, now=west) is LogEnd.YEAR


def test_a_hub_whose_making_was_cut_off_goes_on_from_nothing(fresh: Service) -> None:
    resources = fresh.resources
    stopped = fresh.another_sequencer()
    stopped.close()
    new = NewHub(slug="lakeside", name="Lakeside", base_url=fresh.origin)
    with pytest.raises(SequencerClosedError):
        hubs.create(fresh.with_resources(sequencer=stopped), new)
    hub = hubs.find(resources, "lakeside")
    fresh.clock.now = NEW_YEAR

    assert rollover.roll_if_due(resources, hub) is None
    with pytest.raises(LogNotFoundError):
        rollover.roll(resources, hub)

    hubs.create(resources, new)
    began = rollover.roll_if_due(resources, hub)
    assert began is not None
    assert began.log == "2027"


@dataclass
class Interrupted:
    """A second store where something happens before an origin is claimed."""

    inner: SecondStore
    happens: Callable[[str, str], object]

    def read(self, key: str) -> str | None:
        return self.inner.read(key)

    def swap(self, key: str, *, old: str | None, new: str) -> None:
        if key.startswith("origin/"):
            self.happens(key, new)
        self.inner.swap(key, old=old, new=new)

    def close(self) -> None:
        raise NotImplementedError


def interrupted(service: Service, happens: Callable[[str, str], object]) -> Resources:
    store = Interrupted(service.resources.second_store, happens)
    return service.with_resources(second_store=store)


def test_whoever_comes_late_finds_the_log_of_the_other(fresh: Service) -> None:
    hub = fresh.one.hub
    faster = Interruption(lambda: rollover.finish(fresh.resources, hub))
    late = interrupted(fresh, lambda *_: faster())

    assert rollover.roll(late, hub).log == "2026-2"

    assert labels(fresh.resources, hub) == [("2026", True), ("2026-2", False)]


def test_a_label_that_the_database_forgot_is_never_used_again(fresh: Service) -> None:
    hub, resources = fresh.one.hub, fresh.resources
    origin = "127.0.0.1:8000/ledger/riverside/2026-2"
    resources.second_store.swap(f"origin/{origin}", old=None, new=f"{origin}+00000000+lost")

    assert rollover.roll(resources, hub).log == "2026-3"


def test_a_claim_whose_answer_was_lost_is_ours(fresh: Service) -> None:
    inner = fresh.resources.second_store
    deaf = interrupted(fresh, lambda key, new: inner.swap(key, old=None, new=new))

    assert rollover.roll(deaf, fresh.one.hub).log == "2026-2"


def test_a_second_store_that_is_away_begins_no_log(fresh: Service) -> None:
    hub, resources = fresh.one.hub, fresh.resources

    def away(*_: str) -> None:
        raise SecondStoreUnavailableError

    with pytest.raises(SecondStoreUnavailableError):
        rollover.roll(interrupted(fresh, away), hub)
    assert labels(resources, hub) == [("2026", True)]

    assert rollover.finish(resources, hub).log == "2026-2"


def test_a_next_log_that_nobody_begins_is_no_log(fresh: Service) -> None:
    class Conflicting(Stopping):
        def submit(self, unit: Unit) -> Placement:
            if unit.begins_log is not None:
                raise ConflictError("ledger_log")
            return super().submit(unit)

    with pytest.raises(NoOpenLogError):
        rollover.roll(
            fresh.with_resources(sequencer=Conflicting(fresh.resources.sequencer)), fresh.one.hub
        )


def test_t86_a_log_with_the_key_of_another_hub_does_not_start(fresh: Service) -> None:
    settings, number = fresh.runtime.settings, fresh.one.hub.number
    (foreign,) = logs(fresh.resources, fresh.other.hub)
    drop_guards(settings.database, "ledger_log")
    mine = update(ledger_log).where(ledger_log.c.hub_id == number)
    run(settings.database, mine.values(vkey=foreign.vkey))

    with pytest.raises(KeyStoreError, match="none of its hub"), open_runtime(settings):
        pass


def test_processes_that_roll_at_once_agree_on_one_log(fresh: Service) -> None:
    hub = fresh.one.hub
    fresh.clock.now = NEW_YEAR
    with (
        open_runtime(fresh.runtime.settings, clock=fresh.clock) as other,
        ThreadPoolExecutor(4) as pool,
    ):
        both = (fresh.resources, other.resources)
        began = [pool.submit(rollover.roll_if_due, one, hub) for one in both * 2]
        issued = [pool.submit(issue, one, hub.number) for one in both]
        found = [one.result() for one in began]
        places = [reading.by_id(other.resources, hub.number, one.result()) for one in issued]

    assert {log.log for log in found if log is not None} == {"2027"}
    assert {opened.form.log for opened in places} <= {"2026", "2027"}
    assert labels(fresh.resources, hub) == [("2026", True), ("2027", False)]
    audit_all(fresh.resources, hub)


def test_the_old_key_signs_no_more(fresh: Service) -> None:
    hub, resources = fresh.one.hub, fresh.resources
    rollover.roll(resources, hub)
    resources.keyring.forget(hub.number)

    old, began = logs(resources, hub)

    with pytest.raises(KeyStoreError, match="in use"):
        resources.keyring.ledger_signer(old)
    key = resources.keyring.ledger_signer(began)
    assert key.public_key == VerifierKey.parse(began.vkey).public_key
