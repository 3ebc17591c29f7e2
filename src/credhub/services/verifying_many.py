"""Verify many credentials for somebody with a key: each by itself, in the time of one answer."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from credhub.errors import (
    CredentialErasedError,
    CredentialNotFoundError,
    CredentialNotShownError,
    MalformedJsonError,
    NotALinkError,
    NothingAtAddressError,
    NoTimeLeftError,
    NotShownAtAddressError,
    PresentationInBatchError,
    TextTooLargeError,
    UnreadableError,
    VerificationError,
)
from credhub.jsontypes import JsonObject
from credhub.services import uploads
from credhub.services.resources import Resources
from credhub.uploads import links
from credhub.uploads.found import MAX_CREDENTIAL
from credhub.verification import presented
from credhub.verification.presentation_report import PresentationReport
from credhub.verification.report import Report
from credhub.verification.verify import refuse_unread

MOST: Final = 1000
SECONDS: Final = 45.0
"""After so many nothing more is begun: callers and proxies wait for an answer for a minute."""

Item = str | JsonObject
AnyReport = Report | PresentationReport


def verify_many(
    resources: Resources,
    items: Sequence[Item],
    *,
    seconds: float = SECONDS,
    monotonic: Callable[[], float] = time.monotonic,
) -> Iterator[AnyReport]:
    """Verify each item as if it had been sent alone.

    Args:
        resources: What services work with.
        items: Credentials and bundles, as JSON that was read strictly or as texts that were not
            read at all: a text that is neither JSON nor a token costs the others nothing. The
            address of a credential is a text too.
        seconds: How long to begin with further ones. Then they are indeterminate.
        monotonic: Seconds since some moment.

    Yields:
        A report for each, in the same order.
    """
    end = monotonic() + seconds
    for item in items:
        if monotonic() >= end:
            yield _refuse(resources, NoTimeLeftError())
        else:
            yield _verify(resources, item)


def _verify(resources: Resources, item: Item) -> AnyReport:
    address = links.address_in(_encoded(item)) if isinstance(item, str) else None
    if address is not None:
        return _verify_address(resources, address)
    try:
        uploaded = _read(item) if isinstance(item, str) else item
    except MalformedJsonError:
        return _refuse(resources, UnreadableError())
    except TextTooLargeError as error:
        return _refuse(resources, error)
    if presented.says_it_is_one(uploaded):
        # One of them may hold twenty credentials, and is an answer to one question.
        return _refuse(resources, PresentationInBatchError())
    return uploads.verify(resources, uploaded)


def _verify_address(resources: Resources, address: str) -> Report:
    try:
        return uploads.verify_address(resources, address)
    except (CredentialNotFoundError, CredentialErasedError):
        return _refuse(resources, NothingAtAddressError())
    except CredentialNotShownError:
        return _refuse(resources, NotShownAtAddressError())
    except NotALinkError:
        return _refuse(resources, UnreadableError())


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # The parser refuses what is no Unicode.


def _read(text: str) -> bytes | JsonObject:
    data = _encoded(text)
    if len(data) > MAX_CREDENTIAL:
        raise TextTooLargeError
    return uploads.read(data)


def _refuse(resources: Resources, error: VerificationError) -> Report:
    return refuse_unread(error, now=resources.clock())
