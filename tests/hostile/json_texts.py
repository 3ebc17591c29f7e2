"""JSON with two meanings, with none, or without an end (T11, T18, T19)."""

from collections.abc import Callable, Iterator

from tests.hostile.sent import Make, TextCase, World, own

MALFORMED = "400 malformed-json"
TOO_LARGE = 2**20


def cases() -> Iterator[TextCase]:
    for name, hostile in {**_repeated(), **_numbers(), **_characters(), **_ends()}.items():
        yield TextCase(
            name=f"json: {name}", threat="T18", hostile=hostile, twin=own, says=MALFORMED
        )
    yield from _large()
    yield from _elsewhere()


def _with(member: bytes) -> Make:
    """Put a member before all others."""
    return lambda world: b"{" + member + b"," + own(world)[1:]


def _changed(change: Callable[[bytes], bytes]) -> Make:
    return lambda world: change(own(world))


def _repeated() -> dict[str, Make]:
    def deep(world: World) -> bytes:
        subject = b'"credentialSubject":{'
        assert own(world).count(subject) == 1
        return own(world).replace(subject, subject + b'"name":"Master Mallory",')

    return {
        "a name twice": _with(b'"name":"Master of everything"'),
        "a name twice, once escaped": _with(b'"n\\u0061me":"Master of everything"'),
        "a name twice, deep inside": deep,
        "the proof twice": _with(b'"proof":[]'),
        "the issuer twice": _with(b'"issuer":"did:web:evil.example"'),
        "the context twice": _with(b'"@context":[]'),
    }


def _numbers() -> dict[str, Make]:
    written = {
        "NaN": b"NaN",
        "an infinity": b"-Infinity",
        "1e400": b"1e400",
        "an integer beyond 2^53": b"9007199254740993",
        "5,000 digits": b"9" * 5_000,
        "500,000 digits": b"9" * 500_000,
        "a leading zero": b"007",
        "hexadecimal": b"0x10",
        "no digit behind the point": b"1.",
        "a plus": b"+1",
        "digits of another script": "\u0661".encode(),
    }
    return {name: _with(b'"x":' + number) for name, number in written.items()}


def _characters() -> dict[str, Make]:
    texts = {
        "a lone surrogate": b'"\\ud800"',
        "two surrogates in the wrong order": b'"\\udc00\\ud800"',
        "a surrogate in bytes": b'"\xed\xa0\x80"',
        "U+0000": b'"\\u0000"',
        "a control character": b'"\x01"',
        "overlong UTF-8": b'"\xc0\xaf"',
        "cut off UTF-8": b'"\xe2\x82"',
        "beyond Unicode": b'"\xf4\x90\x80\x80"',
        "an unknown escape": b'"\\x41"',
        "single quotes": b"'x'",
    }
    found = {name: _with(b'"x":' + text) for name, text in texts.items()}
    found["a lone surrogate in a name"] = _with(b'"\\udfff":1')
    found["a byte order mark"] = _changed(lambda text: b"\xef\xbb\xbf" + text)
    return found


def _ends() -> dict[str, Make]:
    found = {
        "a trailing comma": _changed(lambda text: text[:-1] + b",}"),
        "a comment": _changed(lambda text: b"{/**/" + text[1:]),
        "two texts": _changed(lambda text: text + text),
        "a page behind it": _changed(lambda text: text + b"<script>alert(1)</script>"),
        "a NUL behind it": _changed(lambda text: text + b"\0"),
        "cut off": _changed(lambda text: text[:-1]),
        "cut off in a text": _changed(lambda text: text[: len(text) // 2]),
    }
    for depth in (33, 5_000, 100_000):
        for kind, start, end in (("arrays", b"[", b"]"), ("objects", b'{"a":', b"}")):
            nested = start * depth + b"1" + end * depth
            found[f"{depth:,} {kind}"] = _with(b'"x":' + nested)
    return found


def _large() -> Iterator[TextCase]:
    yield TextCase(
        name="json: a megabyte of white space",
        threat="T11",
        hostile=_changed(lambda text: text + b" " * TOO_LARGE),
        twin=own,
        says="413 body-too-large",
        file_says="422 credential-too-large",
    )
    yield TextCase(
        name="json: a text of a megabyte",
        threat="T11",
        hostile=_with(b'"x":"' + b"x" * TOO_LARGE + b'"'),
        twin=own,
        says="413 body-too-large",
        file_says="422 credential-too-large",
    )
    many = b",".join(b'"member-%d":"x"' % n for n in range(40_000))
    yield TextCase(
        name="json: 40,000 members",
        threat="T11",
        hostile=_with(many),
        twin=own,
        says="invalid data-loss",
    )


def _elsewhere() -> Iterator[TextCase]:
    """T19, and what only some parsers take for a member."""
    for name, member in {
        "a number beside what was signed": b'"credits":0.30000000000000004',
        "__proto__": b'"__proto__":{"name":"Master of everything"}',
        "an empty name": b'"":"x"',
    }.items():
        yield TextCase(
            name=f"json: {name}",
            threat="T19",
            hostile=_with(member),
            twin=own,
            says="invalid data-loss",
        )
