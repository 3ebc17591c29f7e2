"""The loop that begins the next log when one is due."""

from structlog.testing import capture_logs

from credhub.jobs.rolling_over import LogRoller
from credhub.services import ledgers
from tests.running import Service
from tests.services.stopping import Stopping
from tests.services.test_rollover import NEW_YEAR


def newest(service: Service) -> str:
    return ledgers.newest_log(service.resources.store, service.one.hub).log


def test_a_new_year_begins_the_logs_of_all_hubs(fresh_service: Service) -> None:
    fresh_service.clock.now = NEW_YEAR
    roller = LogRoller(fresh_service.resources, period=0.01)

    with capture_logs() as logged:
        roller.start()
        while newest(fresh_service) != "2027":
            pass
        roller.close()

    assert [(one["event"], one["hub"], one["log"]) for one in logged] == [
        ("log began", slug, "2027") for slug in ("riverside", "hilltop")
    ]


def test_a_full_log_ends_in_a_later_round(fresh_service: Service) -> None:
    roller = LogRoller(fresh_service.resources, period=0.01, max_size=1)

    roller.start()
    while newest(fresh_service) == "2026":
        pass
    roller.close()

    assert newest(fresh_service).startswith("2026-")


def test_what_is_due_stays_due_when_it_cannot_be_done(fresh_service: Service) -> None:
    resources = fresh_service.resources
    stopping = Stopping(resources.sequencer)
    fresh_service.clock.now = NEW_YEAR
    with capture_logs() as logged:
        LogRoller(fresh_service.with_resources(sequencer=stopping)).round()

    assert [(one["event"], one["hub"], one["error"]) for one in logged] == [
        ("log not rolled over", slug, "SequencerClosedError") for slug in ("riverside", "hilltop")
    ]
    LogRoller(resources).repair()
    assert newest(fresh_service).startswith("2027")
    with capture_logs() as logged:
        LogRoller(resources).repair()
        LogRoller(resources).round()
    assert logged == []


def test_a_store_that_is_away_ends_no_loop(fresh_service: Service) -> None:
    class Away:
        def read(self) -> object:
            raise OSError("no such disk")

    with capture_logs() as logged:
        LogRoller(fresh_service.with_resources(store=Away())).round()

    assert [(one["event"], one["error"]) for one in logged] == [("logs not found", "OSError")]


def test_what_never_began_ends_at_once(service: Service) -> None:
    LogRoller(service.resources).close()
