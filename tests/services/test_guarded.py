"""T31: what strangers send is canonicalised where it can be killed."""

import pytest

from credhub.errors import (
    DataLossError,
    NotCheckedNowError,
    PointerError,
    SandboxTaskError,
    TooComplexError,
)
from credhub.proofs.ecdsa_sd_2023.grouping import LocalGrouping
from credhub.sandbox.pool import Sandbox
from credhub.sandbox.process import Task
from credhub.services.guarded import (
    GROUPING_TASK,
    TASK,
    GuardedCanonicalizer,
    GuardedGrouping,
)
from tests.running import Service
from tests.unit import factories


def guarded(function: str, **limits: float) -> Sandbox:
    task = Task(function=f"tests.sandbox.tasks:{function}")
    return Sandbox({TASK: task, GROUPING_TASK: task}, workers=1, **limits)  # type: ignore[arg-type]  # a test may name any limit


def test_t31_a_worker_writes_the_same_bytes(service: Service) -> None:
    document = factories.signed()

    assert GuardedCanonicalizer(service.resources.sandbox).canonical(
        document
    ) == factories.canonicalizer().canonical(document)


def test_t31_a_document_that_takes_for_ever_is_too_complex() -> None:
    with guarded("sleep_for_ever") as sandbox, pytest.raises(TooComplexError):
        GuardedCanonicalizer(sandbox).canonical({})


@pytest.mark.parametrize("function", ["eat_memory", "exit_at_once", "crash", "have_a_bug"])
def test_t31_a_worker_that_crashes_proves_nothing_about_the_document(function: str) -> None:
    with guarded(function) as sandbox, pytest.raises(NotCheckedNowError):
        GuardedCanonicalizer(sandbox).canonical({})


def test_t31_when_every_worker_is_busy_nothing_is_known() -> None:
    with (
        guarded("echo", max_waiting=-1) as sandbox,
        pytest.raises(NotCheckedNowError),
    ):
        GuardedCanonicalizer(sandbox).canonical({})


def test_t31_when_the_service_stops_nothing_is_known() -> None:
    sandbox = guarded("echo")
    sandbox.close()

    with pytest.raises(NotCheckedNowError):
        GuardedCanonicalizer(sandbox).canonical({})


def test_what_the_worker_raises_is_raised_here(service: Service) -> None:
    canonicalizer = GuardedCanonicalizer(service.resources.sandbox)

    with pytest.raises(DataLossError, match="honours"):
        canonicalizer.canonical(factories.signed() | {"honours": "summa"})


def test_t06_an_error_that_is_no_verdict_is_a_fault_of_ours() -> None:
    task = Task(function="tests.services.tasks:refuse_a_certificate")
    with Sandbox({TASK: task}, workers=1) as sandbox, pytest.raises(SandboxTaskError):
        GuardedCanonicalizer(sandbox).canonical({})


def test_t31_a_worker_divides_a_document_as_the_process_itself(service: Service) -> None:
    document = factories.credential()
    asked = {"hmac_key": bytes(32), "mandatory": ["/issuer"], "shown": ["/issuer", "/evidence"]}

    assert GuardedGrouping(service.resources.sandbox).group(
        document,
        **asked,  # type: ignore[arg-type]  # of the names above
    ) == LocalGrouping(factories.canonicalizer()).group(
        document,
        **asked,  # type: ignore[arg-type]  # of the names above
    )


def test_t31_a_document_that_takes_for_ever_to_divide_is_too_complex() -> None:
    with guarded("sleep_for_ever") as sandbox, pytest.raises(TooComplexError):
        GuardedGrouping(sandbox).group({}, hmac_key=bytes(32), mandatory=(), shown=())


def test_a_pointer_that_leads_nowhere_is_refused_by_the_worker(service: Service) -> None:
    with pytest.raises(PointerError):
        GuardedGrouping(service.resources.sandbox).group(
            factories.credential(), hmac_key=bytes(32), mandatory=["/nothing"], shown=()
        )
