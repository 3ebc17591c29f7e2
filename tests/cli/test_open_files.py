"""How many connections fit beside everything else."""

import subprocess
import sys
from resource import RLIM_INFINITY

import pytest

from credhub.cli import open_files

LIMITED = """
import resource, sys
from credhub.cli.open_files import places
soft, hard = (resource.RLIM_INFINITY if n == "none" else int(n) for n in sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print(places(500), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("limit", "places"),
    [(RLIM_INFINITY, 500), (5000, 500), (756, 500), (755, 499), (512, 256), (256, 128), (64, 32)],
)
def test_a_limit_leaves_so_many_connections(limit: int, places: int) -> None:
    assert open_files.left_of(limit, 500) == places


@pytest.mark.parametrize(
    ("soft", "hard", "places", "raised"),
    [(100, 4000, 500, 756), (100, 700, 444, 700), (900, 4000, 500, 900), (100, 100, 50, 100)],
)
def test_the_limit_is_raised_as_far_as_it_is_needed_and_allowed(
    soft: int, hard: int, places: int, raised: int
) -> None:
    command = [sys.executable, "-c", LIMITED, str(soft), str(hard)]

    done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - our own

    assert done.stdout.split() == [str(places), str(raised)]
