"""How many connections the process may have open beside everything else."""

import resource
from typing import Final

# Three files of SQLite for each thread, pipes to workers, whoever is asked; and room for accepting.
RESERVED: Final = 256


def places(wanted: int) -> int:
    """Raise the limit of open files as far as it is needed and allowed.

    Returns:
        How many connections fit: as many as wanted, or what the limit leaves.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + RESERVED
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return left_of(soft, wanted)


def left_of(limit: int, wanted: int) -> int:
    """Say how many of the wanted connections a limit leaves: half of it where it is very low."""
    if limit == resource.RLIM_INFINITY:
        return wanted
    return min(wanted, max(limit - RESERVED, limit // 2))
