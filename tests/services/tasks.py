"""What the workers of these tests run."""

import time
from collections.abc import Callable
from pathlib import Path

from credhub.errors import CertificateNotMadeError
from credhub.uploads import reading
from credhub.uploads.sniffing import Kind, kind_of


def refuse_a_certificate(_: bytes) -> bytes:
    raise CertificateNotMadeError


def drawn_behind_a_gate(initial: bytes) -> Callable[[bytes], bytes]:
    """Give what draws photos at once, and PDFs when there is a file of this name."""
    gate = Path(initial.decode())

    def function(file: bytes) -> bytes:
        while kind_of(file) is Kind.PDF and not gate.exists():
            time.sleep(0.01)
        return reading.draw(file)

    return function
