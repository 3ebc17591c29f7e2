"""What commands that change many credentials are told: which ones, why, and whether to do it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Final, Self

import click

from credhub.cli.batch_work import achievement_named
from credhub.cli.row_files import choices_of_a_file
from credhub.documents.change_rows import check_reason
from credhub.documents.rows.choices import Choices
from credhub.errors import InvalidClaimError
from credhub.jsontypes import JsonObject
from credhub.services.bulk import change_filtering
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.store.standings import Filter

_MOMENT: Final = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"])
_READ: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_WRITTEN: Final = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which credentials are meant where no file says it; none of it when nothing is said."""

    achievement: str | None = None
    version: int | None = None
    batch_id: str | None = None
    issued_from: datetime | None = None
    issued_before: datetime | None = None
    api_key: str | None = None

    @classmethod
    def of(
        cls,
        *,
        issued_from: datetime | None = None,
        issued_before: datetime | None = None,
        **others: Any,  # noqa: ANN401 - as the options give them
    ) -> Self:
        """Take what was said; days begin in UTC."""
        return cls(issued_from=_in_utc(issued_from), issued_before=_in_utc(issued_before), **others)

    def check(self, file: Path | None) -> None:
        """Refuse what does not say which credentials are meant, or says it twice.

        Raises:
            UsageError: With what is to be said.
        """
        if (file is None) is (self == Wanted()):
            raise click.UsageError(
                "Say which credentials are meant: name either a FILE, or at least one of"
                " --achievement, --batch, --issued-from, --issued-before and --api-key."
            )
        if self.version is not None and self.achievement is None:
            raise click.UsageError("--version goes with --achievement.")

    def to_document(self) -> JsonObject:
        """Write what is said: two who say the same have the same."""
        return {
            "achievement": self.achievement,
            "version": self.version,
            "batch": self.batch_id,
            "issuedFrom": _text(self.issued_from),
            "issuedBefore": _text(self.issued_before),
            "apiKey": self.api_key,
        }

    def to_filter(self, resources: Resources, hub: Hub) -> Filter:
        """Make the domain value.

        Raises:
            AchievementNotFoundError: The hub has no such achievement.
            BatchNotFoundError: It has no such batch.
            ApiKeyNotFoundError: It has no such API key.
            UsageError: It has several achievements of this name.
        """
        named = self.achievement
        change_filtering.check_named(
            resources, hub.number, batch_id=self.batch_id, key_id=self.api_key
        )
        return Filter(
            achievement_id=None if named is None else achievement_named(resources, hub, named),
            achievement_version=self.version,
            batch_id=self.batch_id,
            issued_from=self.issued_from,
            issued_before=self.issued_before,
            issued_by=None if self.api_key is None else f"api-key:{self.api_key}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a command is asked to do."""

    file: Path | None
    wanted: Wanted
    slug: str | None
    said: Choices
    reason: str
    dry_run: bool
    fault_path: Path | None

    def check_reason(self) -> None:
        """Refuse a reason that cannot be kept, once and not for each row.

        Raises:
            UsageError: With what is wrong.
        """
        try:
            check_reason(self.reason)
        except InvalidClaimError as error:
            raise click.UsageError(f"--reason {error.message}") from error


def asking(*, filtered: bool, final: str | None) -> Callable[[Callable[..., None]], Any]:
    """Give a command its options, as its argument ``asked``.

    Args:
        filtered: Whether options may say which credentials are meant, instead of a file.
        final: What cannot be undone, if something is: the command must be told that it is meant.
    """

    def decorated(command: Callable[..., None]) -> Any:  # noqa: ANN401 - what click makes of it
        @wraps(command)
        def saying(
            *,
            file: Path | None,
            said: Choices,
            yes: bool = False,
            **others: Any,  # noqa: ANN401 - as above
        ) -> None:
            given = {name: others.pop(name) for name in Wanted.__slots__ if name in others}
            wanted = Wanted.of(**given)
            wanted.check(file)
            asked = Asked(file=file, wanted=wanted, said=said, **others)
            asked.check_reason()
            if final is not None and not (yes or asked.dry_run):
                raise click.UsageError(f"{final} See with --dry-run what it does; --yes does it.")
            if asked.fault_path is not None and not asked.dry_run:
                raise click.UsageError("--faults goes with --dry-run.")
            command(asked=asked)

        made: Any = choices_of_a_file(saying)
        for option in reversed([*_options(filtered=filtered, final=final)]):
            made = option(made)
        return made

    return decorated


def _options(*, filtered: bool, final: str | None) -> Iterator[Callable[..., Any]]:
    yield click.argument("file", required=not filtered, type=_READ)
    yield click.option(
        "--reason", required=True, help="Why; it is kept for the hub, and nobody else reads it."
    )
    yield click.option("--hub", "slug", help="The hub's name in addresses.")
    if filtered:
        yield click.option("--achievement", help="Those of an achievement: its id, or its name.")
        yield click.option("--version", type=int, help="Those by this version of it.")
        yield click.option("--batch", "batch_id", help="Those that a batch issued: its id.")
        yield click.option(
            "--issued-from", type=_MOMENT, help="Those issued from this day or moment on, in UTC."
        )
        yield click.option("--issued-before", type=_MOMENT, help="Those issued before it.")
        yield click.option(
            "--api-key", metavar="ID", help="Those that an API key asked for; revoke it first."
        )
    yield click.option(
        "--dry-run", is_flag=True, help="Say what would become of each, and change nothing."
    )
    yield click.option(
        "--faults",
        "fault_path",
        type=_WRITTEN,
        help="With --dry-run: a CSV file to write the faults to.",
    )
    if final is not None:
        yield click.option("--yes", is_flag=True, help="Do it. Without this nothing is done.")


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _in_utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)
