"""The quick way to canonical N-Quads, beside the full path and never instead of it."""

from collections import OrderedDict
from enum import Enum, auto
from hashlib import sha256
from threading import Lock
from typing import Final

import orjson

from credhub.errors import CanonicalizationError, VerificationError
from credhub.jsontypes import JsonObject
from credhub.proofs.canonicalizer import Canonicalizer
from credhub.proofs.holes import Places, marks_for, put_in, take_out
from credhub.proofs.shapes import Shape

_REMEMBERED: Final = 256
_LONGEST_FRAME: Final = 32 * 1024
"""Of its JSON. With as many as are remembered, some tens of megabytes at most."""


class _Unshaped(Enum):
    """What is known of a frame that has no shape."""

    SEEN_ONCE = auto()
    HOPELESS = auto()
    WRONG = auto()


class ShapedCanonicalizer:
    """Writes documents as canonical N-Quads, those of a known shape quickly.

    A shape is made of the frame of its documents, and of nothing that they say in their holes: the
    full path writes the frame with marks in them. Filled with other marks, it must give what the
    full path gives for those. The full path is also for the first document of a frame, because
    most have no second one, and for all that cannot be filled.
    """

    def __init__(self, full: Canonicalizer, places: Places) -> None:
        self._full = full
        self._places = places
        self._shapes: OrderedDict[bytes, Shape | _Unshaped] = OrderedDict()
        self._lock = Lock()

    def canonical(self, document: JsonObject) -> bytes:
        """Write one document as canonical N-Quads.

        Raises:
            VerificationError, CanonicalizationError: As the full path.
        """
        taken = take_out(document, self._places)
        if taken is None:
            return self._full.canonical(document)
        frame, values = taken
        shape = self._shape_of(frame)
        filled = None if shape is None else shape.fill(values)
        return self._full.canonical(document) if filled is None else filled

    def rehearse(self, document: JsonObject) -> None:
        """Make the shape of a document before it is needed.

        Raises:
            VerificationError, CanonicalizationError: As the full path.
            CanonicalizationError: The shape would give other bytes.
        """
        self._full.canonical(document)
        taken = take_out(document, self._places)
        if taken is not None:
            made = self._made(taken[0])
            key = _key_of(taken[0])
            if key is not None:
                self._remember(key, made)
            if made is _Unshaped.WRONG:
                raise CanonicalizationError("A shape gives other bytes than the full path.")

    def _shape_of(self, frame: JsonObject) -> Shape | None:
        key = _key_of(frame)
        if key is None:
            return None
        known = self._known(key)
        if known is _Unshaped.SEEN_ONCE:
            known = self._made(frame)
            self._remember(key, known)
        return known if isinstance(known, Shape) else None

    def _known(self, key: bytes) -> Shape | _Unshaped | None:
        with self._lock:
            known = self._shapes.get(key)
            if known is not None:
                self._shapes.move_to_end(key)
                return known
        self._remember(key, _Unshaped.SEEN_ONCE)
        return None

    def _remember(self, key: bytes, known: Shape | _Unshaped) -> None:
        with self._lock:
            self._shapes[key] = known
            self._shapes.move_to_end(key)
            if len(self._shapes) > _REMEMBERED:
                self._shapes.popitem(last=False)

    def _made(self, frame: JsonObject) -> Shape | _Unshaped:
        marks, others = marks_for(frame, self._places)
        document = put_in(frame, self._places, others)
        try:
            text = self._full.canonical(put_in(frame, self._places, marks))
            expected = self._full.canonical(document)
        except (VerificationError, CanonicalizationError):
            return _Unshaped.HOPELESS
        shape = Shape.compiled(text.decode(), marks)
        taken = take_out(document, self._places)
        if shape is None or taken is None:
            return _Unshaped.HOPELESS
        filled = shape.fill(taken[1])
        if filled is None:
            return _Unshaped.HOPELESS
        return shape if filled == expected else _Unshaped.WRONG


def _key_of(frame: JsonObject) -> bytes | None:
    """Name a frame in 32 bytes; what strangers send may be long, and is not kept."""
    try:
        text = orjson.dumps(frame)
    except orjson.JSONEncodeError:
        return None
    return sha256(text).digest() if len(text) <= _LONGEST_FRAME else None
