"""Canonical N-Quads of documents that differ in a few values: compiled once, then filled.

The credentials of one achievement share a shape. What JSON-LD makes of a document does not depend
on what a literal says, nor on which absolute address a node has, as long as no two nodes have the
same. So the quads of one document are those of another one of its shape with the values exchanged;
only the labels of the blank nodes and the order of the lines are new. A blank node around which
nothing is exchanged keeps its hash.

Source:
    RDFC-1.0, sections 4.4 (Canonicalization Algorithm) and 4.6 (Hash First Degree Quads).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Self

_TERM: Final = re.compile(r'<[^>]*>|_:c14n\d+|"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Quads of which some have slots.

    Attributes:
        fixed: Those that have none, in order.
        template: The others, with ``%s`` for each slot.
        slots: Which value goes there.
    """

    fixed: tuple[str, ...] = field(repr=False)
    template: str = field(repr=False)
    slots: tuple[int, ...]

    @classmethod
    def compiled(cls, lines: Iterable[str], slots: Mapping[str, int]) -> Self:
        """Make slots of terms."""
        fixed, others, used = [], [], []
        for line in lines:
            found = [slots[term] for term in _TERM.findall(line) if term in slots]
            if found:
                others.append(_TERM.sub(lambda it: _slotted(it.group(), slots), line))
                used += found
            else:
                fixed.append(line)
        return cls(fixed=tuple(sorted(fixed)), template="\n".join(others), slots=tuple(used))

    def filled(self, values: Sequence[str]) -> list[str]:
        """Write the quads in order, with these values in the slots."""
        if not self.slots:
            return [*self.fixed]
        filled = self.template % tuple([values[slot] for slot in self.slots])
        return sorted([*self.fixed, *filled.split("\n")])

    def digest(self, values: Sequence[str]) -> bytes:
        """Hash the quads with these values in the slots."""
        return sha256(_text(self.filled(values))).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Quads with slots for the values of holes and, after them, for the labels of blank nodes.

    Attributes:
        lines: All of them.
        around: For each blank node the hash of the lines that it is in, as it sees them; or the
            lines, if they have slots.
        naming: Which holes name a node.
        addresses: What names the other nodes.
    """

    lines: Lines = field(repr=False)
    around: tuple[Lines | bytes, ...] = field(repr=False)
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
        lines = text.split("\n")[:-1]
        terms = {term for line in lines for term in _TERM.findall(line)}
        if any(f'"{mark}"' not in terms and f"<{mark}>" not in terms for mark in marks):
            return None
        holes = {
            term: number for number, mark in enumerate(marks) for term in (f'"{mark}"', f"<{mark}>")
        }
        labels = [term for term in terms if term.startswith("_:")]
        places = {label: place for place, label in enumerate(labels, len(marks))}
        return cls(
            lines=Lines.compiled(lines, holes | places),
            around=tuple(_around(label, lines, holes) for label in labels),
            naming=tuple(number for number, mark in enumerate(marks) if f"<{mark}>" in terms),
            addresses=frozenset(term[1:-1] for term in terms if term.startswith("<")),
        )

    def fill(self, values: Sequence[str]) -> bytes | None:
        """Write the quads with these values, each as N-Quads write it.

        Returns:
            None when two nodes have one address, two blank nodes look alike, or two lines say the
            same: then more is needed than to exchange values.
        """
        named = {values[hole] for hole in self.naming}
        labels = self._labels(values)
        if len(named) < len(self.naming) or not named.isdisjoint(self.addresses) or labels is None:
            return None
        lines = self.lines.filled([*values, *labels])
        return _text(lines) if len(set(lines)) == len(lines) else None

    def _labels(self, values: Sequence[str]) -> list[str] | None:
        hashes = [it if isinstance(it, bytes) else it.digest(values) for it in self.around]
        ranks = {digest: rank for rank, digest in enumerate(sorted(set(hashes)))}
        if len(ranks) < len(hashes):
            return None
        return [f"_:c14n{ranks[digest]}" for digest in hashes]


def _around(label: str, lines: Iterable[str], holes: Mapping[str, int]) -> Lines | bytes:
    def seen(term: re.Match[str]) -> str:
        if not term.group().startswith("_:"):
            return term.group()
        return "_:a" if term.group() == label else "_:z"

    own = [line for line in lines if label in _TERM.findall(line)]
    compiled = Lines.compiled([_TERM.sub(seen, line) for line in own], holes)
    return compiled if compiled.slots else compiled.digest(())


def _slotted(term: str, slots: Mapping[str, int]) -> str:
    if term not in slots:
        return term.replace("%", "%%")
    return "%s" if term.startswith("_:") else f"{term[0]}%s{term[-1]}"


def _text(lines: Iterable[str]) -> bytes:
    return "\n".join([*lines, ""]).encode()
