"""A process whose log of SQLite is long: ``python -m tests.crash.mover FOLDER ACHIEVEMENT``.

It says what it acknowledged, a line for each.
"""

import sys
from pathlib import Path

from credhub.runtime import open_runtime
from credhub.store.sqlite_log import PAGES
from tests.crash.victim import Place, issue_one

CREDENTIALS = 3
PAGE = 4096


def main(folder: str, achievement: str) -> None:
    place = Place(folder=Path(folder), achievement=achievement)
    with open_runtime(place.settings()) as runtime:
        print(issue_one(runtime.resources, place), flush=True)  # noqa: T201 - how it says so
        with runtime.resources.store.connect_to_write() as connection:
            connection.exec_driver_sql(f"CREATE TABLE ballast AS SELECT randomblob({PAGES * PAGE})")
        for _ in range(CREDENTIALS):
            print(issue_one(runtime.resources, place), flush=True)  # noqa: T201 - how it says so


if __name__ == "__main__":
    main(*sys.argv[1:])
