"""The credential in an SVG badge. It is never drawn, and nothing in it is followed.

Source:
    Open Badges 3.0, section 5.3.2 (baking); Open Badges 2.0, "SVG baking".
"""

from typing import Final, NoReturn
from xml.parsers import expat

from credhub.errors import (
    AmbiguousBadgeError,
    BadgePlaceError,
    CredentialTooLargeError,
    FileTooComplexError,
    MalformedSvgError,
    UnsafeSvgError,
)
from credhub.uploads.found import MAX_CREDENTIAL, Carrier, Found, What

MAX_DEPTH: Final = 100
MAX_ELEMENTS: Final = 100_000

_ROOT: Final = "http://www.w3.org/2000/svg svg"
# The first is the standard's; some programs write the address of its context instead.
_BAKED: Final = {
    "https://purl.imsglobal.org/ob/v3p0 credential": What.CREDENTIAL,
    "https://purl.imsglobal.org/spec/ob/v3p0 credential": What.CREDENTIAL,
    "http://openbadges.org assertion": What.OPEN_BADGES_2,
}
_ATTRIBUTE: Final = "verify"
_PREFIX: Final = "openbadges"


def credential_in(data: bytes) -> Found | None:
    """Take the credential out of a badge; ``None`` when the image is not one.

    Raises:
        MalformedSvgError: It is no SVG.
        UnsafeSvgError: It declares entities, or has instructions for programs.
        UploadRefusedError: It holds a credential in another way than exactly one, readably.
    """
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise MalformedSvgError from error
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)  # noqa: FBT003 - the signature of expat
    except expat.ExpatError as error:
        raise MalformedSvgError from error
    return reader.found()


class _Reader:
    """What one pass over the elements finds."""

    def __init__(self) -> None:
        # Whatever encoding the file names, it is read in the one that it was checked to be in.
        self.parser = expat.ParserCreate("UTF-8", " ")
        self.parser.namespace_prefixes = True
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.ProcessingInstructionHandler = _refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._depth = 0
        self._elements = 0
        self._open = False
        self._what: What | None = None
        self._token: str | None = None
        self._pieces: list[str] = []

    def found(self) -> Found | None:
        if self._what is None:
            return None
        text = "".join(self._pieces).strip()
        if self._token is not None and text and self._what is What.CREDENTIAL:
            raise AmbiguousBadgeError
        text = text if self._token is None else self._token
        if len(text.encode()) > MAX_CREDENTIAL:
            raise CredentialTooLargeError
        return Found(what=self._what, carrier=Carrier.SVG, text=text)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise FileTooComplexError
        uri, _, rest = name.partition(" ")
        local, _, prefix = rest.partition(" ")
        known = _BAKED.get(f"{uri} {local}")
        if self._depth == 1 and f"{uri} {local}" != _ROOT:
            raise MalformedSvgError
        if self._open or (known is None and prefix == _PREFIX):
            raise MalformedSvgError
        if known is not None:
            self._begin(known, attributes)

    def _begin(self, what: What, attributes: dict[str, str]) -> None:
        if self._what is not None:
            raise AmbiguousBadgeError
        if self._depth != 2:  # noqa: PLR2004 - directly below the root
            raise BadgePlaceError
        self._open = True
        self._what = what
        self._token = attributes.get(_ATTRIBUTE)

    def _end(self, _: str) -> None:
        self._depth -= 1
        self._open = False

    def _text(self, text: str) -> None:
        if self._open:
            self._pieces.append(text)


def _refuse(*_: object) -> NoReturn:
    raise UnsafeSvgError
