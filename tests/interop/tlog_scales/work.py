"""Judge what is on standard input with tlog-scales, which others wrote; nothing of ours is here.

Each case is answered with whether it was believed.
"""

import json
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

from tlog_scales.backend import LocalBackend  # type: ignore[import-not-found]  # not installed here
from tlog_scales.reader import TilesReader  # type: ignore[import-not-found]  # installed by the test
from tlog_scales.signing import Vkey, VkeySet  # type: ignore[import-not-found]  # installed by the test
from tlog_scales.tiles import leaf_hash  # type: ignore[import-not-found]  # installed by the test
from tlog_scales.tlog import (  # type: ignore[import-not-found]  # installed by the test
    Checkpoint,
    ConsistencyProof,
    InclusionProof,
)

Case = dict[str, Any]


def opened(note: str, vkey: str) -> Any:  # noqa: ANN401 - a checkpoint of theirs
    checkpoint = Checkpoint.from_text(note)
    checkpoint.verify(Vkey.from_string(vkey))
    return checkpoint


def hashes(case: Case) -> list[bytes]:
    return [b64decode(one) for one in case["proof"]]


def note(case: Case) -> None:
    opened(case["note"], case["vkey"])


def cosigned(case: Case) -> None:
    checkpoint = opened(case["note"], case["vkey"])
    keys = [Vkey.from_string(key) for key in case["witnesses"]]
    assert len(VkeySet(*keys).verify(checkpoint.signatures, checkpoint)) == len(keys)


def inclusion(case: Case) -> None:
    checkpoint = opened(case["note"], case["vkey"])
    leaf = leaf_hash(b64decode(case["entry"]))
    InclusionProof(case["index"], checkpoint.size, hashes(case)).check(leaf, checkpoint.root_hash)


def consistency(case: Case) -> None:
    old, new = opened(case["old"], case["vkey"]), opened(case["note"], case["vkey"])
    ConsistencyProof(old.size, new.size, hashes(case)).check(old.root_hash, new.root_hash)


def log(case: Case) -> None:
    """Read a published log whole, and prove every entry of it and every tree before."""
    reader = TilesReader(LocalBackend(Path(case["folder"])))
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(Vkey.from_string(case["vkey"]))
    root = reader.calculate_root_hash()
    assert root == checkpoint.root_hash
    for index in range(checkpoint.size):
        leaf = leaf_hash(reader.get_entry(index))
        reader.get_inclusion_proof(index, checkpoint.size).check(leaf, root)
        if index:
            proof = reader.get_consistency_proof(index, checkpoint.size)
            proof.check(reader.mth(0, index), root)


CHECKS = {one.__name__: one for one in (note, cosigned, inclusion, consistency, log)}


def is_believed(case: Case) -> bool:
    try:
        CHECKS[case["check"]](case)
    except Exception:  # noqa: BLE001 - each of theirs is a refusal
        return False
    return True


if __name__ == "__main__":
    json.dump([is_believed(case) for case in json.load(sys.stdin)], sys.stdout)
