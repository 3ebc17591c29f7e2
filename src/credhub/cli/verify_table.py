"""What ``credhub verify`` prints of many files: a table, what to look at, and how many of each."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from credhub.cli.session import printable
from credhub.cli.verify_outcome import ACCEPTED, REFUSED, Checked
from credhub.jsontypes import JsonObject
from credhub.verification.presentation_report import PresentationReport
from credhub.verification.report import Report, Verdict
from credhub.web.pages.credential_view import credential_view

NOT_READ: Final = "not read"
_LONGEST: Final = 120
_COLOURS: Final = {ACCEPTED: "green", REFUSED: "red"}
_OTHERWISE: Final = "yellow"
_ORDER: Final = (*reversed(Verdict), NOT_READ)


def show(checked: Sequence[Checked], *, within: Path | None = None) -> None:
    """Print many files, for somebody who reads them in a terminal.

    Args:
        checked: The files.
        within: The one folder that all of them are in; their names are shorter then.
    """
    console = Console(highlight=False, emoji=False, markup=False)
    if checked:
        console.print(_table(checked, within))
    for one in checked:
        if one.exit_code != ACCEPTED and one.reason is not None:
            line = f"{_name(one, within)}: {_safe(one.reason, None)}"
            console.print(Text(line), soft_wrap=True)
    console.print(_total(checked), soft_wrap=True)


def _table(checked: Sequence[Checked], within: Path | None) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    table.add_column("File", overflow="fold", ratio=3)
    table.add_column("Verdict", no_wrap=True)
    for name in ("Holder", "Achievement", "Issuer"):
        table.add_column(name, overflow="fold", ratio=2)
    for one in checked:
        words = Text(_verdict(one), style=_COLOURS.get(one.exit_code, _OTHERWISE))
        table.add_row(Text(_name(one, within)), words, *map(Text, _said(one)))
    return table


def _name(one: Checked, within: Path | None) -> str:
    return _safe(str(one.file if within is None else one.file.relative_to(within)))


def _verdict(one: Checked) -> str:
    return NOT_READ if one.report is None else one.report.verdict.value


def _said(one: Checked) -> tuple[str, str, str]:
    match one.report:
        case PresentationReport() as presented:
            number = len(presented.credentials)
            what = f"{number} credential{'' if number == 1 else 's'}, presented"
            return (_safe(presented.holder or "nobody signed"), what, "")
        case Report(credential=dict() as document) as report:
            return _of_credential(report, document)
        case _:
            return ("", "", "")


def _of_credential(report: Report, document: JsonObject) -> tuple[str, str, str]:
    view = credential_view(document, base_url="")
    issuer = report.issuer
    # The name that an unknown issuer gives itself proves nothing: its identifier does.
    known = issuer.name if issuer is not None and issuer.trusted else None
    return (
        _safe(view.learner or ""),
        _safe(view.achievement.name),
        _safe(known or view.issuer.identifier),
    )


def _total(checked: Sequence[Checked]) -> str:
    numbers = Counter(map(_verdict, checked))
    parts = [f"{numbers[name]} {name}" for name in _ORDER if numbers[name]]
    files = f"{len(checked)} file{'' if len(checked) == 1 else 's'}"
    return f"{files}: {', '.join(parts)}." if parts else "There are no files."


def _safe(text: str, longest: int | None = _LONGEST) -> str:
    """Take out what could steer a terminal or turn its text round, and what nobody reads."""
    shown = printable(text)
    too_long = longest is not None and len(shown) > longest
    return f"{shown[:longest]}…" if too_long else shown
