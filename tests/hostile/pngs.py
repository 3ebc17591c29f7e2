"""PNG badges, and what is done to them."""

import struct
import zlib
from collections.abc import Iterator, Sequence

from tests.hostile.case import Case

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def international(
    text: bytes, *, keyword: bytes = KEYWORD, flags: bytes = b"\0\0", words: bytes = b"\0\0"
) -> bytes:
    return chunk(b"iTXt", keyword + b"\0" + flags + words + text)


def header(width: int = 1, height: int = 1, *, bits: int = 8, kind: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0))


def image(*more: bytes, first: bytes | None = None, end: bytes | None = None) -> bytes:
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    begin = header() if first is None else first
    return SIGNATURE + begin + b"".join(more) + pixels + (chunk(b"IEND") if end is None else end)


def of_rows(
    rows: Sequence[Sequence[int]], *, kind: int = 0, opaque: bytes = b"\xff", bits: int = 8
) -> bytes:
    """Write grey values, 8 bits each, in any of the kinds of colour of a PNG."""
    pixels = {
        0: [bytes([grey]) for grey in range(256)],
        2: [bytes([grey] * 3) for grey in range(256)],
        3: [bytes([grey // 128]) for grey in range(256)],
        4: [bytes([grey]) + opaque for grey in range(256)],
        6: [bytes([grey] * 3) + opaque for grey in range(256)],
    }[kind]
    lines = b"".join(b"\0" + b"".join(pixels[grey] for grey in row) for row in rows)
    palette = chunk(b"PLTE", b"\0\0\0\xff\xff\xff") if kind == 3 else b""
    return (
        SIGNATURE
        + header(len(rows[0]), len(rows), bits=bits, kind=kind)
        + palette
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND")
    )


def cases(credential: bytes) -> Iterator[Case]:
    """T39 and the part of T40 that is about badges."""
    baked = international(credential)
    badge = image(baked)
    packed = zlib.compress(credential)
    bomb = zlib.compress(bytes(50_000_000))

    def case(name: str, code: str, hostile: bytes, threat: str = "T39") -> Case:
        return Case(name=f"png: {name}", threat=threat, hostile=hostile, code=code, twin=badge)

    yield case("two credentials", "ambiguous-badge", image(baked, international(b"{}")))
    yield case("the same credential twice", "ambiguous-badge", image(baked, baked))
    older = international(b"{}", keyword=b"openbadges")
    yield case("an older badge before it", "ambiguous-badge", image(older, baked))
    yield case("an older badge behind it", "ambiguous-badge", image(baked, older))
    capitals = international(b"{}", keyword=b"OpenBadgeCredential")
    yield case("one more in capitals", "ambiguous-badge", image(baked, capitals))
    yield case("in capitals", "badge-keyword", image(capitals))
    spaced = international(b"{}", keyword=b" openbadgecredential")
    yield case("a space before its name", "badge-keyword", image(spaced))
    plain = chunk(b"tEXt", KEYWORD + b"\0" + credential)
    yield case("one more as plain text", "ambiguous-badge", image(baked, plain))
    yield case("as plain text", "badge-chunk", image(plain))
    yield case("compressed", "compressed-badge", image(international(packed, flags=b"\1\0")))
    yield case(
        "compressed in zTXt",
        "compressed-badge",
        image(chunk(b"zTXt", KEYWORD + b"\0\0" + packed)),
    )
    yield case(
        "an unknown compression", "malformed-png", image(international(credential, flags=b"\0\1"))
    )
    yield case("a flag that is none", "malformed-png", image(international(b"", flags=b"\2\0")))
    yield case("without its parts", "malformed-png", image(chunk(b"iTXt", KEYWORD + b"\0\0\0")))
    yield case("no separator", "malformed-png", image(chunk(b"iTXt", KEYWORD)))
    yield case("not UTF-8", "malformed-png", image(international(b"{\xff}")))
    yield case("over the cap", "credential-too-large", image(international(bytes(2**20 + 1))))
    yield case("behind the end", "data-after-end", image() + baked)
    yield case("badge and more behind the end", "data-after-end", badge + baked)
    yield case("a page behind the end", "data-after-end", badge + b"<html>", "T40")
    yield case("an archive behind the end", "data-after-end", badge + b"PK\3\4", "T40")
    wrong = bytearray(badge)
    wrong[badge.index(b"iTXt") + 30] ^= 1
    yield case("a wrong checksum", "malformed-png", bytes(wrong))
    yield case("cut off", "malformed-png", badge[:-1], "T40")
    yield case("cut off in the credential", "malformed-png", badge[:60], "T40")
    yield case("no end", "malformed-png", image(baked, end=b""), "T40")
    yield case("an end with a body", "malformed-png", image(baked, end=chunk(b"IEND", b"x")))
    yield case("only a signature", "malformed-png", SIGNATURE, "T40")
    yield case("a damaged signature", "malformed-png", badge.replace(b"\r\n", b"\n\n", 1), "T40")
    yield case("no header first", "malformed-png", SIGNATURE + baked + image()[8:])
    yield case("two headers", "malformed-png", image(header(), baked))
    yield case("a short header", "malformed-png", image(baked, first=chunk(b"IHDR", b"1234")))
    huge = struct.pack(">I", 2**31) + b"iTXt"
    yield case("a chunk longer than the file", "malformed-png", image(huge), "T40")
    yield case("a chunk with a strange name", "malformed-png", image(chunk(b"i\0Xt"), baked))
    yield case("too many chunks", "file-too-complex", image(chunk(b"teXt") * 20_000), "T40")
    yield case(
        "a bomb as the credential",
        "compressed-badge",
        image(international(bomb, flags=b"\1\0")),
        "T40",
    )
    other = chunk(b"zTXt", b"Comment\0\0" + bomb)
    yield case("a bomb beside two", "ambiguous-badge", image(other, baked, baked), "T40")
