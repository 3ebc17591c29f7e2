"""Canonical N-Quads of documents that differ in a few values: compiled once, then filled.

The credentials of one achievement share a shape. What JSON-LD makes of a document does not depend
on what a literal says, nor on which absolute address a node has, as long as no two nodes have the
same. So the quads of one document are those of another one of its shape with the values exchanged;
only the labels of the blank nodes and the order of the lines are new.

Source:
    RDFC-1.0, sections 4.4 (Canonicalization Algorithm) and 4.6 (Hash First Degree Quads).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Self

_TERM: Final = re.compile(r'<[^>]*>|_:c14n\d+|"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Quads with slots for the values of holes and, after them, for the labels of blank nodes.

    Attributes:
        lines: Format strings.
        mentions: For each blank node, the lines that it is in.
        naming: Which holes name a node.
        addresses: What names the other nodes.
    """

    lines: tuple[str, ...] = field(repr=False)
    mentions: tuple[tuple[str, ...], ...] = field(repr=False)
    naming: tuple[int, ...]
    addresses: frozenset[str] = field(repr=False)

    @classmethod
    def compiled(cls, text: str, marks: Sequence[str]) -> Self | None:
        """Find marks in canonical N-Quads.

        Args:
            text: The quads of a document with a mark in each hole.
            marks: They stand nowhere else in the document.

        Returns:
            None when a mark is not a whole term.
        """
        terms = _TERM.findall(text)
        labels = sorted({term for term in terms if term.startswith("_:")})
        slots = {label: f"{{{number}}}" for number, label in enumerate(labels, len(marks))}
        for number, mark in enumerate(marks):
            slots[f'"{mark}"'] = f'"{{{number}}}"'
            slots[f"<{mark}>"] = f"<{{{number}}}>"
        if any(f'"{mark}"' not in terms and f"<{mark}>" not in terms for mark in marks):
            return None
        lines = tuple(_with_slots(line, slots) for line in text.splitlines(keepends=True))
        return cls(
            lines=lines,
            mentions=tuple(
                tuple(line for line in lines if slots[label] in line) for label in labels
            ),
            naming=tuple(number for number, mark in enumerate(marks) if f"<{mark}>" in terms),
            addresses=frozenset(term[1:-1] for term in terms if term.startswith("<")),
        )

    def fill(self, values: Sequence[str]) -> bytes | None:
        """Write the quads with these values.

        Returns:
            None when two nodes have one address, or two blank nodes look alike: then more is
            needed than to exchange values.
        """
        named = {values[hole] for hole in self.naming}
        labels = self._labels(values)
        if len(named) < len(self.naming) or named & self.addresses or labels is None:
            return None
        slots = (*values, *labels)
        return "".join(sorted({line.format(*slots) for line in self.lines})).encode()

    def _labels(self, values: Sequence[str]) -> tuple[str, ...] | None:
        count = len(self.mentions)
        hashes = []
        for node, lines in enumerate(self.mentions):
            around = ["_:z"] * count
            around[node] = "_:a"
            quads = sorted(line.format(*values, *around) for line in lines)
            hashes.append(sha256("".join(quads).encode()).digest())
        ranks = {value: rank for rank, value in enumerate(sorted(set(hashes)))}
        if len(ranks) < count:
            return None
        return tuple(f"_:c14n{ranks[value]}" for value in hashes)


def _with_slots(line: str, slots: dict[str, str]) -> str:
    def slot(match: re.Match[str]) -> str:
        term = match.group()
        return slots.get(term) or term.replace("{", "{{").replace("}", "}}")

    return _TERM.sub(slot, line)
