"""``make contract``: schemathesis asks a service what openapi.yaml allows, and what it does not.

No answer is a fault of ours, and none is one that the document does not describe: its status, its
media type, its headers and its body. Further arguments go to schemathesis.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.openapi_document import DOCUMENT

CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
_DEMO: Final = DOCUMENT.parent / "examples" / "riverside"
_SERVING, _FAULT = '"event": "serving"', "unhandled exception"
_LIMITS: Final = (
    "UNKNOWN_CODES", "CLAIMS", "VERIFICATIONS", "TOKENS", "REFUSED_KEYS", "BATCH_VERIFICATIONS",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Ask, and give the exit code of schemathesis."""
    with TemporaryDirectory(prefix="credhub-contract-") as folder:
        port = _free_port()
        origin = f"http://127.0.0.1:{port}"
        environment = _environment(Path(folder), port, origin)
        with _serving(environment, Path(folder) / "log"):
            key = (Path(folder) / "data" / "demo-api-key").read_text("ascii").strip()
            command = [
                *(sys.executable, "-m", "schemathesis.cli", "run", str(DOCUMENT)),
                *("--url", origin, "--header", f"Authorization: Bearer {key}"),
                *("--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing"),
                *("--max-examples", os.environ.get("CONTRACT_EXAMPLES", "50")),
                # Some texts are narrow, such as the address of an achievement.
                *("--suppress-health-check", "filter_too_much,too_slow"),
                *("--warnings", "off", "--continue-on-failure", *arguments),
            ]
            return subprocess.run(command, check=False, cwd=folder).returncode  # noqa: S603 - our own tool


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _environment(folder: Path, port: int, origin: str) -> Mapping[str, str]:
    generous = {f"CREDHUB_{limit}_PER_MINUTE": "1000000" for limit in _LIMITS}
    return (
        os.environ
        | generous
        | {
            "CREDHUB_PORT": str(port),
            "CREDHUB_BASE_URL": origin,
            "CREDHUB_DATA": str(folder / "data"),
            "CREDHUB_SECOND_STORE": f"sqlite:///{folder / 'second.db'}",
        }
    )


@contextmanager
def _serving(environment: Mapping[str, str], log: Path) -> Iterator[None]:
    """Run a service with a demo hub until it is no longer needed; say what it stumbled over."""
    command = [sys.executable, "-m", "credhub.cli.main", "serve", "--demo", str(_DEMO)]
    with (
        log.open("wb") as written,
        subprocess.Popen(  # noqa: S603 - our own service
            command, env=dict(environment), stdout=subprocess.DEVNULL, stderr=written
        ) as service,
    ):
        try:
            while _SERVING not in log.read_text("utf-8"):
                if service.poll() is not None:
                    raise SystemExit(log.read_text("utf-8"))
                time.sleep(0.1)
            yield
        finally:
            service.terminate()
    faults = [line for line in log.read_text("utf-8").splitlines() if _FAULT in line]
    print(*faults, sep="\n")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
