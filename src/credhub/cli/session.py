"""What every command begins with: settings, and the runtime they describe."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from pydantic import ValidationError

from credhub.config import Settings
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
        lines = [
            f"CREDHUB_{'_'.join(str(part) for part in item['loc']).upper()}: {item['msg']}"
            if item["loc"]
            else item["msg"].removeprefix("Value error, ")
            for item in error.errors(include_input=False)
        ]
        raise click.ClickException("\n".join(lines)) from error


@contextmanager
def opened_runtime(settings: Settings | None = None) -> Iterator[Runtime]:
    """Open the runtime, after bringing an embedded database up to date."""
    settings = settings or read_settings()
    prepare_data_folder(settings)
    if settings.database.startswith("sqlite"):
        upgrade(settings.database)
    with open_runtime(settings) as runtime:
        yield runtime


def prepare_data_folder(settings: Settings) -> None:
    """Make the data folder, for its owner alone."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)


def chosen_hub(resources: Resources, slug: str | None) -> Hub:
    """Find the hub that a command is about; with one hub there is nothing to choose."""
    if slug is not None:
        return hubs.find(resources, slug)
    known = hubs.all_hubs(resources)
    if len(known) != 1:
        names = ", ".join(hub.slug for hub in known) or "none yet: credhub hub create"
        raise click.UsageError(f"Choose a hub with --hub ({names}).")
    return known[0]
