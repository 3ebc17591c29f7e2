"""``credhub verify``: check a credential file."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from credhub.cli import verify_report
from credhub.cli.offline import Moment, PolicyFile, verify_offline
from credhub.cli.session import opened_runtime, read_settings
from credhub.errors import MalformedJsonError
from credhub.jsontypes import JsonObject
from credhub.ledger.policy import Policy
from credhub.runtime import Runtime
from credhub.services import trust_files, uploads
from credhub.verification.presentation_report import PresentationReport
from credhub.verification.report import Report, Verdict

# 0 accepts; 1 refuses; 2 is left to click for wrong usage; 3 says that it is not known.
_EXIT_CODES = {Verdict.VALID: 0, Verdict.INDETERMINATE: 3, Verdict.UNKNOWN_ISSUER: 3}


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--receipt",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A receipt (.tlog-proof) that is said to belong to it.",
)
@click.option(
    "--offline", is_flag=True, help="Check a bundle by itself: no network, no database, no setting."
)
@click.option(
    "--policy",
    type=PolicyFile(),
    help="With --offline: the ledgers and hubs that you believe (see credhub ledger policy).",
)
@click.option(
    "--trust",
    type=click.Path(exists=True, path_type=Path),
    help="Your own list of issuers, or a folder of lists (see credhub trust).",
)
@click.option("--as-of", type=Moment(), help="With --offline: judge this moment instead of now.")
@click.option("--json", "as_json", is_flag=True, help="Write the report as JSON.")
def verify(  # noqa: PLR0913 - click passes each option by its name
    *,
    file: Path,
    receipt: Path | None,
    offline: bool,
    policy: Policy | None,
    trust: Path | None,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Check the credential, the bundle or the presentation in FILE.

    The exit code is 0 for valid, 3 when the issuer is unknown or something could not be found
    out, and 1 for everything else. Of a presentation that nobody signed it is that of the
    credentials in it, and of one with nothing in it 3.
    """
    if offline:
        if policy is None or receipt is not None or trust is not None:
            raise click.UsageError("--offline needs --policy and takes no --receipt or --trust.")
        report: Report | PresentationReport = verify_offline(file, policy, as_of=as_of)
    elif policy is not None or as_of is not None:
        raise click.UsageError("--policy and --as-of are for --offline.")
    else:
        report = _verify_here(file, receipt, trust)
    if as_json:
        click.echo(json.dumps(report.to_document(), indent=2, ensure_ascii=False))
    else:
        verify_report.show(report)
    sys.exit(_exit_code(report))


def _exit_code(report: Report | PresentationReport) -> int:
    code = _EXIT_CODES.get(report.verdict, 1)
    empty = isinstance(report, PresentationReport) and not report.credentials
    return 3 if empty and code == 0 else code


def _verify_here(
    file: Path, receipt: Path | None, trust: Path | None
) -> Report | PresentationReport:
    own_lists = trust_files.read(trust)
    with _runtime() as runtime:
        lists = (*own_lists, *runtime.resources.trust_lists)
        return uploads.verify(
            replace(runtime.resources, trust_lists=lists),
            _read(file),
            receipt=None if receipt is None else receipt.read_bytes().decode(errors="replace"),
        )


@contextmanager
def _runtime() -> Iterator[Runtime]:
    """Use the hub that is set up here; elsewhere nothing is made that stays."""
    settings = read_settings()
    if settings.database_url or settings.database_file.exists():
        with opened_runtime(settings) as runtime:
            yield runtime
        return
    with TemporaryDirectory() as folder:
        elsewhere = {"data": Path(folder), "second_store": f"sqlite:///{folder}/second.db"}
        away = settings.model_copy(update=elsewhere)
        with opened_runtime(away) as runtime:
            yield runtime


def _read(file: Path) -> bytes | JsonObject:
    try:
        return uploads.read(file.read_bytes())
    except MalformedJsonError as error:
        raise click.ClickException(f"{file} is neither a token nor JSON: {error}") from error
