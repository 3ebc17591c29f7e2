"""Where one row of JSON ends: lines, and the elements of an array that arrives in blocks."""

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from credhub.documents.rows.faults import Code, file_refused
from credhub.errors import RowsError

MAX_ROW: Final = 1024 * 1024

# What can be passed over inside of an element, and between two: whole strings, and what is no
# bracket, nor a comma. Possessive: linear time for any text.
_STRING: Final = rb'"(?:[^"\\]++|\\.)*+"'
_INSIDE: Final = re.compile(rb'(?:[^"\[\]{}]++|%b)*+' % _STRING, re.DOTALL)
_BETWEEN: Final = re.compile(rb'(?:[^"\[\]{},]++|%b)*+' % _STRING, re.DOTALL)
_SPACE: Final = b" \t\r\n"
_NOT_YET: Final = frozenset({b"", b'"'})  # the end of what is here, or a string that is not closed


def lines(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Cut at line feeds; lines count from 1.

    Raises:
        RowsError: A line is longer than any row may be.
    """
    number = 1
    rest = b""
    for block in _unmarked(blocks):
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            yield number, line
            number += 1
        if len(rest) > MAX_ROW:
            raise file_refused(Code.ROW_TOO_LONG, row=number, most=MAX_ROW)
    yield number, rest


def elements(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Cut an array into its elements, which count from 1 and are not looked into.

    Raises:
        RowsError: It is no array, is broken, or an element is longer than any row may be.
    """
    pieces = _unmarked(blocks)
    held = _opened(pieces)
    start = at = depth = 0  # where the element begins, how far it was looked through, how deep
    number = 1
    while True:
        at = _passed(held, at, depth)
        mark = held[at : at + 1]
        if mark in _NOT_YET:
            held, at, start = held[start:] + _next(pieces, number, len(held) - start), at - start, 0
            continue
        at += 1
        if mark in b"[{":
            depth += 1
        elif depth:
            depth -= 1
        else:
            element = held[start : at - 1].strip(_SPACE)
            _check_end(mark, element, number)
            if element:
                yield number, element
            if mark == b"]":
                break
            start, number = at, number + 1
    _check_rest(chain((held[at:],), pieces), number)


def _unmarked(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Take away the byte order mark, which a reader may ignore (RFC 8259, section 8.1)."""
    pieces = iter(blocks)
    yield next(pieces, b"").removeprefix(codecs.BOM_UTF8)
    yield from pieces


def _opened(pieces: Iterator[bytes]) -> bytes:
    for piece in pieces:
        if begun := piece.lstrip(_SPACE):
            if begun.startswith(b"["):
                return begun[1:]
            raise file_refused(Code.NOT_AN_ARRAY)
    raise file_refused(Code.FILE_EMPTY)


def _passed(held: bytes, at: int, depth: int) -> int:
    match = (_INSIDE if depth else _BETWEEN).match(held, at)
    return at if match is None else match.end()


def _next(pieces: Iterator[bytes], number: int, held: int) -> bytes:
    piece = next(pieces, None)
    if piece is None:
        raise _broken(number, "it ends before it is closed.")
    if held > MAX_ROW:
        raise file_refused(Code.ROW_TOO_LONG, row=number, most=MAX_ROW)
    return piece


def _check_end(mark: bytes, element: bytes, number: int) -> None:
    if mark == b"}":
        raise _broken(number, "a bracket is closed that was not opened.")
    if not element and (mark == b"," or number > 1):
        raise _broken(number, "there is nothing beside a comma.")


def _check_rest(pieces: Iterable[bytes], number: int) -> None:
    if any(piece.strip(_SPACE) for piece in pieces):
        raise _broken(number, "something follows its end.")


def _broken(number: int, problem: str) -> RowsError:
    return file_refused(Code.ARRAY_BROKEN, row=number, problem=problem)
