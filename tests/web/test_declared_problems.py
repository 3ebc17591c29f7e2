"""What a service says that it raises is what OpenAPI says of its route."""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any, Final

import pytest

from credhub import errors
from credhub.errors import CredhubError
from credhub.services import (
    claims,
    correcting,
    endorsements,
    endorsing,
    learner_requests,
    partners,
    showing,
    uploads,
)
from credhub.services.bulk import (
    batch_archive,
    batch_claims,
    batch_printing,
    batch_receiving,
    batch_result_file,
    batch_trying,
    batches,
    change_filtering,
    change_receiving,
)
from credhub.services.idempotency import Once
from credhub.store.sequencer import Sequencer
from credhub.store.store import Store
from credhub.web.file_turns import FileTurns
from credhub.web.limits import Limits
from credhub.web.statuses import STATUS
from tests.running import Service

Asked = Callable[..., Any]

_WRITING: Final[tuple[Asked, ...]] = (Store.connect_to_write,)
ASKED: Final[dict[str, tuple[Asked, ...]]] = {
    "POST /v1/batches": (
        batch_receiving.receive,
        batch_trying.try_out,
        Once.__init__,
        FileTurns.of,
        *_WRITING,
    ),
    "POST /v1/batches/changes": (
        change_receiving.receive,
        change_receiving.try_out,
        change_filtering.rows,
        Once.__init__,
        FileTurns.of,
        *_WRITING,
    ),
    "POST /v1/batches/changes/file": (
        change_receiving.receive,
        change_receiving.try_out,
        Once.__init__,
        FileTurns.of,
        *_WRITING,
    ),
    "POST /v1/batches/{batch_id}/cancel": (batches.find, batches.cancel, *_WRITING),
    "POST /v1/batches/{batch_id}/claim-links": (batch_claims.offered, *_WRITING),
    "POST /v1/credentials/{credential_id}/claim-link": (claims.make, Once.__init__, *_WRITING),
    "DELETE /v1/credentials/{credential_id}/claim-link": (claims.end, *_WRITING),
    "GET /v1/credentials/{credential_id}/claim": (claims.state_of,),
    "GET /v1/learner-requests": (learner_requests.page,),
    "POST /v1/learner-requests/{request_id}/answer": (learner_requests.answer, *_WRITING),
    "GET /c/{code}": (showing.by_code, showing.verified),
    "POST /v1/verify": (uploads.verify_file, uploads.verify_address, Limits.count_verification),
    "GET /v1/batches": (batches.page,),
    "GET /v1/batches/{batch_id}": (batches.find,),
    "GET /v1/batches/{batch_id}/rows": (batches.results, batch_result_file.written),
    "GET /v1/batches/{batch_id}/events": (batches.find, Limits.listener),
    "GET /v1/batches/{batch_id}/certificates": (batch_printing.render, Limits.taker),
    "GET /v1/batches/{batch_id}/files": (batch_archive.begin, Limits.taker),
    "POST /v1/partners": (partners.add, Once.__init__, Sequencer.submit),
    "GET /v1/partners/{partner_id}": (partners.endorsement,),
    "DELETE /v1/partners/{partner_id}": (partners.end_by_id, Sequencer.submit),
    "POST /v1/endorsements": (
        endorsing.receive,
        endorsing.confirm,
        Once.__init__,
        Sequencer.submit,
    ),
    "GET /v1/partners": (partners.standing_of,),
    "GET /v1/endorsements": (endorsements.page,),
    "GET /v1/endorsements/{given_id}": (endorsements.find,),
    "POST /v1/endorsements/{given_id}/withdrawal": (endorsing.withdraw, Sequencer.submit),
    "GET /hubs/{slug}/endorsements/{given_id}": (endorsements.published,),
    "POST /v1/credentials/{credential_id}/correction": (
        correcting.correct,
        Once.__init__,
        Sequencer.submit,
    ),
}
"""The services that a route calls."""
CLAIMS: Final = ("/correction", "/claim", "/claim-link", "/learner-requests", "/answer")

LOOKED_AT: Final = (
    "/v1/batches",
    "/v1/partners",
    "/v1/endorsements",
    "/hubs/{slug}/endorsements",
)

HANDLED: Final[dict[str, set[type[CredhubError]]]] = {
    "POST /v1/batches/changes/file": {errors.NothingToChangeError},  # A file is no filter.
    "POST /v1/partners": {errors.ConflictError},
    "DELETE /v1/partners/{partner_id}": {errors.ConflictError},
    "POST /v1/endorsements": {errors.ConflictError},
    "POST /v1/endorsements/{given_id}/withdrawal": {errors.ConflictError},
    "POST /v1/credentials/{credential_id}/correction": {errors.ConflictError},
}
"""What the service of a route catches of what it calls, or what the route gives no cause for."""

_NAMES: Final = re.compile(r"^ +((?:\w+Error, ?\s*)*\w+Error): ", re.MULTILINE)


def raised_by(asked: Asked) -> set[type[CredhubError]]:
    """Read which errors a docstring names."""
    _, _, told = (inspect.getdoc(asked) or "").partition("Raises:\n")
    return {
        getattr(errors, name) for names in _NAMES.findall(told) for name in re.split(r",\s*", names)
    }


def seen(
    raised: Iterable[type[CredhubError]],
) -> Iterator[tuple[type[CredhubError], HTTPStatus]]:
    """Give every error that HTTP can see; of one that stands for several, these."""
    for error in raised:
        yield from (
            (one, status)
            for one, status in STATUS.items()
            if issubclass(one, error) and (one is error or error not in STATUS)
        )


@pytest.mark.parametrize("route", ASKED)
def test_every_problem_of_a_route_is_declared(service: Service, route: str) -> None:
    method, _, path = route.partition(" ")
    answers = service.app.openapi()["paths"][path][method.lower()]["responses"]

    raised = {
        (str(int(status)), f"`{error.code}`")
        for asked in ASKED[route]
        for error, status in seen(raised_by(asked) - HANDLED.get(route, set()))
    }
    declared = {
        (status, code)
        for status, answer in answers.items()
        for code in answer.get("description", "").split(", ")
    }

    assert sorted(raised - declared) == []


def test_docstrings_are_read() -> None:
    assert raised_by(batches.find) == {errors.BatchNotFoundError}
    assert len(raised_by(Sequencer.submit)) == 10
    assert len(raised_by(Store.connect_to_write)) == 3
    assert raised_by(batches.page) == set()


def test_every_route_of_what_is_looked_at_is_there(service: Service) -> None:
    found = {
        f"{method.upper()} {path}"
        for path, operations in service.app.openapi()["paths"].items()
        for method in operations
        if path.startswith(LOOKED_AT) or path.endswith(CLAIMS)
    }

    assert found <= set(ASKED)
