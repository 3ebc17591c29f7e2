"""Every error has one status, and a person gets a page."""

import inspect
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

import credhub
from credhub import errors
from credhub.errors import CredhubError
from credhub.web.media import preferred
from credhub.web.statuses import STATUS, status_of

# These end in a report, in the log, in the exit of a command or in another error of the table.
NEVER_LEAVE = {
    errors.CredhubError,
    errors.RequestError,
    errors.UploadRefusedError,
    errors.StoreError,
    errors.LedgerError,
    errors.SandboxError,
    errors.DocumentError,
    errors.CosigningError,
    errors.PublishingError,
}


def tree(root: type[CredhubError]) -> Iterator[type[CredhubError]]:
    yield root
    for child in root.__subclasses__():
        yield from tree(child)


def all_errors() -> set[type[CredhubError]]:
    return {error for error in tree(CredhubError) if error.__module__ == errors.__name__}


def test_every_error_that_a_caller_can_cause_has_exactly_one_status() -> None:
    expected = set(tree(errors.RequestError)) - NEVER_LEAVE

    assert expected <= set(STATUS)
    for error in expected:
        assert STATUS[error] >= HTTPStatus.BAD_REQUEST, error


# As ``Sequencer.submit`` and ``Store`` say; a route can do nothing about them.
RECORDING = {
    errors.ConflictError,
    errors.QueueFullError,
    errors.SequencerClosedError,
    errors.StoreContendedError,
    errors.StoreUnavailableError,
    errors.RecordOutcomeUnknownError,
    errors.LedgerClockError,
    errors.NoOpenLogError,
    errors.LedgerIntegrityError,
    errors.RollbackDetectedError,
    errors.SecondStoreUnavailableError,
}


def test_every_error_of_recording_has_a_status() -> None:
    assert set(STATUS) >= RECORDING


def test_every_status_is_of_an_error_and_none_is_a_fault() -> None:
    for error, status in STATUS.items():
        assert error in all_errors()
        assert status is not HTTPStatus.INTERNAL_SERVER_ERROR
        assert error not in NEVER_LEAVE


def test_no_verification_error_has_a_status_because_it_is_an_answer() -> None:
    assert not set(tree(errors.VerificationError)) & set(STATUS)


def test_what_may_pass_when_tried_again_is_unavailable() -> None:
    for root in (errors.StoreError, errors.SandboxError, errors.LedgerError, errors.KeyStoreError):
        for error in tree(root):
            if error in STATUS and error is not errors.ConflictError:
                assert STATUS[error] is HTTPStatus.SERVICE_UNAVAILABLE, error


def test_an_error_without_a_status_is_a_fault_of_ours() -> None:
    assert status_of(errors.TamperedFileError) is HTTPStatus.INTERNAL_SERVER_ERROR


def test_422_is_for_malformed_requests_alone() -> None:
    refused = {error for error, status in STATUS.items() if status == 422}

    # C2SP tlog-witness says 422 where a tree does not go on from the one that is known.
    assert (
        refused
        == {
            errors.EndorsementRefusedError,
            errors.EndorserNotPartnerError,
            errors.FormNotOfferedError,
            errors.HubSlugError,
            errors.InvalidClaimError,
            errors.MalformedBatchError,
            errors.NotConsistentError,
            errors.PresentationTooLargeError,
            errors.ProgramCycleError,
            errors.ReplayRangeError,
            errors.TrustListError,
            errors.WebhookAddressError,
        }
        | set(tree(errors.UploadRefusedError)) - NEVER_LEAVE
    )


def test_no_two_errors_share_a_code() -> None:
    codes: dict[str, set[type[CredhubError]]] = {}
    for error in all_errors():
        codes.setdefault(error.code, set()).add(error)

    shared = {code: found for code, found in codes.items() if len(found) > 1}
    assert shared == {}
    assert all(re.fullmatch(r"[a-z]+(?:-[a-z]+)*", code) for code in codes)


def test_every_error_is_raised_somewhere() -> None:
    source = "".join(
        path.read_text() for path in Path(credhub.__file__).parent.rglob("*.py")
    ).replace(inspect.getsource(errors), "")

    unused = {error.__name__ for error in all_errors() if error.__name__ not in source}
    assert unused <= {error.__name__ for error in NEVER_LEAVE}


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [(None, "a/x"), ("b/*", "b/y"), ("*/*;q=0.1, b/y;q=0.2", "b/y"), ("c/z", "a/x")],
)
def test_the_first_of_the_best_is_chosen(accept: str | None, chosen: str) -> None:
    assert preferred(accept, ("a/x", "b/y")) == chosen
