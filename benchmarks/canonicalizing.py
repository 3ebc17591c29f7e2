"""Canonical RDF: the safe mode that we use, and the engine that most of the ecosystem uses."""

import time
from collections.abc import Callable, Iterator
from typing import Final

import orjson
from pyld import jsonld

from benchmarks.effort import Effort
from benchmarks.figures import Row, Table, milliseconds, quantile, ratio
from credhub.bundled import read_schema_file
from credhub.credentials.document import VARYING
from credhub.jsontypes import JsonObject
from credhub.proofs.contexts import Contexts
from credhub.proofs.pruning import PrunedContexts
from credhub.proofs.quads import canonical_quads
from credhub.proofs.rdfc import SafeCanonicalizer, to_quads
from credhub.proofs.shaped import ShapedCanonicalizer
from tests.unit import factories

Write = Callable[[JsonObject], bytes]

PYLD: Final = "PyLD"
PRUNED: Final = "in safe mode, with contexts cut down"


def canonicalizing(effort: Effort) -> Iterator[Table]:
    """Measure one thread by its processor time; the ways take turns on the same documents."""
    contexts = Contexts.load(read_schema_file)
    ways: dict[str, Write] = {
        PYLD: _by_pyld(contexts),
        "by pyoxigraph, with whole contexts": _in_full(contexts),
        PRUNED: SafeCanonicalizer(contexts).canonical,
        "of a known shape": ShapedCanonicalizer(SafeCanonicalizer(contexts), VARYING).canonical,
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    ended = time.perf_counter() + effort.warm_up + effort.seconds
    warm = time.perf_counter() + effort.warm_up
    number = 0
    while time.perf_counter() < ended:
        number += 1
        written = set()
        for name, write in ways.items():
            document = factories.credential(str(number))
            started = time.thread_time()
            written.add(write(document))
            if time.perf_counter() > warm:
                times[name].append(time.thread_time() - started)
        if len(written) > 1:
            raise ValueError("two ways do not agree")
    yield Table(
        title="Canonicalise an Open Badge, in one thread",
        columns=("way", "p50 ms", "p99 ms", "times PyLD"),
        rows=tuple(_row(name, times) for name in ways),
    )


def _in_full(contexts: Contexts) -> Write:
    whole: dict[tuple[str, ...], bytes] = {}

    def write(document: JsonObject) -> bytes:
        combination = contexts.combination(document)
        if combination not in whole:
            definitions = [contexts.definitions[address] for address in combination]
            whole[combination] = PrunedContexts(definitions).full_text()
        body = {name: value for name, value in document.items() if name != "@context"}
        return canonical_quads(to_quads(whole[combination], orjson.dumps(body)))

    return write


def _by_pyld(contexts: Contexts) -> Write:
    def load(address: str, _options: object) -> dict[str, object]:
        document = {"@context": contexts.definitions[address]}
        return {"contextUrl": None, "documentUrl": address, "document": document}

    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "base": None,
        "documentLoader": load,
    }
    return lambda document: str(jsonld.normalize(document, options)).encode()


def _row(name: str, times: dict[str, list[float]]) -> Row:
    median, slow = quantile(times[name], 0.5), quantile(times[name], 0.99)
    speed = ratio(quantile(times[PYLD], 0.5), median)
    return (name, milliseconds(median), milliseconds(slow), speed)
