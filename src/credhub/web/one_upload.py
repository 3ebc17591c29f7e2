"""One form holds one thing to be verified: else an answer could be taken for that of another."""

from fastapi import Request
from starlette.datastructures import UploadFile

from credhub.errors import SeveralUploadsError

_THINGS = frozenset({"credential", "file"})


async def one_upload(request: Request) -> None:
    """Refuse a form with two things in it. Browsers send every field, the empty ones too.

    Raises:
        SeveralUploadsError: A field is there twice, or a text beside a file.
    """
    sent = (await request.form()).multi_items()
    given = [name for name, value in sent if name in _THINGS and _holds_something(value)]
    if len(given) > 1 or len({name for name, _ in sent}) < len(sent):
        raise SeveralUploadsError


def _holds_something(value: UploadFile | str) -> bool:
    return bool(value.strip() if isinstance(value, str) else value.size)
