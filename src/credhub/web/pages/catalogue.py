"""The sentences of the pages, by code, in one language.

Values inside a sentence are escaped and isolated from the direction of the text around them,
so a learner's or hub's name can change neither the markup nor the reading order.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from markupsafe import Markup

_BDI = Markup("<bdi>{}</bdi>")
_TIME = Markup('<time datetime="{}">{}</time>')


class MissingMessageError(LookupError):
    """A page asked for a sentence that its language does not have: a fault of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Every fixed sentence of the pages in one language.

    Attributes:
        language: BCP 47 tag, for the ``lang`` attribute.
        direction: ``ltr`` or ``rtl``.
        sentences: Sentence by dotted code, such as ``verdict.valid.headline``.
    """

    language: str
    direction: str
    sentences: Mapping[str, str]

    def __contains__(self, code: str) -> bool:
        return code in self.sentences

    def say(self, code: str, /, **values: str | int) -> Markup:
        """Give one sentence as HTML, with its values escaped and isolated by ``<bdi>``.

        Values that are markup already, such as dates and links, are kept as they are.

        Raises:
            MissingMessageError: The catalogue has no such sentence.
        """
        isolated = {name: _isolate(value) for name, value in values.items()}
        return Markup(self._sentence(code)).format(**isolated)  # noqa: S704  our own file

    def plain(self, code: str, /, **values: str | int) -> str:
        """Give one sentence as text, for titles and attributes.

        Raises:
            MissingMessageError: The catalogue has no such sentence.
        """
        return self._sentence(code).format(**values)

    def date(self, at: datetime) -> Markup:
        """Give the day of a time, in UTC, such as 14 June 2026."""
        return _TIME.format(_machine(at), self.date_text(at))

    def moment(self, at: datetime) -> Markup:
        """Give a time to the minute, in UTC."""
        utc = at.astimezone(UTC)
        text = self.plain(
            "date.moment",
            date=self.date_text(utc),
            hour=f"{utc.hour:02}",
            minute=f"{utc.minute:02}",
        )
        return _TIME.format(_machine(at), text)

    def date_text(self, at: datetime) -> str:
        """Give the day of a time, in UTC, as text."""
        utc = at.astimezone(UTC)
        month = self._sentence(f"date.month-{utc.month}")
        return self.plain("date.long", day=utc.day, month=month, year=utc.year)

    def _sentence(self, code: str) -> str:
        try:
            return self.sentences[code]
        except KeyError as error:
            raise MissingMessageError(f"{self.language} has no message {code}.") from error


def clock(at: datetime) -> str:
    """Give the hours, minutes and seconds of a time, in UTC."""
    return f"{at.astimezone(UTC):%H:%M:%S}"


def _isolate(value: str | int) -> Markup | str:
    if isinstance(value, Markup):
        return value
    return _BDI.format(value) if isinstance(value, str) else str(value)


def _machine(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _load(language: str) -> Catalogue:
    text = (files(__package__) / "messages" / f"{language}.toml").read_text("utf-8")
    sentences = dict(_flatten("", tomllib.loads(text)))
    return Catalogue(
        language=sentences.pop("catalogue.language"),
        direction=sentences.pop("catalogue.direction"),
        sentences=MappingProxyType(sentences),
    )


def _flatten(prefix: str, table: Mapping[str, object]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        code = f"{prefix}{name}"
        if isinstance(value, dict):
            found += _flatten(f"{code}.", value)
        else:
            found.append((code, str(value)))
    return found


ENGLISH: Final = _load("en")
