"""The worker process: it answers one request after another until the pipe is closed.

Started as ``python -m credhub.sandbox.worker MEMORY_BYTES`` by ``process.py``, which may kill it at
any moment.
"""

import importlib
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, TypeAlias

from credhub.errors import CredhubError
from credhub.jsontypes import JsonObject
from credhub.sandbox import limits, network
from credhub.sandbox.frames import Message, read_message

Function: TypeAlias = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class TaskTable:
    """The functions that were made ready in this process, by the name of their task.

    Attributes:
        functions: Each by its name.
        held: What the kernel does to keep this process from the network.
    """

    functions: dict[str, Function] = field(default_factory=dict)
    held: tuple[str, ...] = ()

    def prepare(self, header: JsonObject, initial: bytes) -> bytes:
        """Import the function of a task; call it once if it is one that makes the function.

        Returns:
            What the kernel does to keep this process from the network.
        """
        if header["last"]:
            limits.go_last()
        module, _, name = str(header["function"]).partition(":")
        function = getattr(importlib.import_module(module), name)
        if header["makes"]:
            function = function(initial)
        self.functions[str(header["task"])] = function
        return ", ".join(self.held).encode()

    def run(self, header: JsonObject, payload: bytes) -> bytes:
        """Run one request under its countdown."""
        function = self.functions[str(header["task"])]
        limits.start_countdown(float(str(header["seconds"])))
        try:
            return function(payload)
        finally:
            limits.stop_countdown()


def serve(requests: BinaryIO, answers: BinaryIO, *, held: tuple[str, ...] = ()) -> None:
    """Answer requests until the parent closes the pipe, or one of them fails.

    A failure that is no error of our own tree ends the worker: nobody knows what it left behind.
    """
    tasks = TaskTable(held=held)
    while (request := read_message(requests)) is not None:
        answer = answer_to(tasks, request)
        answers.write(answer.encode())
        answers.flush()
        if answer.header["outcome"] == "failed":
            return


def answer_to(tasks: TaskTable, request: Message) -> Message:
    """Run one request and put into words how it went."""
    work = tasks.prepare if request.header["verb"] == "prepare" else tasks.run
    try:
        return Message(header={"outcome": "done"}, body=work(request.header, request.body))
    except CredhubError as error:
        return Message(header={"outcome": "refused", "code": error.code, "message": str(error)})
    except Exception as error:  # noqa: BLE001  the outermost handler of this process
        return Message(header={"outcome": "failed", "reason": _reason(error)})


def _reason(error: Exception) -> str:
    # Type and place only: the message of an unexpected error may quote what it worked on.
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.name} line {frame.lineno}" for frame in frames[-3:]]
    return f"{type(error).__name__} in {' > '.join(places)}"


def _take_over_pipes() -> tuple[BinaryIO, BinaryIO]:
    # Afterwards nothing that a library prints can end up among the answers.
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")


def main() -> None:
    """Run the worker."""
    requests, answers = _take_over_pipes()
    limits.restrict(memory_bytes=int(sys.argv[1]))
    serve(requests, answers, held=network.give_up())


if __name__ == "__main__":
    main()
