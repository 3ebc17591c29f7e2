"""Canonicalisation in a worker process that is killed when a document is built to be slow."""

from collections.abc import Collection
from typing import Final

import orjson

from credhub import errors
from credhub.errors import (
    CanonicalizationError,
    CredhubError,
    NotCheckedNowError,
    SandboxError,
    SandboxTaskError,
    SandboxTimeoutError,
    TooComplexError,
    VerificationError,
)
from credhub.jsontypes import JsonObject
from credhub.proofs.ecdsa_sd_2023 import isolated
from credhub.proofs.ecdsa_sd_2023.grouping import Grouped
from credhub.sandbox.pool import Sandbox

TASK: Final = "canonicalize"
GROUPING_TASK: Final = "group"
SECONDS: Final = 2.0


class GuardedCanonicalizer:
    """The canonicalizer for documents that strangers send."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def canonical(self, document: JsonObject) -> bytes:
        """Write a document as canonical N-Quads.

        Raises:
            TooComplexError: It took too long.
            NotCheckedNowError: Every worker is busy with others, or the worker crashed.
            VerificationError: As the canonicalizer in the worker says.
            CanonicalizationError: Likewise.
        """
        return _run(self._sandbox, TASK, orjson.dumps(document))


class GuardedGrouping:
    """Divides documents that strangers send into what can be shown by itself."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def group(
        self,
        document: JsonObject,
        *,
        hmac_key: bytes,
        mandatory: Collection[str],
        shown: Collection[str],
    ) -> Grouped:
        """Divide one document.

        Raises:
            TooComplexError: It took too long.
            NotCheckedNowError: Every worker is busy with others, or the worker crashed.
            VerificationError: As the grouping in the worker says.
            CanonicalizationError: Likewise.
        """
        request = isolated.request(document, hmac_key=hmac_key, mandatory=mandatory, shown=shown)
        return isolated.answered(_run(self._sandbox, GROUPING_TASK, request))


def _run(sandbox: Sandbox, task: str, request: bytes) -> bytes:
    try:
        return sandbox.run(task, request, seconds=SECONDS)
    except SandboxTaskError as error:
        raise _as_raised_in_worker(error) from error
    except SandboxTimeoutError as error:
        raise TooComplexError("The document takes too long to check.") from error
    except SandboxError as error:
        # A worker that crashed may be a fault of ours, which must never read as a forgery.
        raise NotCheckedNowError from error


def _as_raised_in_worker(error: SandboxTaskError) -> CredhubError:
    kind = _BY_CODE.get(error.task_code)
    if kind is None:
        return error
    raised = kind.__new__(kind)
    Exception.__init__(raised, str(error))
    return raised


def _tree(kind: type[CredhubError]) -> list[type[CredhubError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _tree(child))]


_BY_CODE: Final = {
    kind.code: kind
    for root in (VerificationError, CanonicalizationError, errors.MalformedJsonError)
    for kind in _tree(root)
}
