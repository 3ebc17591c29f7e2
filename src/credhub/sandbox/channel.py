"""The parent's ends of the two pipes to a worker: reads and writes that keep a deadline."""

import os
import select
import time
from typing import Final

from credhub.jsontypes import parse_object
from credhub.sandbox.frames import LENGTH, MAX_FRAME_BYTES, Message

CHUNK_BYTES: Final = 1024 * 1024
MAX_HEADER_BYTES: Final = 64 * 1024


class Channel:
    """One question at a time over two pipes, to a process that may never answer."""

    def __init__(self, *, write_fd: int, read_fd: int) -> None:
        self._write_fd = write_fd
        self._read_fd = read_fd
        os.set_blocking(write_fd, False)
        os.set_blocking(read_fd, False)

    def exchange(self, message: Message, *, deadline: float) -> Message:
        """Send one message and wait for its answer.

        Args:
            message: What to send.
            deadline: When to give up, on the monotonic clock.

        Raises:
            TimeoutError: The deadline passed.
            ConnectionError: The other side closed its end, or sent a frame that is too long.
            MalformedJsonError: The header of the answer is not an object.
        """
        self._write(message.encode(), deadline)
        header = parse_object(self._read_frame(deadline, MAX_HEADER_BYTES))
        return Message(header=header, body=self._read_frame(deadline, MAX_FRAME_BYTES))

    def _write(self, content: bytes, deadline: float) -> None:
        left = memoryview(content)
        while left:
            _wait_for(self._write_fd, select.POLLOUT, deadline)
            left = left[os.write(self._write_fd, left[:CHUNK_BYTES]) :]

    def _read_frame(self, deadline: float, max_bytes: int) -> bytes:
        size: int = LENGTH.unpack(self._read(LENGTH.size, deadline))[0]
        if size > max_bytes:
            raise ConnectionError("too long a frame")
        return self._read(size, deadline)

    def _read(self, size: int, deadline: float) -> bytes:
        content = bytearray()
        while len(content) < size:
            _wait_for(self._read_fd, select.POLLIN, deadline)
            chunk = os.read(self._read_fd, min(size - len(content), CHUNK_BYTES))
            if not chunk:
                raise ConnectionError("closed pipe")
            content += chunk
        return bytes(content)


def _wait_for(descriptor: int, event: int, deadline: float) -> None:
    # poll, because select refuses descriptors from 1024 on.
    poller = select.poll()
    poller.register(descriptor, event)
    left_ms = (deadline - time.monotonic()) * 1000
    if left_ms <= 0 or not poller.poll(left_ms):
        raise TimeoutError
