"""A plugin of pytest that writes down every file of the published vectors that a test opens."""

import os
import sys
from pathlib import Path

LOG = "OPENED_LOG"
ROOT = "OPENED_ROOT"


def record(event: str, details: tuple[object, ...]) -> None:
    """Write down which file is opened, if it is one of those that are watched."""
    if event == "open" and isinstance(details[0], str | Path):
        opened = Path(os.path.realpath(details[0]))
        if opened.is_relative_to(_root):
            os.write(_log, f"{opened.relative_to(_root)}\n".encode())


if LOG in os.environ:
    _root = Path(os.environ[ROOT]).resolve()
    _log = os.open(os.environ[LOG], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    sys.addaudithook(record)
