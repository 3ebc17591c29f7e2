"""The demo hub of ``make run``: made on first start, found again afterwards."""

import os
from pathlib import Path
from typing import Final

import click

from credhub.cli.issue import issue_with_progress
from credhub.documents.roster import read_roster
from credhub.errors import HubExistsError
from credhub.jsontypes import JsonObject, parse_object
from credhub.runtime import Runtime
from credhub.services import achievements, api_keys, certificates, hubs, reading
from credhub.services.api_keys import Scope
from credhub.services.hubs import NewHub
from credhub.services.idempotency import Once
from credhub.services.reading import ListedCredential
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.web.api.models import AchievementRequest

ROUTE: Final = "demo"


def prepare(runtime: Runtime, folder: Path) -> None:
    """Make the demo hub with its achievements and credentials, unless it is there; say where."""
    plan = parse_object((folder / "hub.json").read_bytes())
    hub, token = _hub(runtime, plan)
    ids = {
        str(definition["key"]): _publish(runtime.resources, hub, definition)
        for definition in _objects(plan, "achievements")
    }
    for roster in sorted(folder.glob("*.csv")):
        results = issue_with_progress(runtime, hub, read_roster(roster.read_bytes()), aliases=ids)
        for result in results:
            if result.problem is not None:
                click.echo(f"{roster.name}, row {result.row.row}: {result.problem}", err=True)
    _announce(runtime, hub, token)


def _hub(runtime: Runtime, plan: JsonObject) -> tuple[Hub, str | None]:
    hub = _make_hub(runtime, plan)
    token = None if _key_file(runtime).exists() else _make_key(runtime, hub)
    if hub.base_url != runtime.settings.origin:
        click.echo(
            f"The demo hub was made for {hub.base_url} and keeps that address; "
            f"start on its port, or choose another CREDHUB_DATA.",
            err=True,
        )
    return hub, token


def _make_hub(runtime: Runtime, plan: JsonObject) -> Hub:
    new = NewHub(
        slug=str(plan["slug"]),
        name=str(plan["name"]),
        base_url=runtime.settings.origin,
        description=str(plan["description"]),
        url=str(plan["url"]),
        email=str(plan["email"]),
    )
    try:
        return hubs.create(runtime.resources, new)  # Also completes one that was cut off.
    except HubExistsError:
        return hubs.find(runtime.resources, new.slug)


def _make_key(runtime: Runtime, hub: Hub) -> str:
    _, token = api_keys.create(runtime.resources, hub.number, label="demo", scopes=tuple(Scope))
    _write_private(_key_file(runtime), (token + "\n").encode())
    return token


def _publish(resources: Resources, hub: Hub, definition: JsonObject) -> str:
    body = {name: value for name, value in definition.items() if name not in {"key", "program"}}
    request = AchievementRequest.model_validate(body)
    once = Once(resources, hub.number, route=ROUTE, key=str(definition["key"]), body=body)
    stored = achievements.publish(resources, hub.number, request.to_achievement, once)
    return stored.achievement_id


def _announce(runtime: Runtime, hub: Hub, token: str | None) -> None:
    click.echo()
    click.echo(f"  {hub.name} is ready.")
    for listed in reading.page(runtime.resources, hub.number, before=None, limit=1):
        click.echo(f"  A credential     {listed.address}")
        click.echo(f"  Its certificate  {_certificate(runtime, listed)}")
    if token is None:
        click.echo(f"  API key          in {_key_file(runtime)}")
    else:
        click.echo(f"  API key          {token}")
    click.echo(f"  API docs         {runtime.settings.origin}/docs")
    click.echo()


def _certificate(runtime: Runtime, listed: ListedCredential) -> Path:
    path = runtime.settings.data / "certificates" / f"{listed.credential.code}.pdf"
    if not path.exists():
        opened = reading.by_id(
            runtime.resources, listed.hub.number, listed.credential.credential_id
        )
        path.parent.mkdir(mode=0o700, exist_ok=True)
        _write_private(path, certificates.render(runtime.resources, opened))
    return path


def _key_file(runtime: Runtime) -> Path:
    return runtime.settings.data / "demo-api-key"


def _write_private(path: Path, content: bytes) -> None:
    """Write a file for its owner alone, whole or not at all."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    draft.replace(path)


def _objects(plan: JsonObject, name: str) -> list[JsonObject]:
    value = plan[name]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
