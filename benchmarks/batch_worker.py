"""``python -m benchmarks.batch_worker FILE …``: a ``credhub worker`` with timers around stages."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from benchmarks.stopwatch import Stopwatch
from credhub.cli.main import cli
from credhub.credentials.schema import Schemas
from credhub.keys.ed25519 import Ed25519Signer
from credhub.proofs import data_integrity, ed25519
from credhub.proofs.shaped import ShapedCanonicalizer
from credhub.services import learners, new_forms, preparing
from credhub.services.bulk import batch_issuing, batch_survey
from credhub.store import sequencer
from credhub.store.read_back import KnownTree
from credhub.store.signing import CheckpointSigner

# Where a stage is, and what it is called; those with a space in front are parts of the one above.
INSIDE: Final[tuple[tuple[object, str, str], ...]] = (
    (batch_issuing, "_read", "read the sealed rows"),
    (batch_issuing, "open_rows", "open the sealed rows"),
    (batch_survey, "survey", "survey: names, learners, status indexes"),
    (learners, "prepare", "  new learner: key, sealed profile"),
    (batch_issuing, "_prepared", "prepare the credential"),
    (preparing, "document_of", "  build the document"),
    (data_integrity, "sign", "  sign"),
    (Ed25519Signer, "sign", "    Ed25519, also the checkpoint's"),
    (ShapedCanonicalizer, "canonical", "    canonicalise, also for the self-check"),
    (data_integrity, "verify", "  self-check by the public path"),
    (ed25519, "verify", "    Ed25519"),
    (Schemas, "validate", "  schema"),
    (new_forms, "prepare", "  commitment, sealed opening, sealed bytes"),
    (sequencer, "append", "write the rows"),
    (sequencer.Sequencer, "_commit", "write the rows and commit"),
    (KnownTree, "read_on", "read back and hash again"),
    (CheckpointSigner, "_signed", "sign the checkpoint"),
    (CheckpointSigner, "_record", "record the checkpoint"),
    (batch_issuing, "finish", "finish the part"),
)

ALL: Final = "all of it"
START: Final = "start, until the first part"


def main() -> None:
    """Work, and write what each stage took."""
    told, *options = sys.argv[1:]
    watch = Stopwatch(time.thread_time)
    with ExitStack() as stack:
        for owner, attribute, name in INSIDE:
            stack.enter_context(watch.around(owner, attribute, name))
        started = stack.enter_context(_first_call(batch_issuing, "issue_chunk"))
        cli(["worker", *options], standalone_mode=False)
    watch.end_round()
    taken = {name: sum(watch.times(name)) for _, _, name in INSIDE}
    whole = {ALL: time.process_time(), START: started[0]}
    Path(told).write_text(json.dumps(taken | whole), "utf-8")


@contextmanager
def _first_call(owner: object, attribute: str) -> Iterator[list[float]]:
    """Note how much of the processor had been used when a function was called."""
    original, called = getattr(owner, attribute), []

    def noted(*arguments: object) -> object:
        called.append(time.process_time())
        return original(*arguments)

    setattr(owner, attribute, noted)
    try:
        yield called
    finally:
        setattr(owner, attribute, original)


if __name__ == "__main__":
    main()
