"""What Python's search for garbage need not look at."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def what_is_here_stays() -> Iterator[None]:
    """Leave what was made so far out of the search until the block ends.

    Modules, models and tables stay as long as the process runs. To look through all of them again
    and again would stop every thread for a tenth of a second at a time.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
