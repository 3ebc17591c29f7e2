"""The credential that is attached to a PDF: ours, or anybody's. What the pages show is not read.

Source:
    ISO 32000-2, sections 7.9.6 (name trees), 7.11.4 (embedded files) and 14.13 (associated files).
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    PdfObject,
    StreamObject,
)

from credhub.errors import (
    CredentialTooLargeError,
    EncryptedPdfError,
    FileTooComplexError,
    MalformedPdfError,
    SeveralCredentialsError,
    TooManyAttachmentsError,
)
from credhub.uploads.found import MAX_CREDENTIAL, Carrier, Found, What

MAX_ATTACHMENTS: Final = 16
MAX_NODES: Final = 64
MAX_UNPACKED: Final = 8 * 1024 * 1024
MAX_XREF_ENTRIES: Final = 200_000

_BOUNDS: Final = Configuration(
    maximum_declared_stream_length=MAX_UNPACKED,
    array_based_stream_maximum_output_length=MAX_UNPACKED,
    array_maximum_element_count=100_000,
    dictionary_maximum_element_count=10_000,
    lzw_maximum_output_length=MAX_UNPACKED,
    run_length_maximum_output_length=MAX_UNPACKED,
    zlib_maximum_output_length=MAX_UNPACKED,
    zlib_maximum_recovery_input_length=0,
    stream_filters_maximum_length=2,
    stream_decoding_work_maximum_length=2 * MAX_UNPACKED,
    jbig2dec_binary=None,  # Nothing starts a program.
    disable_legacy_handling=True,
)

# What a reader of damaged files may stumble over in a file that is built to make it stumble.
_STUMBLES: Final = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    TypeError,
    ValueError,
)
# Two full stops, or three parts and what a holder shows after ~.
_TOKEN: Final = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+(?:~[A-Za-z0-9_.~-]*)?")
_WORDS: Final = (b"VerifiableCredential", b"OpenBadgeCredential", b"CredhubBundle", b"openbadges/v")
_BOM: Final = b"\xef\xbb\xbf"


def credential_in(data: bytes) -> Found | None:
    """Take the attached credential out of a PDF; ``None`` when there is none.

    Raises:
        MalformedPdfError: It is no PDF, or damaged.
        EncryptedPdfError: It is encrypted, with or without a password.
        TooManyAttachmentsError: It has more attachments than any honest one.
        SeveralCredentialsError: Two of them are credentials.
        FileTooComplexError: It unpacks to more than any honest one, or leads in circles.
    """
    try:
        with apply_configuration(_BOUNDS):
            texts = [text for text in _attachments(_opened(data)) if _is_credential(text)]
    except (LimitReachedError, RecursionError) as error:
        raise FileTooComplexError from error
    except _STUMBLES as error:
        raise MalformedPdfError from error
    if len(texts) > 1:
        raise SeveralCredentialsError
    return _found(texts[0]) if texts else None


def _opened(data: bytes) -> PdfReader:
    try:
        reader = PdfReader(
            BytesIO(data),
            strict=False,
            root_object_recovery_limit=1000,
            xref_stream_maximum_entries=MAX_XREF_ENTRIES,
        )
    except NotImplementedError as error:  # an encryption that nobody knows
        raise EncryptedPdfError from error
    if reader.is_encrypted:
        raise EncryptedPdfError
    return reader


def _attachments(reader: PdfReader) -> Iterator[bytes]:
    """Unpack every attachment once, in whichever of the two places it is listed."""
    catalog = _dictionary(reader.trailer.get("/Root"))
    if not catalog:
        raise MalformedPdfError
    names = _dictionary(catalog.get("/Names"))
    listed = [*_in_tree(names.get("/EmbeddedFiles")), *_items(catalog.get("/AF"))]
    seen: set[object] = set()
    for specification in listed:
        reference = _file_of(_dictionary(specification))
        stream = _resolved(reference)
        key = reference.idnum if isinstance(reference, IndirectObject) else id(stream)
        if key in seen or not isinstance(stream, StreamObject):
            continue
        seen.add(key)
        if len(seen) > MAX_ATTACHMENTS:
            raise TooManyAttachmentsError
        yield stream.get_data()


def _in_tree(root: PdfObject | None) -> Iterator[PdfObject]:
    """Walk a name tree, however it is knotted."""
    nodes = [root]
    for number, node in enumerate(nodes):
        if number == MAX_NODES:
            raise FileTooComplexError
        branch = _dictionary(node)
        nodes += _items(branch.get("/Kids"))[:MAX_NODES]
        pairs = _items(branch.get("/Names"))
        if len(pairs) > 2 * MAX_ATTACHMENTS:
            raise TooManyAttachmentsError
        yield from pairs[1::2]


def _file_of(specification: DictionaryObject) -> PdfObject | None:
    files = _dictionary(specification.get("/EF"))
    for name in ("/UF", "/F"):
        if name in files:
            reference: PdfObject = files.raw_get(name)
            return reference
    return None


def _resolved(value: PdfObject | None) -> PdfObject | None:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _dictionary(value: PdfObject | None) -> DictionaryObject:
    resolved = _resolved(value)
    return resolved if isinstance(resolved, DictionaryObject) else DictionaryObject()


def _items(value: PdfObject | None) -> list[PdfObject]:
    resolved = _resolved(value)
    return list(resolved) if isinstance(resolved, ArrayObject) else []


def _is_credential(text: bytes) -> bool:
    text = text.removeprefix(_BOM).strip()
    if text.startswith(b"{"):
        return any(word in text for word in _WORDS)
    return text.startswith(b"ey") and _TOKEN.fullmatch(text) is not None


def _found(text: bytes) -> Found:
    text = text.removeprefix(_BOM)
    if len(text) > MAX_CREDENTIAL:
        raise CredentialTooLargeError
    try:
        return Found(what=What.CREDENTIAL, carrier=Carrier.PDF, text=text.decode())
    except UnicodeDecodeError as error:
        raise MalformedPdfError from error
