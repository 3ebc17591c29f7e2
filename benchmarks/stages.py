"""What each stage of issuing one credential takes, with nobody else about."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from benchmarks import engines
from benchmarks.directly import body_of, publish, understood
from benchmarks.effort import Effort
from benchmarks.figures import Row, Table, milliseconds, quantile, ratio
from benchmarks.stopwatch import Stopwatch
from credhub import jsontypes
from credhub.credentials.schema import Schemas
from credhub.keys.ed25519 import Ed25519Signer
from credhub.proofs import data_integrity, ed25519
from credhub.proofs.shaped import ShapedCanonicalizer
from credhub.services import api_keys, issuing, learners, new_forms, preparing, receipts
from credhub.store import sequencer
from credhub.store.read_back import KnownTree
from credhub.store.signing import CheckpointSigner
from credhub.web.api.answers import credential_answer
from tests.running import Service, running

# Where a stage is, and what it is called; those with a space in front are parts of the one above.
INSIDE: Final[tuple[tuple[object, str, str], ...]] = (
    (issuing, "survey", "survey: achievement, learner, status index"),
    (preparing, "document_of", "build the document"),
    (learners, "prepare", "learner: key, sealed profile"),
    (data_integrity, "sign", "sign"),
    (Ed25519Signer, "sign", "  Ed25519, also the checkpoint's"),
    (ShapedCanonicalizer, "canonical", "  canonicalise, also for the self-check"),
    (data_integrity, "verify", "self-check by the public path"),
    (ed25519, "verify", "  Ed25519"),
    (Schemas, "validate", "schema"),
    (new_forms, "private_entry", "commitment and sealed opening"),
    (new_forms, "seal", "seal the signed bytes"),
    (sequencer.Sequencer, "submit", "sequencer, until durable and under a checkpoint"),
    (sequencer, "append", "  write the rows"),
    (sequencer.Sequencer, "_commit", "  write the rows and commit"),
    (KnownTree, "read_on", "  read back and hash again"),
    (CheckpointSigner, "_signed", "  sign the checkpoint"),
    (CheckpointSigner, "_record", "  record the checkpoint"),
)
_AUTHENTICATE: Final = "authenticate the API key"
_PARSE: Final = "parse and validate the request"
_RECEIPT: Final = "receipt"
_ANSWER: Final = "write the answer"
_ALL: Final = "all of it, without HTTP"


def stages(effort: Effort) -> Iterator[Table]:
    """Measure on both engines, one credential at a time."""
    watches = {engine: _watch(engine, effort.repetitions) for engine in engines.NAMES}
    names = (_AUTHENTICATE, _PARSE, *(name for _, _, name in INSIDE), _RECEIPT, _ANSWER, _ALL)
    yield Table(
        title="Stages of issuing one credential",
        columns=("stage", *(f"{engine} p50 ms" for engine in watches), *("share",) * len(watches)),
        rows=tuple(_row(name, tuple(watches.values())) for name in names),
        note="One caller, so every batch has one unit. Indented stages are parts of others.",
    )


def _row(name: str, watches: tuple[Stopwatch, ...]) -> Row:
    halves = [quantile(watch.times(name), 0.5) for watch in watches]
    wholes = [quantile(watch.times(_ALL), 0.5) for watch in watches]
    shares = [ratio(half, whole) for half, whole in zip(halves, wholes, strict=True)]
    return (name.replace("  ", "· "), *map(milliseconds, halves), *shares)


def _watch(engine: str, repetitions: int) -> Stopwatch:
    watch = Stopwatch()
    with (
        engines.migrated(engine) as url,
        tempfile.TemporaryDirectory(prefix="credhub-bench-") as folder,
        running(url, Path(folder)) as service,
        ExitStack() as stack,
    ):
        achievement = publish(service)
        for number in range(repetitions // 5):
            _issue(service, achievement, f"w{number}", watch)
        watch.rounds.clear()
        for owner, attribute, name in INSIDE:
            stack.enter_context(watch.around(owner, attribute, name))
        for number in range(repetitions):
            _issue(service, achievement, str(number), watch)
    return watch


def _issue(service: Service, achievement: str, mark: str, watch: Stopwatch) -> None:
    """Do what the route does."""
    resources = service.resources
    text = jsontypes.canonical(body_of(achievement, mark))
    with watch.stage(_ALL):
        with watch.stage(_AUTHENTICATE):
            caller = api_keys.authenticate(resources, service.one.token)
        with watch.stage(_PARSE):
            order, once = understood(service, caller, jsontypes.parse_object(text), mark)
        opened = issuing.issue(resources, caller.hub, order, once)
        with watch.stage(_RECEIPT):
            receipt = receipts.after_issuing(resources, opened)
        with watch.stage(_ANSWER):
            credential_answer(opened, receipt)
    watch.end_round()
