"""How a worker process gives up the network, for good and for all that it starts.

Three means, because none of them is to be had everywhere:

(1) a network of its own, in which there is nobody (Linux, where it is permitted);
(2) a filter of system calls, under which no socket is made (Linux on x86-64 and arm64);
(3) an audit hook, which ends the process when Python code wants a socket (everywhere).

Whoever asks for a socket all the same is killed with SIGSYS, which tells the parent why.
"""

import ctypes
import os
import platform
import signal
import struct
import sys
from dataclasses import dataclass
from typing import Final

OWN_NETWORK: Final = "own network"
FILTER: Final = "filter"

DEADLY: Final = signal.SIGSYS
"""What ends a process that reaches for the network."""

_CLONE_NEWNET: Final = 0x40000000
_CLONE_NEWUSER: Final = 0x10000000
_PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38
_SECCOMP_MODE_FILTER: Final = 2

# Classic BPF (linux/filter.h), and what a filter answers (linux/seccomp.h).
_LOAD_WORD: Final = 0x20
_JUMP_IF_EQUAL: Final = 0x15
_JUMP_IF_NOT_LESS: Final = 0x35
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_REFUSE: Final = 0x00050000 | 13  # EACCES

# Where things stand in struct seccomp_data; of an argument the lower half, on these machines.
_NUMBER_AT: Final = 0
_MACHINE_AT: Final = 4
_ARGUMENT_AT: Final = 16
_UNIX: Final = 1
_X32: Final = 0x40000000
_LONGEST_OF_32_BITS: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A processor, by its AUDIT_ARCH, and its numbers of system calls.

    Attributes:
        audit: What the kernel calls it.
        opening: socket and socketpair.
        others: What leads to sockets by other ways (io_uring), or into other processes, which may
            have some (ptrace, process_vm_readv, process_vm_writev, pidfd_getfd).
    """

    audit: int
    opening: tuple[int, ...]
    others: tuple[int, ...]


_URING_AND_PIDFD: Final = (425, 426, 427, 438)
MACHINES: Final = {
    "x86_64": Machine(
        audit=0xC000003E, opening=(41, 53), others=(101, 310, 311, *_URING_AND_PIDFD)
    ),
    "aarch64": Machine(
        audit=0xC00000B7, opening=(198, 199), others=(117, 270, 271, *_URING_AND_PIDFD)
    ),
}


def give_up() -> tuple[str, ...]:
    """Give the network up; call it before there is a second thread.

    Returns:
        The means of the kernel that hold. Without any, native code is not kept from the network.
    """
    signal.signal(DEADLY, signal.SIG_DFL)  # a parent may have had it ignored
    held = []
    if sys.platform == "linux":
        kernel = ctypes.CDLL(None, use_errno=True)
        if _leave_network(kernel):
            held.append(OWN_NETWORK)
        # 32-bit programs call a 64-bit kernel by other numbers, which the filter kills for.
        machine = MACHINES.get(platform.machine()) if sys.maxsize > _LONGEST_OF_32_BITS else None
        if machine is not None and _install(kernel, program(machine)):
            held.append(FILTER)
    sys.addaudithook(_end_for_sockets)
    return tuple(held)


def program(machine: Machine) -> bytes:
    """Write the filter.

    A socket of this machine only (AF_UNIX) is refused and not punished: the C library asks it for
    the names of users, and goes on without.
    """
    steps = [
        _step(_LOAD_WORD, _MACHINE_AT),
        _step(_JUMP_IF_EQUAL, machine.audit, then=1),
        _step(_RETURN, _KILL),
        _step(_LOAD_WORD, _NUMBER_AT),
        _step(_JUMP_IF_NOT_LESS, _X32, otherwise=1),  # x86-64 by other numbers
        _step(_RETURN, _KILL),
    ]
    for number in machine.others:
        steps += [_step(_JUMP_IF_EQUAL, number, otherwise=1), _step(_RETURN, _KILL)]
    for number in machine.opening:
        steps += [
            _step(_JUMP_IF_EQUAL, number, otherwise=4),
            _step(_LOAD_WORD, _ARGUMENT_AT),
            _step(_JUMP_IF_EQUAL, _UNIX, otherwise=1),
            _step(_RETURN, _REFUSE),
            _step(_RETURN, _KILL),
        ]
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def _step(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)


def _leave_network(kernel: ctypes.CDLL) -> bool:
    # An own user namespace is the price for whoever is not root; root would lose its files by it.
    return any(
        kernel.unshare(kind) == 0 for kind in (_CLONE_NEWNET, _CLONE_NEWNET | _CLONE_NEWUSER)
    )


class _Program(ctypes.Structure):
    _fields_ = (("steps", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _install(kernel: ctypes.CDLL, steps: bytes) -> bool:
    if kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    memory = ctypes.create_string_buffer(steps, len(steps))
    filters = _Program(len(steps) // 8, ctypes.addressof(memory))
    return bool(
        kernel.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(filters), 0, 0) == 0
    )


def _end_for_sockets(event: str, _arguments: tuple[object, ...]) -> None:
    if event.startswith("socket."):
        os.kill(os.getpid(), DEADLY)
