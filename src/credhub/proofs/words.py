"""What a JSON document may say so that its RDF form says all of it."""

from typing import Final

from credhub.errors import ContextNotAllowedError, DataLossError
from credhub.jsontypes import JsonObject, JsonValue

# With these a document can say one thing to a JSON reader and another to an RDF reader.
_TRICKS: Final = frozenset({"@context", "@graph", "@included", "@nest", "@reverse"})
_KEYWORDS: Final = frozenset({"@id", "@type", "@value", "@language"})
_ID_NAMES: Final = ("id", "@id")


class DocumentWords:
    """One walk over a document: the words it uses, and the refusals that need no RDF.

    Attributes:
        names: Every member name.
        used: Every name and string, and the part of each before its first colon.
    """

    __slots__ = ("_root_id", "names", "used")

    def __init__(self, body: JsonObject) -> None:
        """Walk a document without its own ``@context``.

        Raises:
            ContextNotAllowedError: A member changes the meaning of others.
            DataLossError: A value would be dropped, or would change, on the way to RDF.
        """
        self.names: set[str] = set()
        self.used: set[str] = set()
        self._root_id = body.get("id", body.get("@id"))
        self._members(body)

    def check_names(self, terms: frozenset[str]) -> None:
        """Refuse member names that no context defines, even those without a value.

        Raises:
            DataLossError: Naming the member.
        """
        for name in self.names - terms - _KEYWORDS:
            if ":" not in name or name.startswith(("_:", "@")):
                raise DataLossError(f"No context defines the member {name!r:.80}.")

    def _members(self, members: JsonObject) -> None:
        for name, value in members.items():
            if name in _TRICKS:
                raise ContextNotAllowedError(f"The member {name} is not accepted.")
            self.names.add(name)
            self._word(name)
            self._value(value)

    def _value(self, value: JsonValue) -> None:
        match value:
            case str():
                if value.startswith("_:"):
                    raise DataLossError("An identifier that begins with _: names nothing.")
                self._word(value)
            case dict():
                self._nested(value)
            case list():
                for item in value:
                    self._value(item)
            case bool() | None:
                pass
            case _:
                _check_number(value)

    def _nested(self, members: JsonObject) -> None:
        # Else a member could be moved from the document to where nobody looks for it.
        if self._root_id is not None and any(
            members.get(name) == self._root_id for name in _ID_NAMES
        ):
            raise DataLossError("The document describes itself in two places.")
        self._members(members)

    def _word(self, text: str) -> None:
        self.used.add(text)
        if ":" in text:
            self.used.add(text.partition(":")[0])


def _check_number(number: float) -> None:
    # RDF writes 16 significant digits, so 0.1 + 0.2 and 0.3 would be signed alike.
    if float(f"{number:.15E}") != number:
        raise DataLossError("A number has more digits than its signed form can hold.")
