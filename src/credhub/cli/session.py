"""What every command begins with: settings, and the runtime they describe."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from pydantic import ValidationError

from credhub.config import Settings
from credhub.operator_files import ending
from credhub.runtime import Runtime, open_runtime
from credhub.services import hubs
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.store.migrating import upgrade


def read_settings() -> Settings:
    """Read the settings from the environment, or say which one is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        raise click.UsageError("\n".join(_wrong_settings(error))) from error


def _wrong_settings(error: ValidationError) -> Iterator[str]:
    for item in error.errors(include_input=False):
        message = item["msg"].removeprefix("Value error, ")
        yield ": ".join((*(f"CREDHUB_{part}".upper() for part in item["loc"]), message))


@contextmanager
def opened_runtime(settings: Settings | None = None) -> Iterator[Runtime]:
    """Open the runtime, after bringing an embedded database up to date."""
    settings = settings or read_settings()
    prepare_data_folder(settings)
    if settings.database.startswith("sqlite"):
        upgrade(settings.database, on_disk_fault=ending(settings))
    with open_runtime(settings) as runtime:
        yield runtime


def printable(text: str) -> str:
    """Replace what could steer a terminal, in text that strangers may have written."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def prepare_data_folder(settings: Settings) -> None:
    """Make the data folder, for its owner alone."""
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "it cannot be made"
        raise click.UsageError(f"CREDHUB_DATA: {settings.data}: {reason}.") from error


def chosen_hub(resources: Resources, slug: str | None) -> Hub:
    """Find the hub that a command is about; with one hub there is nothing to choose."""
    if slug is not None:
        return hubs.find(resources, slug)
    known = hubs.all_hubs(resources)
    if len(known) != 1:
        names = ", ".join(hub.slug for hub in known) or "none yet: credhub hub create"
        raise click.UsageError(f"Choose a hub with --hub ({names}).")
    return known[0]
