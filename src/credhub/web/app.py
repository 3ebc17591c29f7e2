"""The application: routers, errors, limits, and the edge around all of them."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import cache
from typing import Any, Final

from anyio import to_thread
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from credhub.runtime import Runtime
from credhub.services.lending import Change
from credhub.web import admission, oauth, problems
from credhub.web.api import (
    achievements,
    api_keys,
    batch_change_files,
    batch_changes,
    batch_claims,
    batch_documents,
    batch_events,
    batch_rows,
    batches,
    claims,
    cohort_learners,
    cohorts,
    corrections,
    credentials,
    endorsements,
    learner_requests,
    partner_list,
    programs,
    standing,
    verify,
    verify_batch,
    webhooks,
)
from credhub.web.api.issuing import Issuing
from credhub.web.callers import Callers
from credhub.web.edge import Edge
from credhub.web.limits import Limits
from credhub.web.openapi import describe
from credhub.web.pages.assets import FOLDER
from credhub.web.public import (
    documents,
    given_endorsements,
    ledger,
    metrics,
    operations,
    partners,
    pictures,
    tiles,
    verifier,
    witness,
)
from credhub.web.site import claim, forms, pages, permanent
from credhub.web.vcalm import router as vcalm
from credhub.web.version import VERSION

_TITLE: Final = "credhub"
DESCRIPTION = (
    "Issues Open Badges 3.0 credentials, keeps every signature in a ledger that anyone can check, "
    "and verifies. Errors are RFC 9457 problem documents with permanent codes."
)

_LOOK_UPS: Final = 2
"""Goes in which keys are looked up: one waits for the database, another prepares its questions."""

_GOES: Final = 1
"""Goes of a hub that issue: what could be prepared meanwhile shares the next commit instead."""

_THREADS_TO_ISSUE: Final = 8
"""For all hubs, which take turns."""


_ROUTERS: Final = (
    achievements.router,
    credentials.issuing,
    credentials.router,
    batches.sending,
    batches.router,
    batch_changes.router,
    batch_change_files.router,
    batch_claims.router,
    batch_documents.router,
    batch_events.router,
    batch_rows.router,
    programs.router,
    cohorts.router,
    cohort_learners.adding,
    cohort_learners.router,
    standing.router,
    corrections.router,
    claims.router,
    learner_requests.router,
    api_keys.router,
    webhooks.router,
    partner_list.router,
    endorsements.router,
    oauth.router,
    vcalm.router,
    verify.files,
    verify.router,
    verify_batch.router,
    documents.router,
    partners.router,
    given_endorsements.router,
    pictures.router,
    ledger.router,
    tiles.router,
    operations.router,
    metrics.router,
    witness.router,
    verifier.router,
    permanent.router,
    claim.router,
    pages.router,
    forms.router,
)
"""In the order in which they are asked."""


@asynccontextmanager
async def _few_threads(app: FastAPI) -> AsyncIterator[None]:
    """Limit the threads: beyond a few per core they spend their time waiting for one another.

    One that only waits for a worker process or for a stranger counts as none.
    """
    runtime: Runtime = app.state.runtime
    limiter, loop = to_thread.current_default_thread_limiter(), asyncio.get_running_loop()
    limiter.total_tokens = runtime.settings.threads

    def change(by: int) -> None:
        limiter.total_tokens += by

    with runtime.lending.to(lambda by: _tell(loop, change, by)):
        yield


def _tell(loop: asyncio.AbstractEventLoop, change: Change, by: int) -> None:
    with suppress(RuntimeError):  # The loop has ended, and nobody hands out threads any more.
        loop.call_soon_threadsafe(change, by)


@cache
def _description() -> dict[str, Any]:
    """Describe the routes, which are the same for every runtime.

    It takes a second of a small machine, so no service waits for it that nobody has asked yet.
    """
    app = FastAPI(title=_TITLE, version=VERSION, description=DESCRIPTION)
    for router in _ROUTERS:
        app.include_router(router)
    return describe(app)


def create_app(runtime: Runtime) -> FastAPI:
    """Make the application for one process.

    There is no debug mode, and no documentation that loads anything from elsewhere.
    """
    app = FastAPI(
        title=_TITLE,
        version=VERSION,
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # Else an address with a slash too many is answered with one made from the Host header.
        redirect_slashes=False,
        form_limits={"max_files": admission.MAX_FILES, "max_fields": admission.MAX_FIELDS},
        lifespan=_few_threads,
    )
    app.state.runtime = runtime
    # Threads of their own: who issues and waits for a commit keeps nobody's key from being read.
    callers = Callers(runtime, threads=ThreadPoolExecutor(_LOOK_UPS), at_once=_LOOK_UPS)
    app.state.callers = callers
    app.state.issuing = Issuing(
        runtime, callers, threads=ThreadPoolExecutor(_THREADS_TO_ISSUE), at_once=_GOES
    )
    app.state.limits = Limits(runtime.settings, runtime.lending)
    problems.install(app)
    for router in _ROUTERS:
        app.include_router(router)
    app.openapi = _description  # type: ignore[method-assign]  # FastAPI's documented way
    app.mount("/static", StaticFiles(directory=str(FOLDER)), name="static")
    app.add_middleware(
        Edge,
        hosts=runtime.settings.hosts,
        https=runtime.settings.origin.startswith("https:"),
    )
    return app
