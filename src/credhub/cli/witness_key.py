"""``credhub ledger witness-key``: who we are as a witness."""

import click

from credhub.cli.session import opened_runtime


@click.command("witness-key")
def witness_key() -> None:
    """Print the public key with which this service cosigns the ledgers of others.

    It is made at the first use. Whoever wants our cosignatures puts it into a policy file, on a
    line such as: witness NAME KEY https://HOST/witness
    """
    with opened_runtime() as runtime:
        click.echo(runtime.resources.cosigner.key().text())
