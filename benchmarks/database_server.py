"""What the database server takes."""

from pathlib import Path

import psycopg

from benchmarks.processes import cpu_of


def cpu_of_server(url: str) -> float:
    """Give the processor seconds of all processes of a server; none where there is no server."""
    if not url.startswith("postgresql"):
        return 0.0
    with psycopg.connect(url) as connection:
        (own,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
        _, _, fields = Path(f"/proc/{own}/stat").read_text("ascii").rpartition(") ")
        return cpu_of(int(fields.split()[1]))
