"""A process that records notes: ``python -m tests.store.appender URL HUB COUNT``."""

import sys
from concurrent.futures import ThreadPoolExecutor

from credhub.store.hubs import HubNumber
from credhub.store.store import Store
from tests.store.samples import Clock, log_signer, note_unit, sequencer


def main(url: str, hub: str, count: str) -> None:
    number = HubNumber(int(hub))
    store = Store.open(url)
    with sequencer(store, log_signer, Clock()) as running, ThreadPoolExecutor(4) as pool:
        for _ in pool.map(lambda _: running.submit(note_unit(number)), range(int(count))):
            pass
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
