"""Where the figures were taken."""

import os
import platform
import sqlite3
from importlib.metadata import version


def line() -> str:
    """Describe the machine and what matters of the software on it."""
    return (
        f"{os.cpu_count()} cores {platform.machine()}, load {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"SQLAlchemy {version('sqlalchemy')}, FastAPI {version('fastapi')}"
    )
