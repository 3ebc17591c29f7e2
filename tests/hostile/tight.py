"""The tasks of the service under limits of the kernel that whatever is heavy runs into.

Each does its real work. A file of some size is read where there is no more memory than is in use,
or again and again until the kernel's limit of processor time ends the process.
"""

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Final

from credhub.proofs import isolated
from credhub.uploads import reading

Function = Callable[[bytes], bytes]

HEAVY: Final = 20_000
"""Bytes from which on something counts as heavy; a badge has some 3,000."""


def read_in_no_memory(file: bytes) -> bytes:
    return _in_no_memory(reading.read)(file)


def draw_in_no_memory(file: bytes) -> bytes:
    return _in_no_memory(reading.draw)(file)


def draw_for_ever(file: bytes) -> bytes:
    return _for_ever(reading.draw)(file)


def read_for_ever(file: bytes) -> bytes:
    return _for_ever(reading.read)(file)


def canonicalizer_in_no_memory(packed: bytes) -> Function:
    return _in_no_memory(isolated.canonicalizer(packed))


def canonicalizer_for_ever(packed: bytes) -> Function:
    return _for_ever(isolated.canonicalizer(packed))


def read_whatever_in_no_memory(file: bytes) -> bytes:
    return _in_no_memory(reading.read, heavy=0)(file)


def draw_whatever_in_no_memory(file: bytes) -> bytes:
    return _in_no_memory(reading.draw, heavy=0)(file)


def canonicalizer_of_whatever_in_no_memory(packed: bytes) -> Function:
    return _in_no_memory(isolated.canonicalizer(packed), heavy=0)


def render_in_no_memory(request: bytes) -> bytes:
    from credhub.documents import certificate  # noqa: PLC0415 - the others start sooner without

    return _in_no_memory(certificate.render_bytes, heavy=0)(request)


def _in_no_memory(function: Function, *, heavy: int = HEAVY) -> Function:
    def limited(payload: bytes) -> bytes:
        if len(payload) > heavy:
            pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
            used = pages * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (used, used))
        return function(payload)

    return limited


def _for_ever(function: Function) -> Function:
    def limited(payload: bytes) -> bytes:
        if len(payload) <= HEAVY:
            return function(payload)
        used = resource.getrusage(resource.RUSAGE_SELF)
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        soft = int(used.ru_utime + used.ru_stime) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
        while True:
            function(payload)

    return limited
