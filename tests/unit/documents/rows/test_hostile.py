"""Files that are meant to harm, or as bad: each is refused where it is wrong, and soon."""

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from credhub.documents.rows.blocks import BLOCK, blocks
from credhub.documents.rows.choices import (
    MAX_BYTES,
    MAX_FAULTS,
    MAX_NUMBER,
    MAX_ROWS,
    Choices,
    DateOrder,
    Encoding,
    Form,
    Separator,
)
from credhub.documents.rows.faults import Code
from credhub.documents.rows.outcome import ReadRow
from credhub.documents.rows.reader import RowReader
from credhub.errors import RowsError
from tests.unit.documents.rows.reading import Read, read

MIB = 1024 * 1024
FULL = b"name,note\n" + b"".join(b"Ada %d,\n" % number for number in range(MAX_ROWS))


def test_t68_ten_mebibytes_are_read_and_one_byte_more_is_refused() -> None:
    row = b'Ada,"' + b"x" * 9_000 + b'"\n'
    begin = b"key,name,note\n" + b"".join(b"%d,%b" % (at, row) for at in range(1_100))
    padded = begin + b"\n" * (MAX_BYTES - len(begin))

    assert len(read(padded).rows) == 1_100
    found = read(padded + b"\n", chunk=BLOCK)
    assert found.codes == [(None, None, "file-too-large")]
    assert "10 MiB" in found.refused[0].detail


def test_t68_what_is_too_long_is_refused_before_it_has_arrived() -> None:
    arrived = 0

    def endless() -> Iterator[bytes]:
        nonlocal arrived
        yield b"name\n"
        while True:
            arrived += 1
            yield b"\n" * MIB

    with pytest.raises(RowsError) as caught:
        list(RowReader(endless(), Form.CSV))

    assert caught.value.faults[0].code in {"file-too-large", "too-many-rows"}
    assert arrived <= MAX_BYTES // MIB + 1


def test_t68_fifty_thousand_rows_are_read_and_the_next_is_refused() -> None:
    assert len(read(FULL.replace(b",\n", b",x\n")).rows) == MAX_ROWS

    found = read(FULL + b"\nAda,\n")

    assert found.codes == [(MAX_ROWS + 3, None, "too-many-rows")]


def test_t68_rows_without_anything_are_counted_too() -> None:
    found = read("name\n" + "\n" * MAX_NUMBER)

    assert found.codes == [(MAX_NUMBER + 1, None, "too-many-rows")]
    assert read("\n" * (MAX_NUMBER + 2), Form.JSON_LINES).codes == [
        (MAX_NUMBER + 1, None, "too-many-rows")
    ]


@pytest.mark.parametrize("quote", ["", '"x"'], ids=["bare", "quoted"])
def test_t68_a_million_columns_are_refused(quote: str) -> None:
    line = ",".join([quote] * 1_000_000)

    assert read(f"name{line}\nAda\n").refused[0].row == 1
    found = read(f"name,email\nAda,\n{line},x\nBea,\n")
    assert {one.row for one in (*found.faults, *found.refused)} == {3}
    assert found.names[:1] == ["Ada"]


@pytest.mark.parametrize(
    ("begin", "code"),
    [("", "row-too-long"), ('"', "quote-unclosed"), ('Ada,"', "quote-unclosed")],
)
def test_t68_a_cell_of_ten_mebibytes_is_refused_early(begin: str, code: str) -> None:
    arrived = 0

    def chunks() -> Iterator[bytes]:
        nonlocal arrived
        yield f"name,note\nAda,\n{begin}".encode()
        for _ in range(10 * 16 - 1):
            arrived += 1
            yield b"x" * BLOCK

    reader = RowReader(chunks(), Form.CSV)
    with pytest.raises(RowsError) as caught:
        list(reader)

    assert [(one.row, one.code) for one in caught.value.faults] == [(3, code)]
    assert arrived < 16


@pytest.mark.parametrize("form", Form)
def test_t68_ten_mebibytes_of_anything_are_read_or_refused(form: Form) -> None:
    for unit in (b"\0", b'"', b",", b'"\n', b"\xff", b"[", b"{", b'["', b"\\", b'"a"\n,', b"\r"):
        found = read(unit * (MAX_BYTES // len(unit)), form)
        assert not found.rows
        assert found.refused


def test_t68_a_flood_of_faults_is_told_in_part() -> None:
    wide = b",".join([b"name", *(b"c%d" % at for at in range(49))])
    damaged = wide + b"\n" + (b"\0," * 49 + b"\0\n") * 50_000
    members = b"{%b}\n" % b",".join(b'"%d": 1' % at for at in range(80_000))

    for found in (read(damaged), read(b"name\n" + (b"\0," * 240_000 + b"\n") * 20)):
        assert len(found.faults) <= MAX_FAULTS
    assert [one.code for one in read(damaged).refused] == ["too-many-faults"]
    assert len(read(members * 10, Form.JSON_LINES).faults) == 10 * 21
    assert len(read(b"name\n\0\n\0\n\0\n", choices=Choices(max_faults=2)).faults) == 2


def test_t68_nobody_slows_the_reading_by_sending_single_bytes() -> None:
    data = b"name\n" + b"x" * 100_000 + b"\n"

    assert read(data, chunk=1).codes == read(data).codes
    assert [len(one) for one in blocks(iter([b"x"] * 10), most=10, size=4)] == [4, 4, 2]


def test_memory_is_bounded_by_the_block_and_digests_not_by_the_file() -> None:
    def chunks(rows: int) -> Iterator[bytes]:
        yield b"name,note\n"
        for _ in range(rows):
            yield b'undefined,"' + b"x" * 1_000 + b'"\n'

    def peak(rows: int) -> int:
        tracemalloc.start()
        for _ in RowReader(chunks(rows), Form.CSV):
            pass
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(5_000) < peak(500) * 2


def test_t68_files_that_were_joined_are_told_row_by_row() -> None:
    one = "\ufeffname;email\nZoë;\n"

    found = read(one.encode() + one.encode() + one.encode("cp1252", "ignore") + b"Ada;\n")

    assert found.codes == [
        (3, "name", "mark-inside"),
        (4, None, "duplicate-learner"),
        (5, None, "header-again"),
        (6, "name", "not-utf-8"),
    ]
    assert found.names == ["Zoë", "Ada"]


PIECES = (
    *(b"name", b"email", b"key", b"date", b"Ada", b"a@b", b"25.04.2026", b"03/04/2026", b"sep=;"),
    *(b",", b";", b"\t", b'"', b'""', b"\n", b"\r", b"\r\n", b" ", b"'", b"=", b"undefined"),
    *(b"\xff", b"\xc3\xb6", b"\xf6", b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xd8"),
    *(b"[", b"]", b"{", b"}", b":", b"\\", b'{"recipient":{"name":"Ada"}}', b"#REF!"),
)
bytes_like_rows = st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join)
files = (
    st.binary(max_size=60)
    | bytes_like_rows
    | bytes_like_rows.map(lambda data: b"name,email,key\n" + data)
    | bytes_like_rows.map(lambda data: b"[" + data + b"]")
    | bytes_like_rows.map(lambda data: data.decode("latin-1").encode("utf-16"))
)
choices = st.builds(
    Choices,
    encoding=st.none() | st.sampled_from(Encoding),
    separator=st.none() | st.sampled_from(Separator),
    date_order=st.none() | st.sampled_from(DateOrder),
    columns=st.just({}) | st.just({"name": "key", "key": "name"}) | st.just({"Ada": "name"}),
    max_rows=st.sampled_from([1, MAX_ROWS]),
    max_bytes=st.sampled_from([50, MAX_BYTES]),
)


@given(files, st.sampled_from(Form), choices, st.integers(1, 9), st.integers(4, 33))
@example(b"name\r\nAda\r\nBea", Form.CSV, Choices(), 1, 5)
@example("\ufeffname\nA🦊\n".encode("utf-16-le"), Form.CSV, Choices(), 1, 4)
@example('name\n"a\r\nb"\n'.encode("utf-16"), Form.CSV, Choices(), 3, 5)
@example(b"name\n\xe2\x82A\xe2\x82", Form.CSV, Choices(), 1, 6)
def test_t68_any_bytes_are_read_or_refused_however_they_are_cut(
    data: bytes, form: Form, said: Choices, chunk: int, block: int
) -> None:
    whole = read(data, form, said)
    cut = read(data, form, said, chunk=chunk, block=block)

    if data and len(data) <= said.max_bytes:
        assert cut == whole
    assert_told(whole)
    assert_told(cut)


def assert_told(found: Read) -> None:
    """Check that rows are whole, and that what is said of the file agrees with what was given."""
    told = (*found.faults, *found.refused)
    assert found.summary.ended is not bool(found.refused)
    assert found.summary.faults == len(told)
    assert all(one.code in set(Code) and one.detail for one in told)
    assert all(one.row is not None for one in found.faults)
    for one in told:
        (one.value or "").encode()  # What cannot be written cannot be answered.
        (one.column or "").encode()
    for row in found.rows:
        assert any(map(str.isalpha, row.recipient.name))
    numbers = [row.row for row in found.rows]
    assert numbers == sorted(set(numbers))
    assert not set(numbers) & {one.row for one in told}
    assert all(isinstance(row, ReadRow) for row in found.rows)
