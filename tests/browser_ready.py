"""Finds a Chromium for the browser tests, installs one, or says loudly that there is none."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
INSTALLERS = (
    (sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"),
    ("apt-get", "install", "--yes", "--no-install-recommends", "chromium"),
)


def browser() -> str | None:
    """Find a Chromium: the one that is named, one on the path, or playwright's own."""
    return next(_candidates(), None)


def _candidates() -> Iterator[str]:
    named = os.environ.get("CREDHUB_CHROMIUM")
    if named:
        yield named
    yield from filter(None, map(shutil.which, NAMES))
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    yield from map(str, sorted(cache.glob("chromium-*/chrome-linux*/chrome")))


def main() -> int:
    """Install a browser when there is none; never fail, but never be silent."""
    for command in INSTALLERS:
        if browser() is not None:
            return 0
        if shutil.which(command[0]) is None:
            continue
        sys.stdout.write(f"No Chromium here: {' '.join(command[-4:])}\n")
        sys.stdout.flush()
        subprocess.run(command, check=False)  # noqa: S603 - our own words
    if browser() is None:
        sys.stdout.write(
            "\n*** BROWSER TESTS WILL NOT RUN: no Chromium was found or could be installed. ***\n"
            "*** Install one, or name it in CREDHUB_CHROMIUM.                             ***\n\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
