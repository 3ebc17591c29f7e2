"""Fuzz one target in this process, until it fails or libFuzzer's time is over.

``python -m tests.fuzz.one NAME CORPUS -max_total_time=60``. Every parser is imported under
atheris, which follows the branches that inputs take.
"""

import sys

import atheris

with atheris.instrument_imports(include=["credhub"]):
    from tests.fuzz.targets import run


def main() -> None:
    """Run libFuzzer; it ends the process."""
    name, *arguments = sys.argv[1:]
    atheris.Setup([sys.argv[0], *arguments], lambda data: run(name, data))
    atheris.Fuzz()


main()
