"""``credhub ledger doctor``: how every log stands, and what can be done."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime

import click

from credhub.cli.session import printable, read_settings
from credhub.runtime_read_only import open_to_examine
from credhub.services.diagnosing import Diagnosis, Health, diagnose

_SOUND = 0
_REFUSED = 1
_NOT_KNOWN = 3


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Write the result as JSON.")
def doctor(as_json: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Say how every log stands to what was published of it, and what can be done.

    Nothing is written. The exit code is 1 when a log takes no entries until somebody decides, 3
    when that cannot be found out now.
    """
    with open_to_examine(read_settings()) as (store, second_store, witnessed):
        diagnoses = diagnose(store, second_store, witnessed, now=datetime.now(UTC))
    if as_json:
        click.echo(json.dumps([asdict(diagnosis) for diagnosis in diagnoses], indent=2))
    else:
        for diagnosis in diagnoses:
            click.echo("\n".join(map(printable, _lines(diagnosis))) + "\n")
        if not diagnoses:
            click.echo("There is no ledger yet.", err=True)
    sys.exit(_exit_code(diagnoses))


def _lines(diagnosis: Diagnosis) -> Iterator[str]:
    yield f"{diagnosis.origin}: {diagnosis.health}"
    unsigned = diagnosis.size - diagnosis.signed_size
    yield f"  database      {diagnosis.size} entries" + (
        f", {unsigned} unsigned" if unsigned else ""
    )
    if diagnosis.health is not Health.ENDED:
        yield f"  second store  {_entries(diagnosis.published_size)}"
    if diagnosis.witnessed_sizes:
        yield f"  witnesses     {', '.join(map(str, diagnosis.witnessed_sizes))} entries"
    yield f"  {diagnosis.sentence}"
    for number, remedy in enumerate(diagnosis.remedies, start=1):
        yield f"  {number}. {remedy.what}"
        if remedy.command is not None:
            yield f"       {remedy.command}"


def _entries(size: int | None) -> str:
    return "nothing" if size is None else f"{size} entries"


def _exit_code(diagnoses: tuple[Diagnosis, ...]) -> int:
    found = {diagnosis.health for diagnosis in diagnoses}
    if Health.REFUSED in found:
        return _REFUSED
    return _NOT_KNOWN if Health.WAITING in found else _SOUND
