"""The credential that is attached to a PDF: ours, or anybody's. What the pages show is not read."""

from io import BytesIO
from typing import Final

from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.errors import LimitReachedError, PyPdfError

from credhub.errors import (
    CredentialTooLargeError,
    EncryptedPdfError,
    FileTooComplexError,
    MalformedPdfError,
    SeveralCredentialsError,
)
from credhub.uploads import attachments, candidates
from credhub.uploads.found import MAX_CREDENTIAL, Carrier, Found, What

MAX_UNPACKED: Final = 8 * 1024 * 1024
MAX_XREF_ENTRIES: Final = 200_000
# A picture is read as it is packed, and no file is larger.
_MAX_PACKED: Final = 16 * 1024 * 1024

_BOUNDS: Final = Configuration(
    maximum_declared_stream_length=_MAX_PACKED,
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
_BOM: Final = b"\xef\xbb\xbf"


def credential_in(data: bytes) -> Found | None:
    """Take the attached credential out of a PDF; ``None`` when there is none.

    Raises:
        MalformedPdfError: It is no PDF, or damaged.
        EncryptedPdfError: It is encrypted, with or without a password.
        TooManyAttachmentsError: It has more attachments than any honest one.
        SeveralCredentialsError: Two that are not the same are credentials.
        FileTooComplexError: It unpacks to more than any honest one, or leads in circles.
    """
    try:
        with apply_configuration(_BOUNDS):
            files = set(attachments.in_file(_opened(data)))
            texts = [file for file in files if candidates.is_credential(file)]
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


def _found(text: bytes) -> Found:
    text = text.removeprefix(_BOM)
    if len(text) > MAX_CREDENTIAL:
        raise CredentialTooLargeError
    if not candidates.is_in_utf_8(text):
        raise MalformedPdfError
    try:
        return Found(what=What.CREDENTIAL, carrier=Carrier.PDF, text=text.decode())
    except UnicodeDecodeError as error:
        raise MalformedPdfError from error
