"""The quick way to canonical N-Quads, beside the full path and never instead of it."""

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import sha256
from threading import Lock
from typing import Final

import orjson

from credhub.errors import VerificationError
from credhub.jsontypes import JsonObject
from credhub.proofs.canonicalizer import Canonicalizer
from credhub.proofs.holes import Hole, Places, put_in, take_out
from credhub.proofs.shapes import Shape

_REMEMBERED: Final = 256
_TRIES: Final = 3


class ShapedCanonicalizer:
    """Writes documents as canonical N-Quads, those of a known shape quickly.

    The first document of a shape is written by the full path, because most have no second one.
    The next ones too, until filling the shape gives the same bytes. After that the full path is
    for those that cannot be filled.
    """

    def __init__(self, full: Canonicalizer, places: Places) -> None:
        self._full = full
        self._places = places
        # The shape, or how many documents were seen that gave none.
        self._shapes: OrderedDict[bytes, Shape | int] = OrderedDict()
        self._lock = Lock()

    def canonical(self, document: JsonObject) -> bytes:
        """Write one document as canonical N-Quads.

        Raises:
            VerificationError, CanonicalizationError: As the full path.
        """
        frame, holes = take_out(document, self._places)
        try:
            frame_text = orjson.dumps([frame, [hole.kind.name for hole in holes]])
        except orjson.JSONEncodeError:
            return self._full.canonical(document)
        key = sha256(frame_text).digest()
        known = self._known(key)
        if isinstance(known, Shape):
            filled = known.fill([hole.value for hole in holes])
            return self._full.canonical(document) if filled is None else filled
        text = self._full.canonical(document)
        if 0 < known <= _TRIES:
            self._learn(key, document, holes, text)
        return text

    def _known(self, key: bytes) -> Shape | int:
        with self._lock:
            known = self._shapes.pop(key, 0)
            self._shapes[key] = known if isinstance(known, Shape) else known + 1
            if len(self._shapes) > _REMEMBERED:
                self._shapes.popitem(last=False)
            return known

    def _learn(
        self, key: bytes, document: JsonObject, holes: Sequence[Hole], expected: bytes
    ) -> None:
        marks = [hole.kind.mark.format(number) for number, hole in enumerate(holes, 1)]
        try:
            marked = self._full.canonical(put_in(document, self._places, marks))
        except VerificationError:
            return
        shape = Shape.compiled(marked.decode(), marks)
        if shape is not None and shape.fill([hole.value for hole in holes]) == expected:
            with self._lock:
                self._shapes[key] = shape
