"""``credhub ledger``: look after the ledgers. Every command is in a module of its own."""

import click

from credhub.cli.ledger_doctor import doctor
from credhub.cli.ledger_policy import policy
from credhub.cli.ledger_publish import publish
from credhub.cli.ledger_roll import roll
from credhub.cli.ledger_rollback import accept_rollback
from credhub.cli.witness_key import witness_key

_COMMANDS: tuple[click.Command, ...] = (
    doctor,
    accept_rollback,
    roll,
    policy,
    publish,
    witness_key,
)


@click.group()
def ledger() -> None:
    """Look after the ledgers."""


for command in _COMMANDS:
    ledger.add_command(command)
