"""``credhub dev``: for those who test credhub, not for those who run it."""

import click

from credhub.cli import dev_jose_cose
from credhub.cli.dev_vcalm import vcalm


@click.group()
def dev() -> None:
    """Talk to test suites. Nothing here is part of the service."""


dev.add_command(vcalm)
dev.add_command(dev_jose_cose.group)
