"""Where canonical N-Quads come from."""

from typing import Protocol

from credhub.jsontypes import JsonObject


class Canonicalizer(Protocol):
    """Writes a document as canonical N-Quads, here or in a worker process."""

    def canonical(self, document: JsonObject) -> bytes:
        """Write one document."""
        ...
