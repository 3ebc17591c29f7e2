"""RDF Dataset Canonicalization 1.0, with a bound on its work.

RDFC-1.0 names blank nodes by what is around them. Nodes that look alike from nearby are told
apart by trying orders, and that can take for ever: so the steps are counted.

Written out here because the engine that reads our RDF gives other labels than the standard
where several quads join two nodes through the name of a graph, as in a presentation of two
similar credentials.

Source:
    W3C RDF Dataset Canonicalization 1.0, sections 4.4 to 4.8; section 7.1 warns of datasets that
    are built never to finish.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from credhub.errors import TooComplexError

Line = tuple[str, str, str, str]
"""Subject, predicate, object and graph name as N-Quads terms; the default graph is empty."""

MAX_BLANK_NODES: Final = 200
MAX_STEPS: Final = 50_000
"""Neighbours looked at, over all orders that are tried: a few tenths of a second."""

MAX_DEPTH: Final = 100
"""Nodes that look alike in a row."""

_BLANK: Final = "_:"
_TERM: Final = re.compile(r'<[^>]*>|_:\w+|"(?:[^"\\]|\\.)*"(?:\^\^<[^>]*>|@[a-z0-9\-]+)?')
_POSITIONS: Final = ((0, "s"), (2, "o"), (3, "g"))


def canonical_text(lines: Iterable[Line], *, hashed: Callable[[bytes], Any] = sha256) -> str:
    """Write quads in canonical form.

    Args:
        lines: The quads; whatever begins with ``_:`` is a blank node.
        hashed: The hash function, as of hashlib.

    Raises:
        TooComplexError: There are more than 200 blank nodes, or telling them apart would take
            too long.
    """
    distinct = set(lines)
    labels = canonical_labels(distinct, hashed=hashed)
    return "".join(
        sorted(
            _text(
                labels.get(subject, subject),
                predicate,
                labels.get(value, value),
                labels.get(graph, graph),
            )
            for subject, predicate, value, graph in distinct
        )
    )


def canonical_labels(
    lines: Iterable[Line], *, hashed: Callable[[bytes], Any] = sha256
) -> Mapping[str, str]:
    """Find the label of each blank node in the canonical form, such as ``_:c14n0``.

    Args:
        lines: The quads, each once.
        hashed: The hash function, as of hashlib.

    Raises:
        TooComplexError: As ``canonical_text``.
    """
    return _Labels(lines, hashed).issued


def lines_of(text: str) -> list[Line]:
    """Read canonical N-Quads."""
    return [_line_of(_TERM.findall(line)) for line in text.split("\n") if line]


class _Labels:
    """The canonical labels of the blank nodes of one dataset.

    Attributes:
        issued: The label of each.
    """

    def __init__(self, lines: Iterable[Line], hashed: Callable[[bytes], Any]) -> None:
        self._hashed = hashed
        self._lines: defaultdict[str, list[Line]] = defaultdict(list)
        self._steps = 0
        self._depth = 0
        for line in lines:
            for node in _nodes(line):
                self._lines[node].append(line)
        if len(self._lines) > MAX_BLANK_NODES:
            raise TooComplexError(f"The document has more than {MAX_BLANK_NODES} unnamed parts.")
        self._first = {node: self._first_degree(node) for node in self._lines}
        self.issued: dict[str, str] = {}
        self._issue_all()

    def _issue_all(self) -> None:
        alike: defaultdict[str, list[str]] = defaultdict(list)
        # In the order of their names, so that of twins always the same one comes first.
        for node in sorted(self._first, key=lambda name: (len(name), name)):
            alike[self._first[node]].append(node)
        for digest in sorted(alike):
            if len(alike[digest]) == 1:
                _issue(self.issued, alike[digest][0], "c14n")
        for digest in sorted(alike):
            found = [
                self._n_degree(node, {node: "_:b0"})
                for node in alike[digest]
                if node not in self.issued
            ]
            for _, names in sorted(found, key=lambda one: one[0]):
                for node in names:
                    _issue(self.issued, node, "c14n")

    def _first_degree(self, node: str) -> str:
        # Section 4.6.
        texts = [
            _text(_seen(subject, node), predicate, _seen(value, node), _seen(graph, node))
            for subject, predicate, value, graph in self._lines[node]
        ]
        return self._hex("".join(sorted(texts)))

    def _n_degree(self, node: str, names: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
        # Section 4.8.
        related: defaultdict[str, list[str]] = defaultdict(list)
        for line in self._lines[node]:
            for index, position in _POSITIONS:
                other = line[index]
                if other.startswith(_BLANK) and other != node:
                    related[self._related(other, line, names, position)].append(other)
        text = ""
        for digest in sorted(related):
            path, names = min(
                (self._path(order, names) for order in _orders(related[digest])),
                key=lambda one: one[0],
            )
            text += digest + path
        return self._hex(text), names

    def _related(self, node: str, line: Line, names: Mapping[str, str], position: str) -> str:
        # Section 4.7.
        name = self.issued.get(node) or names.get(node) or self._first[node]
        return self._hex(position + ("" if position == "g" else line[1]) + name)

    def _path(
        self, order: tuple[str, ...], names: Mapping[str, str]
    ) -> tuple[str, Mapping[str, str]]:
        self._steps += len(order)
        if self._steps > MAX_STEPS:
            raise _too_alike()
        copy = dict(names)
        path = ""
        new = []
        for node in order:
            if node in self.issued:
                path += self.issued[node]
                continue
            if node not in copy:
                new.append(node)
            path += _issue(copy, node, "b")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _too_alike()
        for node in new:
            digest, found = self._n_degree(node, copy)
            path += f"{copy[node]}<{digest}>"
            copy = dict(found)
        self._depth -= 1
        return path, copy

    def _hex(self, text: str) -> str:
        return str(self._hashed(text.encode()).hexdigest())


def _line_of(terms: list[str]) -> Line:
    subject, predicate, value, *graph = terms
    return subject, predicate, value, "".join(graph)


def _issue(names: dict[str, str], node: str, prefix: str) -> str:
    # Section 4.5.
    return names.setdefault(node, f"_:{prefix}{len(names)}")


def _orders(nodes: Iterable[str]) -> Iterator[tuple[str, ...]]:
    # Each order once, although a node can be there several times: Knuth, The Art of Computer
    # Programming, section 7.2.1.2, algorithm L.
    order = sorted(nodes)
    while True:
        yield tuple(order)
        falls = [index for index in range(len(order) - 1) if order[index] < order[index + 1]]
        if not falls:
            return
        last = falls[-1]
        other = max(index for index in range(last + 1, len(order)) if order[last] < order[index])
        order[last], order[other] = order[other], order[last]
        order[last + 1 :] = reversed(order[last + 1 :])


def _nodes(line: Line) -> Iterable[str]:
    subject, _, value, graph = line
    if subject[0] != "_" and value[0] != "_" and graph[:1] != "_":
        return ()
    return {term for term in line if term.startswith(_BLANK)}


def _seen(term: str, node: str) -> str:
    if not term.startswith(_BLANK):
        return term
    return "_:a" if term == node else "_:z"


def _text(subject: str, predicate: str, value: str, graph: str) -> str:
    if graph:
        return f"{subject} {predicate} {value} {graph} .\n"
    return f"{subject} {predicate} {value} .\n"


def _too_alike() -> TooComplexError:
    return TooComplexError("The document has too many unnamed parts that look the same.")
