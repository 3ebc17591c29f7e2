"""``python -m benchmarks``: measure everything and print Markdown tables."""

import argparse
import gc
import time
from dataclasses import replace
from typing import Final

from benchmarks import machine
from benchmarks.appending import appending
from benchmarks.batches import batches
from benchmarks.canonicalizing import canonicalizing
from benchmarks.effort import FULL, GROWTH, QUICK
from benchmarks.flushing import flushing
from benchmarks.forms import forms
from benchmarks.hostile import hostile
from benchmarks.issuing import issuing
from benchmarks.million import million
from benchmarks.noisy import noisy
from benchmarks.offline import offline
from benchmarks.sequencing import sequencing
from benchmarks.signing import signing
from benchmarks.stages import stages
from benchmarks.verifying import verifying

PARTS: Final = {
    part.__name__: part
    for part in (
        issuing,
        stages,
        batches,
        signing,
        canonicalizing,
        appending,
        sequencing,
        flushing,
        million,
        verifying,
        offline,
        forms,
        hostile,
        noisy,
    )
}


def main() -> None:
    """Run the parts that were asked for."""
    # Some parts import the tests of the service, which no service holds: collecting garbage
    # among those pauses what is measured.
    gc.collect()
    gc.freeze()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--quick", action="store_true", help="half a minute, for a first look")
    parser.add_argument("--growth", action="store_true", help="batches of 10,000 to 1,000,000")
    arguments = parser.parse_args()
    effort = QUICK if arguments.quick else FULL
    if arguments.growth:
        effort = replace(effort, batches=GROWTH)
    started = time.perf_counter()
    print(f"# Benchmarks\n\n{machine.line()}\n", flush=True)
    for name in arguments.parts or PARTS:
        for table in PARTS[name](effort):
            print(table.text(), end="\n\n", flush=True)
    print(f"Took {time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
