"""Documents whose words mean something else than they seem to (T03, T04, T21, T31)."""

from collections.abc import Callable, Iterator

from credhub.jsontypes import JsonObject, JsonValue, canonical
from tests.hostile.sent import Make, TextCase, World, by_bytes, honest, own
from tests.services.sinks import badge

V2 = "https://www.w3.org/ns/credentials/v2"
_CODES = {
    **dict.fromkeys(("@nest", "@reverse", "@graph", "@included"), "context-not-allowed"),
    "a @language": "bad-signature",
    "a @direction": "data-loss",
}
"""How what is refused for another reason than that words are lost is called."""

Change = Callable[[JsonObject, World], JsonObject]


def cases() -> Iterator[TextCase]:
    groups = (_contexts(), _shapes(), _keywords(), _names(), _graphs())
    for name, (code, change) in {one: it for group in groups for one, it in group.items()}.items():
        yield TextCase(
            name=f"json-ld: {name}",
            threat="T31" if code == "too-complex" else "T04",
            hostile=_changed(change),
            twin=own,
            says=f"invalid {code}",
        )
    for name, (code, change) in _shapes().items():
        yield TextCase(
            name=f"json-ld: {name}, and its bytes are signed",
            threat="T04",
            hostile=_signed(change),
            twin=lambda _: honest(),
            says=f"invalid {code}",
        )


def _changed(change: Change) -> Make:
    return lambda world: canonical(change(world.own, world))


def _signed(change: Change) -> Make:
    return lambda world: canonical(by_bytes(change(badge(), world)))


def _words(document: JsonObject) -> list[JsonValue]:
    found = document["@context"]
    assert isinstance(found, list)
    return found


def _and(made: Callable[[World], JsonValue]) -> Change:
    """Add a context."""
    return lambda document, world: document | {"@context": [*_words(document), made(world)]}


def _always(context: JsonValue) -> Callable[[World], JsonValue]:
    return lambda _: context


def _context(change: Callable[[list[JsonValue]], JsonValue]) -> Change:
    return lambda document, _: document | {"@context": change(_words(document))}


def _contexts() -> dict[str, tuple[str, Change]]:
    inline: dict[str, JsonObject] = {
        "a name that means something else": {"name": "https://evil.example/name"},
        "a protected word that means something else": {"credentialSubject": "urn:x"},
        "a word taken away": {"credentialStatus": None},
        "a word for all others": {"@vocab": "urn:x#"},
        "a base of its own": {"@base": "https://evil.example/"},
        "an alias of id": {"@version": 1.1, "self": "@id"},
        "a context that does not go on": {"@propagate": False},
    }
    found = {name: _and(_always(one)) for name, one in inline.items()}
    found |= {
        "a context of a stranger": _and(lambda world: world.publish(b'{"@context":{}}')),
        "a context that is imported": _and(
            lambda world: {"@version": 1.1, "@import": world.publish(b'{"@context":{}}')}
        ),
        "a context inside": _and(lambda _: "http://127.0.0.1:9/context"),
    }
    return {name: ("context-not-allowed", change) for name, change in found.items()}


def _shapes() -> dict[str, tuple[str, Change]]:
    """What is refused before anybody asks what it means, whatever was signed."""
    return {
        "a context of this machine": (
            "malformed-context",
            _and(_always("file:///etc/passwd")),
        ),
        "null among the contexts": ("malformed-context", _context(lambda words: [*words, None])),
        "contexts in another order": ("not-a-credential", _context(lambda words: words[::-1])),
        "no context": ("not-a-credential", _context(lambda _: [])),
        "a context that is a text": ("not-a-credential", _context(lambda _: V2)),
        "contexts in a list of their own": ("not-a-credential", _context(lambda words: [words])),
    }


def _with(**members: JsonValue) -> Change:
    return lambda document, _: document | members


def _in_issuer(name: str, value: JsonValue) -> Change:
    def change(document: JsonObject, _: World) -> JsonObject:
        issuer = document["issuer"]
        assert isinstance(issuer, dict)
        return document | {"issuer": issuer | {name: value}}

    return change


def _keywords() -> dict[str, tuple[str, Change]]:
    members: dict[str, JsonValue] = {
        "@nest": {"name": "Master of everything"},
        "@reverse": {"credentialSubject": {"name": "x"}},
        "@graph": [{"id": "urn:x", "name": "Master of everything"}],
        "@included": [{"id": "urn:x", "name": "Master of everything"}],
        "@id": "https://evil.example/",
        "@type": "Master",
        "@index": "x",
        "@set": [],
        "@list": ["x"],
        "@unheard": "x",
    }
    found: dict[str, tuple[str, Change]] = {
        f"{name} in it": (_CODES.get(name, "data-loss"), _with(**{name: one}))
        for name, one in members.items()
    }
    values: dict[str, JsonValue] = {
        "@value": {"@value": "Master", "@type": "urn:x"},
        "@language": {"@value": "Master", "@language": "en"},
        "@direction": {"@value": "Master", "@direction": "rtl"},
        "@json": {"@value": {"a": 1}, "@type": "@json"},
        "@none": {"@none": "Master"},
    }
    found |= {
        f"a name as {name}": (_CODES.get(f"a {name}", "malformed-text"), _with(name=one))
        for name, one in values.items()
    }
    words = "context-not-allowed"
    found["a context in the issuer"] = (words, _in_issuer("@context", {"name": "urn:x"}))
    found["a remote context in the issuer"] = (
        words,
        _in_issuer("@context", "https://evil.example/"),
    )
    return found


def _names() -> dict[str, tuple[str, Change]]:
    return {
        "a word that nobody defines": ("data-loss", _with(honours="summa")),
        "a type that nobody defines": (
            "data-loss",
            _with(evidence=[{"type": ["Unheard"], "name": "x"}]),
        ),
        "a relative id": (
            "malformed-id",
            _with(evidence=[{"id": "../../etc", "type": ["Evidence"]}]),
        ),
        "an id that breaks out": (
            "malformed-id",
            _with(evidence=[{"id": "https://a/> <b", "type": ["Evidence"]}]),
        ),
        "a word as an address": ("data-loss", _with(**{"https://evil.example/name": "Master"})),
        "a word with a prefix": ("data-loss", _with(**{"schema:name": "Master"})),
    }


def _graphs() -> dict[str, tuple[str, Change]]:
    many: list[JsonValue] = [{"type": ["Evidence"], "narrative": f"{n}"} for n in range(300)]
    found = {
        "a clique": _in_issuer("parentOrg", _clique(8)),
        "a ring": _in_issuer("parentOrg", _ring(64)),
        "a family": _in_issuer("parentOrg", _family(8, 2)),
        "300 nodes without a name": _with(evidence=many),
    }
    return {name: ("too-complex", change) for name, change in found.items()}


def _node(name: int, *others: int) -> JsonValue:
    parents: list[JsonValue] = [{"id": f"_:n{one}"} for one in others]
    return {"id": f"_:n{name}", "type": ["Profile"], "parentOrg": parents}


def _clique(size: int) -> list[JsonValue]:
    return [_node(one, *(other for other in range(size) if other != one)) for one in range(size)]


def _ring(size: int) -> list[JsonValue]:
    return [_node(one, (one + 1) % size) for one in range(size)]


def _family(width: int, depth: int) -> list[JsonValue]:
    if not depth:
        return []
    return [{"type": ["Profile"], "parentOrg": _family(width, depth - 1)} for _ in range(width)]
