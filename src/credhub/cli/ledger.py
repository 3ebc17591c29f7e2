"""``credhub ledger``: look after the ledgers. Every command is in a module of its own."""

import click

_COMMANDS: tuple[click.Command, ...] = ()


@click.group()
def ledger() -> None:
    """Look after the ledgers."""


for command in _COMMANDS:
    ledger.add_command(command)
