"""A process that records notes: ``python -m tests.store.appender URL SECOND HUB COUNT [POOL]``."""

import sys
from concurrent.futures import ThreadPoolExecutor

from credhub.store.hubs import HubNumber
from credhub.store.second_store.opening import open_second_store
from credhub.store.store import Store
from tests.store.samples import Clock, log_signer, note_unit, sequencer


def main(url: str, second: str, hub: str, count: str, threads: str = "4") -> None:
    number = HubNumber(int(hub))
    store, second_store = Store.open(url), open_second_store(second)
    with (
        sequencer(store, log_signer, Clock(), second_store=second_store) as running,
        ThreadPoolExecutor(int(threads)) as pool,
    ):
        for _ in pool.map(lambda _: running.submit(note_unit(number)), range(int(count))):
            pass
    second_store.close()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
