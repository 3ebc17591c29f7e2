"""The suite of VC-JOSE-COSE: its table of tests is read, and ``credhub dev jose-cose`` called.

The suite itself calls implementations in containers, which we need not build for that.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from tests.w3c.outcomes import Outcomes

SUITE: Final = "vc-jose-cose-test-suite"
FEATURES: Final = frozenset(
    {"credential_jose", "presentation_jose", "credential_sdjwt", "presentation_sdjwt"}
)
# ES512 is in no form of ours.
NOT_OURS: Final = frozenset({"vm-p521.json"})

_TABLE: Final = """
import {JOSETestMapping, SDJWTTestMapping, COSETestMapping} from './tests/test-mapping.js';
console.log(JSON.stringify({...JOSETestMapping, ...SDJWTTestMapping, ...COSETestMapping}));
"""


def run(suite: Path, folder: Path) -> Outcomes:
    """Run every test of the table that is about what we do."""
    done = subprocess.run(  # noqa: S603 - our own command line
        [shutil.which("node") or "node", "--input-type=module", "--eval", _TABLE],
        cwd=suite,
        capture_output=True,
        text=True,
        check=True,
    )
    table: dict[str, dict[str, Any]] = json.loads(done.stdout)
    ours = {
        name: test
        for name, test in table.items()
        if test["feature"] in FEATURES and test["key_file"] not in NOT_OURS
    }
    found = {name: _result(suite, test, folder) for name, test in ours.items()}
    failed = tuple(
        f"{name}: {result}, not {ours[name]['expected_result']}"
        for name, result in found.items()
        if result != ours[name]["expected_result"]
    )
    return Outcomes(passed=len(ours) - len(failed), skipped=len(table) - len(ours), failed=failed)


def _result(suite: Path, test: dict[str, Any], folder: Path) -> str:
    inputs, output = suite / "tests" / "input", folder / f"{test['number']}.json"
    command = [
        *(sys.executable, "-m", "credhub.cli.main", "dev", "jose-cose", test["fn"]),
        *("--input", inputs / test["input_file"], "--key", inputs / test["key_file"]),
        *("--feature", test["feature"], "--output", output),
    ]
    if test.get("disclosure_paths"):
        command += ["--sd", json.dumps(test["disclosure_paths"])]
    subprocess.run(command, check=False)  # noqa: S603 - our own command line
    written = json.loads(output.read_text()) if output.exists() else {"result": "nothing"}
    return str(written["result"])
