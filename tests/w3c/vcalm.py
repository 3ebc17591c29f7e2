"""The suites that speak VCALM: ours is served by ``credhub dev vcalm`` behind TLS.

Their HTTP client speaks https alone, and believes any certificate of this machine.
"""

import http.client
import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

from tests.egress.certificates import self_signed
from tests.w3c.outcomes import Outcomes

# These post the vectors of the specifications, whose issuers are nobody: the signature counts.
PROOF_ONLY: Final = frozenset({"vc-di-eddsa-test-suite", "vc-di-ecdsa-test-suite"})
WITH_STATUS: Final = "BitstringStatusList"
"""The tag of the issuer that gives credentials a status."""

SUITES: Final = (
    *sorted(PROOF_ONLY),
    "vc-data-model-2.0-test-suite",
    "vc-bitstring-status-list-test-suite",
)

_SUITES_OF_CREDENTIALS: Final = (
    *("eddsa-rdfc-2022", "eddsa-jcs-2022"),
    *("ecdsa-rdfc-2019", "ecdsa-jcs-2019", "ecdsa-sd-2023"),
)
_VERSIONS: Final = {"vc": ["1.1", "2.0"]}
_HOST: Final = "127.0.0.1"
_MOCHA: Final = ("npx", "mocha", "tests/", "--timeout", "15000", "--preserve-symlinks")


@contextmanager
def served(folder: Path) -> Iterator[dict[str, Any]]:
    """Serve VCALM behind TLS, and give what it says of itself."""
    port = _free_port()
    with _behind_tls(port, folder) as front:
        command = [sys.executable, "-m", "credhub.cli.main", "dev", "vcalm"]
        command += ["--port", str(port), "--base-url", front]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:  # noqa: S603 - our own command line
            try:
                assert service.stdout is not None
                described: dict[str, Any] = json.loads(service.stdout.readline())
                yield described
            finally:
                service.terminate()


def _free_port() -> int:
    with socket.create_server((_HOST, 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def run(suite: Path, described: dict[str, Any], report: Path) -> Outcomes:
    """Run one suite that is checked out in a folder, against what was described."""
    if not (suite / "node_modules").is_dir():
        _npm(suite)
    configuration = _configuration(described, proof_only=suite.name in PROOF_ONLY)
    (suite / "localConfig.cjs").write_text(f"module.exports = {json.dumps(configuration)};\n")
    reporting = ["--reporter", "json", "--reporter-option", f"output={report}"]
    subprocess.run(  # noqa: S603 - our own command line
        [*_MOCHA, *reporting],
        cwd=suite,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # It shows every refusal, also those that it asked for.
        check=False,
    )
    found = json.loads(report.read_text())
    return Outcomes(
        passed=len(found["passes"]),
        skipped=len(found["pending"]),
        failed=tuple(
            f"{one['fullTitle']}: {one['err'].get('message', '')}".replace("\n", " ")[:300]
            for one in found["failures"]
        ),
    )


def _npm(suite: Path) -> None:
    command = ["npm", "install", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=suite, check=True)  # noqa: S603 - our own command line


def _configuration(described: dict[str, Any], *, proof_only: bool) -> dict[str, Any]:
    verify = described["verifyProofOnly" if proof_only else "verify"]
    tags = [*_SUITES_OF_CREDENTIALS, WITH_STATUS, "vc2.0", "EnvelopingProof"]
    with_status = {**described["issuerWithStatus"], "supports": _VERSIONS, "tags": [WITH_STATUS]}
    implementation = {
        "name": described["name"],
        "implementation": described["name"],
        "issuers": [
            *(_issuer(name, one) for name, one in described["issuers"].items()),
            with_status,
        ],
        "verifiers": [_endpoint(verify, tags) | _curves("P-256", "P-384")],
        "vpVerifiers": [_endpoint(described["verifyPresentation"], tags[-2:])],
        "vcHolders": [_endpoint(described["derive"], ["vcHolder"])],
    }
    settings = {"enableInteropTests": False, "testAllImplementations": False}
    return {"settings": settings, "implementations": [implementation]}


def _issuer(name: str, described: dict[str, str]) -> dict[str, Any]:
    suite = name.removesuffix("-p384")
    tags = [suite, "vc2.0"] if suite == "eddsa-jcs-2022" else [suite]
    known = _curves("P-384" if suite != name else "P-256") if suite.startswith("ecdsa") else {}
    return {**described, "supports": _VERSIONS, "tags": tags, **known}


def _endpoint(address: str, tags: list[str]) -> dict[str, Any]:
    return {"id": "did:key:any", "endpoint": address, "supports": _VERSIONS, "tags": tags}


def _curves(*names: str) -> dict[str, Any]:
    return {"supportedEcdsaKeyTypes": list(names)}


@contextmanager
def _behind_tls(port: int, folder: Path) -> Iterator[str]:
    class Front(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            behind = http.client.HTTPConnection(_HOST, port)
            kept = {name: self.headers[name] for name in ("Content-Type",) if name in self.headers}
            behind.request(self.command, self.path, body, kept)
            answer = behind.getresponse()
            said = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers.get("Content-Type", ""))
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST  # noqa: N815 - the name of the standard library

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(folder / "front.pem", "localhost"))
    with ThreadingHTTPServer((_HOST, 0), Front) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"https://{_HOST}:{server.server_address[1]}"
        finally:
            server.shutdown()
