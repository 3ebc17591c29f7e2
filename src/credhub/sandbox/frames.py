"""The frames that a worker and its parent exchange.

A frame is four bytes of length, big-endian, and so many bytes. A message is two frames: a header
(JSON) and a body (the bytes of the task).
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

from credhub.jsontypes import JsonObject, canonical, parse_object

LENGTH: Final = struct.Struct(">I")
MAX_FRAME_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A header that says what is asked or answered, and the bytes it is about."""

    header: JsonObject
    body: bytes = b""

    def encode(self) -> bytes:
        """Write both frames."""
        return frame(canonical(self.header)) + frame(self.body)


def frame(content: bytes) -> bytes:
    """Write one frame."""
    return LENGTH.pack(len(content)) + content


def read_message(stream: BinaryIO) -> Message | None:
    """Read one message from a blocking stream, or None when the other side has closed it."""
    header = _read_frame(stream)
    body = _read_frame(stream)
    if header is None or body is None:
        return None
    return Message(header=parse_object(header), body=body)


def _read_frame(stream: BinaryIO) -> bytes | None:
    length = stream.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    size = LENGTH.unpack(length)[0]
    content = stream.read(size)
    return content if len(content) == size else None
