"""The body of a request while it arrives: how much of it, for how long, and in which pieces."""

from collections.abc import Iterator
from typing import Final

import anyio
from anyio.lowlevel import checkpoint
from starlette.types import Message, Receive

from credhub.web import admission
from credhub.web.problems import Problem

PIECE: Final = 64 * 1024
"""What is parsed of a form before others have their turn: at most some milliseconds of work."""

_BODY: Final = "http.request"


class BodyRefusedError(Exception):
    """The body passed a limit while it was being read."""


class ArrivingBody:
    """What a server hands out of one request, within limits.

    Attributes:
        refused: Why the rest is not read; none while it is.
    """

    def __init__(self, receive: Receive, *, most: int, seconds: float) -> None:
        self.refused: Problem | None = None
        self._receive = receive
        self._most = most
        self._until = anyio.current_time() + seconds
        self._size = 0
        self._pieces: Iterator[Message] = iter(())
        self._ended = False

    async def receive(self) -> Message:
        """Receive the next piece, or that the client has gone.

        Raises:
            BodyRefusedError: The body is too large or too slow.
        """
        piece = next(self._pieces, None)
        if piece is not None:
            await checkpoint()
            return piece
        if self._ended:  # What comes now is that the client has gone.
            return await self._receive()
        message = await self._in_time()
        self._size += len(message.get("body", b""))
        if self._size > self._most:
            raise self._refusal(admission.too_large(self._most))
        self._ended = not message.get("more_body", False)
        if len(message.get("body", b"")) <= PIECE:
            return message
        self._pieces = _pieces(message)
        return next(self._pieces)

    async def _in_time(self) -> Message:
        with anyio.move_on_after(self._until - anyio.current_time()) as waiting:
            message = await self._receive()
        if waiting.cancelled_caught:
            raise self._refusal(admission.TOO_SLOW)
        return message

    def _refusal(self, problem: Problem) -> BodyRefusedError:
        self.refused = problem
        return BodyRefusedError()


def _pieces(message: Message) -> Iterator[Message]:
    body: bytes = message["body"]
    more: bool = message.get("more_body", False)
    for start in range(0, len(body), PIECE):
        end = start + PIECE
        yield {"type": _BODY, "body": body[start:end], "more_body": more or end < len(body)}
