"""What of a credential a request asks for: one of its forms, or something made from one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar

from fastapi import Query
from pydantic import BeforeValidator

from credhub.errors import FormNotIssuedError
from credhub.proofs.forms import DEFAULT, TOKENS, Form
from credhub.web.media import accepted

_TOKEN_OF: Final[Mapping[str, Form]] = {form.media_type: form for form in Form if form in TOKENS}

TOKEN_TYPES: Final = tuple(_TOKEN_OF)
"""The media types of tokens, which a credential may have as well."""

Answer = TypeVar("Answer")


def with_plus(value: object) -> object:
    """Read a space as the plus sign that an address spells as ``%2B``."""
    return value.replace(" ", "+") if isinstance(value, str) else value


FormQuery = Annotated[
    Form | None,
    BeforeValidator(with_plus),
    Query(description="One of the forms that the credential was signed in."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A media type, and the form that it is made from."""

    media_type: str
    form: Form = DEFAULT


def answered(
    answer: Callable[[Choice], Answer],
    *,
    formats: Mapping[str, str],
    named: str | None,
    accept: str | None,
    form: Form | None,
) -> Answer:
    """Answer with what is asked for, or with the next best when it was not signed in this form.

    Args:
        answer: Makes the answer, or raises that the credential was not signed in a form.
        formats: Media types by the names that ``?format=`` has for them, the most natural first.
        named: The value of ``?format=``: one of these names or the name of a form.
        accept: The Accept header.
        form: The value of ``?form=``.

    Raises:
        FormNotIssuedError: Nothing of what is accepted is there.
    """
    *others, last = _choices(formats, named, accept, form)
    for choice in others:
        try:
            return answer(choice)
        except FormNotIssuedError:
            continue
    return answer(last)


def _choices(
    formats: Mapping[str, str], named: str | None, accept: str | None, form: Form | None
) -> Iterator[Choice]:
    if named is not None and named in formats:
        yield Choice(media_type=formats[named], form=form or DEFAULT)
        return
    if named is not None:
        yield Choice(media_type=Form(named).media_type, form=Form(named))
        return
    offered = (*dict.fromkeys(formats.values()), *_TOKEN_OF)
    for media_type in accepted(accept, offered) or offered[:1]:
        yield Choice(media_type=media_type, form=form or _TOKEN_OF.get(media_type, DEFAULT))
        if media_type not in _TOKEN_OF:
            return
