"""What a JSON document may say, so that its RDF form says all of it in the same words.

Two documents with one RDF form carry each other's signatures. Whoever reads the JSON must not
be told something else than what was signed, so only one spelling of each statement is accepted:
members are terms of the contexts (no addresses, no ``@id`` beside ``id``, no class names, and
nothing that looks like a keyword, which JSON-LD passes over), a type that has a name is called by
it, an array holds no array, what a context makes a number or a truth value stands without quotes
and what it makes a text within them, and the document's own node is described at its root only, but
for the address that it is refreshed from and for endorsements of it (``own_endorsements``), and no
credential in it could be written around it (``inside_out``).
"""

import re
from decimal import Decimal
from typing import Final

from credhub.errors import ContextNotAllowedError, DataLossError, DigitsLostError, TooComplexError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import inside_out, own_endorsements
from credhub.proofs.pruning import PrunedContexts

_TRICKS: Final = frozenset({"@context", "@graph", "@included", "@nest", "@reverse"})
_VALUE_OBJECT: Final = frozenset({"@value", "@language"})
_REFRESH: Final = "1EdTechCredentialRefresh"
# JSON-LD 1.1, section 1.7: what looks like a keyword is ignored where an identifier stands.
_LIKE_KEYWORD: Final = re.compile(r"@[A-Za-z]+")
LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
"""A well-formed language tag, as JSON-LD wants it (BCP 47, section 2.2.9)."""


class DocumentWords:
    """One walk over a document: the words it uses, and the refusals that need no RDF.

    Attributes:
        names: Every member name.
        valueless: Those that somewhere have no value, which leaves no trace in RDF.
        used: Every name and string, and the part of each before its first colon.
        has_joint_types: Whether some node has several types with words of their own.
    """

    __slots__ = (
        "_body",
        "_contexts",
        "_own_refresh",
        "_own_subjects",
        "has_joint_types",
        "names",
        "used",
        "valueless",
    )

    def __init__(self, body: JsonObject, contexts: PrunedContexts) -> None:
        """Walk a document without its own ``@context``.

        Args:
            body: The document.
            contexts: What its words mean.

        Raises:
            ContextNotAllowedError: A member changes the meaning of others.
            DataLossError: A value would be dropped, or would change, on the way to RDF, or is
                not in its one spelling.
            EndorsementsNotToldApartError: Of endorsements of the document, which said what is not
                signed.
            TooComplexError: The document labels its unnamed parts.
        """
        self.names: set[str] = set()
        self.valueless: set[str] = set()
        self.used: set[str] = set()
        self.has_joint_types = False
        self._contexts = contexts
        self._body = body
        self._own_refresh = _own_refresh(body)
        self._own_subjects = own_endorsements.subjects_in(
            body, identifying=contexts.identifying, own_refresh=self._own_refresh
        )
        self._members(body)

    def check_names(self) -> None:
        """Refuse member names that no context defines, even those without a value.

        Where a context defines all other words at once, those with a value are covered.

        Raises:
            DataLossError: Naming the member.
        """
        names = self.valueless if self._contexts.has_vocabulary else self.names
        for name in names - self._contexts.terms - _VALUE_OBJECT:
            raise DataLossError(f"No context defines the member {name!r:.80}.")

    def _members(self, members: JsonObject) -> None:
        if members.keys() & _VALUE_OBJECT:
            _check_value_object(members)
        for name, value in members.items():
            if name in _TRICKS:
                raise ContextNotAllowedError(f"The member {name} is not accepted.")
            is_word = not name.startswith("@") or name in _VALUE_OBJECT
            if not is_word or ":" in name or name[:1].isupper():
                raise DataLossError(f"{name!r:.80} is not the name of a member.")
            self.names.add(name)
            self.used.add(name)
            if _is_nothing(value):
                self.valueless.add(name)
            self._value(name, value)

    def _value(self, name: str, value: JsonValue) -> None:
        match value:
            case str():
                self._string(name, value)
            case dict():
                self._nested(name, value)
            case list():
                self._array(name, value)
            case None:
                pass
            case _:
                self._number(name, value)

    def _array(self, name: str, items: list[JsonValue]) -> None:
        if name == "type":
            scoped = [
                item for item in items if isinstance(item, str) and item in self._contexts.scoped
            ]
            self.has_joint_types |= len(scoped) > 1
        for item in items:
            if isinstance(item, list):
                raise DataLossError(f"The member {name!r:.80} holds an array in an array.")
            self._value(name, item)

    def _nested(self, name: str, members: JsonObject) -> None:
        own = self._body.get("id")
        if own is not None:
            if members.get("id") == own and not self._may_describe_root(name, members):
                raise DataLossError("The document describes itself in two places.")
            if inside_out.could_hold(members, self._body, identifying=self._contexts.identifying):
                raise DataLossError("A credential in the document leads back to it.")
        if name in self._contexts.graphs and not _states(members):
            raise DataLossError(f"The member {name!r:.80} holds something that says nothing.")
        self._members(members)

    def _may_describe_root(self, name: str, members: JsonObject) -> bool:
        if name == "refreshService":
            return members == self._own_refresh
        return any(members is subject for subject in self._own_subjects)

    def _number(self, name: str, number: float) -> None:
        if name in self._contexts.worded:
            raise DataLossError(f"The member {name!r:.80} is a text, and stands without quotes.")
        if not isinstance(number, bool):
            _check_number(number)

    def _string(self, name: str, text: str) -> None:
        if name in self._contexts.counted:
            raise DataLossError(f"The member {name!r:.80} is no text, and stands in quotes.")
        if name == "type" and ":" in text and text in self._contexts.meanings:
            raise DataLossError(f"{text!r:.80} is what a word of the contexts stands for.")
        if name in self._contexts.identifying:
            if text.startswith("_:"):
                raise TooComplexError("The document puts labels on its unnamed parts.")
            if _LIKE_KEYWORD.fullmatch(text):
                raise DataLossError(f"{text!r:.80} identifies nothing.")
        self.used.add(text)
        if ":" in text:
            self.used.add(text.partition(":")[0])


def _is_nothing(value: JsonValue) -> bool:
    return value is None or (isinstance(value, list) and set(map(type, value)) <= {type(None)})


def _states(members: JsonObject) -> bool:
    """Say whether there is a statement, and not just a name or a text."""
    return any(
        not _is_nothing(value)
        for name, value in members.items()
        if name != "id" and name not in _VALUE_OBJECT
    )


def _own_refresh(body: JsonObject) -> JsonObject | None:
    """Give the one node that may say something of the document's own id elsewhere.

    Many who issue Open Badges have their credentials refreshed from where they are. In RDF the
    document then is of the type of the service too. It is told apart from a type that was moved
    only where that is all the node says, and the document does not say it of itself.
    """
    if own_endorsements.is_said(body.get("type"), _REFRESH):
        return None
    return {"id": body.get("id"), "type": _REFRESH}


def _check_value_object(members: JsonObject) -> None:
    text, language = members.get("@value"), members.get("@language")
    if members.keys() != _VALUE_OBJECT or not isinstance(text, str) or not _is_language(language):
        raise DataLossError("A text with @value has a language, and nothing else.")


def _is_language(value: JsonValue) -> bool:
    return isinstance(value, str) and LANGUAGE.fullmatch(value) is not None


def _check_number(number: float) -> None:
    # RDF engines write 16 significant digits, so 0.1 + 0.2 and 0.3 would be signed alike.
    if Decimal(repr(number)) != Decimal(f"{number:.15E}"):
        raise DigitsLostError
