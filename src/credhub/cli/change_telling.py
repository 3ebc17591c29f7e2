"""What a dry run of changes says, to somebody who is about to do them."""

from pathlib import Path

import click

from credhub.cli.batch_work import WORDS, sum_of_faults
from credhub.cli.changes_meant import Meant
from credhub.cli.new_file import new_file
from credhub.cli.row_files import tell_reading
from credhub.cli.session import printable
from credhub.documents.rows import fault_file
from credhub.errors import RowFault
from credhub.services.bulk.change_checking import Checked, Findings


def tell_trial(found: Findings, meant: Meant, fault_path: Path | None) -> None:
    """Tell the faults, or else what would be changed, row by row, and the sum."""
    if meant.file is not None:
        tell_reading(meant.file.summary())
    if found.faults:
        for fault in found.faults:
            click.echo(printable(fault_text(fault)))
    else:
        for checked in found.first:
            if checked.is_needed:
                click.echo(_line(checked, found))
    if fault_path is not None:
        with new_file(fault_path) as written:
            written.writelines(fault_file.written(found.faults))
    _tell_sum(found, meant)


def tell_passed_over(meant: Meant) -> None:
    """Say how many rows of a file of results are not about anything that is to be done."""
    if meant.file is None:
        return
    why = {
        "had failed and name no credential": meant.file.passed_over,
        "had been skipped, so that another batch issued or changed them": meant.file.skipped,
    }
    for said, rows in why.items():
        if rows:
            click.echo(f"Passed over are rows that {said}: {rows:,}.", err=True)


def fault_text(fault: RowFault) -> str:
    """Say what is wrong, and with which credential."""
    return fault.text() if fault.value is None else f"{fault.text()} ({fault.value})"


def _line(checked: Checked, found: Findings) -> str:
    words = WORDS[found.kind]
    what = f": {', '.join(checked.wrong)}" if checked.wrong else ""
    return f"{checked.row.row}\twould be {words.done}{what}\t{checked.address}"


def _tell_sum(found: Findings, meant: Meant) -> None:
    words = WORDS[found.kind]
    tell_passed_over(meant)
    if found.erased:
        click.echo(
            f"Of learners who were erased, so that their rows would fail alone: {found.erased:,}.",
            err=True,
        )
    told = sum(checked.is_needed for checked in found.first)
    if not found.faults and found.changed > told:
        click.echo(f"… and {found.changed - told:,} more.", err=True)
    wrong = ", ".join(f"{member}: {count:,}" for member, count in sorted(found.wrong.items()))
    nothing = f": nothing would be {words.done}" if found.faults else ""
    click.echo(
        f"Of {found.rows:,} credentials without a fault {found.changed:,} would be {words.done}"
        f"{f' ({wrong})' if wrong else ''}, {found.skipped:,} {words.before}."
        f" {sum_of_faults(found.faults)}{nothing}.",
        err=True,
    )
