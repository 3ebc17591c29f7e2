"""``credhub trust``: whom to vouch for."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from credhub import instants
from credhub.cli.offline import PolicyFile
from credhub.cli.session import printable, read_settings
from credhub.dids import did_web
from credhub.egress.client import Egress
from credhub.ledger.policy import Policy
from credhub.runtime_offline import open_offline
from credhub.services.foreign_dids import ForeignDids
from credhub.services.trust import trust_files, trust_signed, trust_updating
from credhub.services.trust.trust_signed import AskedDids, SignedCopy
from credhub.verification.partner_proof import PartnerProof

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@click.group("trust")
def trust() -> None:
    """Say whom this service vouches for, beside its own hubs."""


@trust.command("list")
def list_issuers() -> None:
    """Print every issuer of CREDHUB_TRUST, the list that counts first at the top."""
    lists = trust_files.read(read_settings().trust)
    if not lists:
        click.echo("No list: CREDHUB_TRUST is not set. The service vouches for its own hubs.")
    for known in lists:
        click.echo(f"{printable(known.source)}: {len(known.issuers)}")
        for issuer in known.issuers.values():
            click.echo(f"  {issuer.did}  {printable(issuer.name)}")


@trust.command("update")
@click.argument("url")
@click.option("--name", required=True, help="What the file will be called: letters and digits.")
def update(url: str, name: str) -> None:
    """Copy the list of issuers at URL into the folder CREDHUB_TRUST.

    URL is a list as the Digital Credentials Consortium publishes them, or its list of lists. The
    service reads the copy when it starts, and never asks URL itself.
    """
    folder = _folder()
    _check_name(name)
    egress = Egress(configured=(url,))
    done = trust_updating.update(url, folder, name, egress=egress, now=datetime.now(UTC))
    for one in done.copied:
        click.echo(f"{one.file}: {one.issuers} issuers, SHA-256 {one.digest}, from {one.url}")
    for other in done.not_read:
        click.echo(f"Not read, because it is not a file: {printable(other)}", err=True)
    click.echo("Look at the names, then restart the service.")


@trust.command("add-signed")
@click.argument("source")
@click.option("--hub", required=True, help="The DID of the hub that signs the list.")
@click.option("--name", required=True, help="What the file will be called: letters and digits.")
@click.option(
    "--policy",
    type=PolicyFile(),
    help="A C2SP tlog-policy that names the hub's ledger: it proves that the list is whole.",
)
def add_signed(source: str, hub: str, name: str, policy: Policy | None) -> None:
    """Copy the list of partners that a hub signs into the folder CREDHUB_TRUST.

    SOURCE is an address, such as https://HOST/hubs/HUB/partners, or a file. Everything in it must
    be signed by the hub, whose keys are asked for where its DID says; else nothing is copied. A
    list that is older than the copy that is there is refused. The service reads the copy when it
    starts, and asks nobody itself.

    Without a policy the signatures are checked, and nobody says that the list is whole, or new.
    """
    folder = _folder()
    _check_name(name)
    egress = Egress(configured=_configured(source, hub))
    text = trust_updating.fetched(source, egress) if _is_address(source) else None
    with open_offline() as offline:
        now = offline.clock()
        proof = PartnerProof(
            suites=offline.suites,
            dids=AskedDids(egress, ForeignDids(clock=offline.clock)),
            schemas=offline.schemas,
            policy=policy,
            now=now,
        )
        done = trust_signed.add_signed(
            trust_signed.read_text(Path(source)) if text is None else text,
            folder,
            name,
            source=source,
            hub=hub,
            proof=proof,
            now=now,
        )
    _show(done, proved=policy is not None)


def _show(done: SignedCopy, *, proved: bool) -> None:
    one, listed = done.copied, done.listed
    click.echo(f"{one.file}: version {listed.version}, SHA-256 {one.digest}, from {one.url}")
    endorser = printable(done.known.endorser or listed.did)
    for issuer in done.known.issuers.values():
        until = "" if issuer.valid_until is None else instants.text_of(issuer.valid_until)
        click.echo(
            f"  {endorser} vouches for {printable(issuer.name)}, {issuer.did}, until {until}"
        )
    if not proved:
        click.echo("Without --policy nobody says that this list is whole, or new.", err=True)
    click.echo("Look at the names, then restart the service.")


def _configured(source: str, hub: str) -> Iterable[str]:
    if _is_address(source):
        yield source
    if hub.startswith(did_web.PREFIX):
        yield did_web.url_of(hub)


def _is_address(source: str) -> bool:
    return source.startswith(("https://", "http://"))


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise click.UsageError("--name has lower-case letters, digits and hyphens.")


def _folder() -> Path:
    folder = read_settings().trust
    if folder is None or folder.is_file():
        raise click.UsageError("CREDHUB_TRUST must name a folder.")
    return folder
