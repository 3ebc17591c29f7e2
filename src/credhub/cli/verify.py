"""``credhub verify``: check files, one or many."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.progress import track

from credhub.cli import verify_report, verify_table
from credhub.cli.offline import Moment, PolicyFile, verifying_offline
from credhub.cli.session import opened_runtime, read_settings
from credhub.cli.verify_files import Given, listed
from credhub.cli.verify_outcome import Checked, Verify, check, worst
from credhub.ledger.policy import Policy
from credhub.runtime import Runtime
from credhub.services import uploads
from credhub.services.trust import trust_files


class _NotRead(click.ClickException):
    """The one file that was asked about could not be read."""

    def __init__(self, checked: Checked) -> None:
        super().__init__(f"{checked.file}: {checked.reason}")
        self.exit_code = checked.exit_code  # type: ignore[misc]  # click reads it of the instance


@click.command()
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
)
@click.option(
    "--receipt",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With one FILE: a receipt (.tlog-proof) that is said to belong to it.",
)
@click.option(
    "--offline", is_flag=True, help="Check bundles by themselves: no network, database or setting."
)
@click.option(
    "--policy",
    type=PolicyFile(),
    help="With --offline: the ledgers and hubs that you believe (see credhub ledger policy).",
)
@click.option(
    "--trust",
    type=click.Path(exists=True, path_type=Path),
    help="Your own list of issuers, or a folder of lists (see credhub trust). With --offline it is"
    " for credentials whose issuer's identifier holds the key; of bundles the policy decides.",
)
@click.option("--as-of", type=Moment(), help="With --offline: judge this moment instead of now.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Write JSON: a report, or a line for each of many files.",
)
def verify(  # noqa: PLR0913 - click passes each option by its name
    *,
    files: tuple[Path, ...],
    receipt: Path | None,
    offline: bool,
    policy: Policy | None,
    trust: Path | None,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Check the credential, the bundle or the presentation in each FILE.

    A FILE is JSON or a token; a PDF or a badge image that holds one; or a photo or scan of a
    certificate with its QR code. Of a folder every file in it and below it is checked, except
    hidden ones; links in it are not followed.

    The exit code is 0 if every file is valid. It is 1 if one of them is not, or holds nothing that
    can be read as one credential; else 3 if the issuer of one is unknown, or something could not be
    found out. Of a presentation that nobody signed it is that of the credentials in it, and of one
    with nothing in it 3.
    """
    verifying: AbstractContextManager[Verify]
    alone = len(files) == 1 and not files[0].is_dir()
    if offline:
        if (policy is None and trust is None) or receipt is not None:
            raise click.UsageError("--offline needs --policy or --trust, and takes no --receipt.")
        verifying = verifying_offline(policy or Policy(), trust=trust, as_of=as_of)
    elif policy is not None or as_of is not None:
        raise click.UsageError("--policy and --as-of are for --offline.")
    elif receipt is not None and not alone:
        raise click.UsageError("--receipt is for one FILE.")
    else:
        verifying = _verifying_here(receipt, trust)
    given = listed(files)
    with verifying as verify_one:
        if alone:
            code = _check_one(given[0], verify_one, as_json=as_json)
        elif as_json:
            code = _write_lines(given, verify_one)
        else:
            within = files[0] if len(files) == 1 else None
            code = _show_table(given, verify_one, within=within)
    sys.exit(code)


def _check_one(given: Given, verify_one: Verify, *, as_json: bool) -> int:
    checked = check(given, verify_one)
    if checked.report is None:
        raise _NotRead(checked)
    if as_json:
        click.echo(json.dumps(checked.report.to_document(), indent=2, ensure_ascii=False))
    else:
        verify_report.show(checked.report)
    return checked.exit_code


def _write_lines(given: Sequence[Given], verify_one: Verify) -> int:
    codes: set[int] = set()
    for one in given:
        checked = check(one, verify_one)
        codes.add(checked.exit_code)
        # In ASCII, because the name of a file may be anything.
        click.echo(json.dumps(checked.to_document()))
    return worst(codes)


def _show_table(given: Sequence[Given], verify_one: Verify, *, within: Path | None) -> int:
    console = Console(stderr=True)
    followed = track(
        given,
        description="Checking",
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    checked = [check(one, verify_one) for one in followed]
    verify_table.show(checked, within=within)
    return worst({one.exit_code for one in checked})


@contextmanager
def _verifying_here(receipt: Path | None, trust: Path | None) -> Iterator[Verify]:
    own_lists = trust_files.read(trust)
    said = None if receipt is None else receipt.read_bytes().decode(errors="replace")
    with _runtime() as runtime:
        lists = (*own_lists, *runtime.resources.trust_lists)
        resources = replace(runtime.resources, trust_lists=lists)
        if said is None:
            yield lambda data: uploads.verify_file(resources, data)
        else:
            yield lambda data: uploads.verify(resources, uploads.read(data), receipt=said)


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
