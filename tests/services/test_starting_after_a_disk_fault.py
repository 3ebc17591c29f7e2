"""A process whose disk fails ends with its own code; the next start audits, and then goes on."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from credhub.errors import LedgerIntegrityError
from credhub.operator_files import audit_mark
from credhub.runtime import open_runtime
from credhub.store.disk_faults import EXIT_CODE
from credhub.store.standing import Trouble
from tests.engines import SqliteDatabases
from tests.running import Clock, make_member, settings_for
from tests.services.ordering import issue
from tests.store.rows import drop_guards, run

DYING = """
import sys
from pathlib import Path
from credhub.runtime import open_runtime
from credhub.services import hubs
from tests.running import settings_for
from tests.store.test_disk_faults import damage

database, data = sys.argv[1:]
with open_runtime(settings_for(database, Path(data))) as runtime:
    damage(Path(database.removeprefix("sqlite:///")))
    runtime.resources.store.close()
    hubs.all_hubs(runtime.resources)
"""


def test_a_disk_fault_ends_the_process_and_the_next_start_audits(
    sqlite: SqliteDatabases, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with sqlite.migrated() as database:
        file, good = Path(database.removeprefix("sqlite:///")), tmp_path / "good.db"
        settings = settings_for(database, tmp_path / "data")
        with open_runtime(settings, clock=Clock()) as runtime:
            hub = make_member(runtime, "riverside").hub.number
        shutil.copyfile(file, good)

        died = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", DYING, database, str(settings.data)], check=False
        )

        assert died.returncode == EXIT_CODE
        marks = [settings.data / "audit-needed", settings.data / "second.db.audit-needed"]
        assert all("malformed" in mark.read_text() for mark in marks)

        for beside in file.parent.glob("credhub.db-*"):
            beside.unlink()
        shutil.copyfile(good, file)
        with open_runtime(settings, clock=Clock()) as runtime:
            issue(runtime.resources, hub)
        assert "are sound" in caplog.text
        assert not any(mark.exists() for mark in marks)


def test_a_ledger_that_is_not_sound_takes_no_entries_and_the_mark_stays(
    sqlite: SqliteDatabases, tmp_path: Path
) -> None:
    with sqlite.migrated() as database:
        settings = settings_for(database, tmp_path / "data")
        with open_runtime(settings, clock=Clock()) as runtime:
            hub = make_member(runtime, "riverside").hub.number
        drop_guards(database, "ledger_entry")
        run(database, "UPDATE ledger_entry SET time_ms = time_ms + 1 WHERE seq = 1")
        audit_mark(settings).leave("disk I/O error")

        for _ in range(2):
            with open_runtime(settings, clock=Clock()) as runtime:
                (standing,) = runtime.resources.sequencer.refused
                assert standing.trouble is Trouble.UNSOUND
                with pytest.raises(LedgerIntegrityError):
                    issue(runtime.resources, hub)

        assert audit_mark(settings).found()
