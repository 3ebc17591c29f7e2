"""``credhub ledger policy``: what others need to verify offline."""

import click

from credhub.cli.session import read_settings
from credhub.operator_files import read_witness_policy
from credhub.runtime_read_only import open_to_audit
from credhub.services import policies


@click.command("policy")
def policy() -> None:
    """Print the policy of this service, for those who verify offline.

    It is a C2SP tlog-policy: every log with its key, the witnesses and the quorum that are set
    up here, and in comment lines the hubs that the logs speak for. Give it to employers on a way
    that they trust; whoever can change it decides whom they believe.
    """
    settings = read_settings()
    with open_to_audit(settings, public_only=True) as (store, _):
        made = policies.of_hubs(store, witnesses=read_witness_policy(settings))
    click.echo(made.text(), nl=False)
