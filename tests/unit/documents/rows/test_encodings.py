# ruff: noqa: RUF001 - names have the apostrophes that they have
import pytest

from credhub.documents.rows.choices import Choices, Encoding
from tests.unit.documents.rows.reading import read

TEXT = "name,email\nZoë Müller,zoe@example.org\n陳大文,\n🦊 Fuchs,\nÅsa O’Neil,\n"
NAMES = ["Zoë Müller", "陳大文", "🦊 Fuchs", "Åsa O’Neil"]
WESTERN = "name,email\r\nJörg,j@example.org\r\nAda,\r\nZoë,\r\n".encode("cp1252")
SAID_WESTERN = Choices(encoding=Encoding.WINDOWS_1252)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le"])
def test_unicode_is_recognised_by_its_mark_or_is_utf_8(codec: str) -> None:
    mark = "\ufeff" if codec in {"utf-16-be", "utf-16-le"} else ""

    found = read((mark + TEXT).encode(codec))

    assert found.names == NAMES
    assert found.summary.encoding is (Encoding.UTF_16 if "16" in codec else Encoding.UTF_8)
    assert not found.faults
    assert found.summary.likely_encoding is None


def test_what_is_said_and_what_is_there_may_agree() -> None:
    for encoding, codec in ((Encoding.UTF_8, "utf-8-sig"), (Encoding.UTF_16, "utf-16")):
        assert read(TEXT.encode(codec), choices=Choices(encoding=encoding)).names == NAMES
    unmarked = read(TEXT.encode("utf-16-le"), choices=Choices(encoding=Encoding.UTF_16))
    assert unmarked.names == NAMES


def test_a_mark_that_contradicts_what_is_said_is_refused() -> None:
    for codec in ("utf-8-sig", "utf-16"):
        found = read(TEXT.encode(codec), choices=SAID_WESTERN)
        assert found.codes == [(None, None, "encoding-contradicted")]


def test_windows_1252_is_told_with_what_the_names_would_be_and_not_used() -> None:
    found = read(WESTERN)

    assert found.codes == [(2, "name", "not-utf-8"), (4, "name", "not-utf-8")]
    assert found.values == ["Jörg", "Zoë"]
    assert found.names == ["Ada"]
    assert found.summary.encoding is Encoding.UTF_8
    assert found.summary.likely_encoding is Encoding.WINDOWS_1252


def test_windows_1252_is_read_when_it_is_named() -> None:
    found = read(WESTERN + "“Ann” d’Eon €,\r\n".encode("cp1252"), choices=SAID_WESTERN)

    assert found.names == ["Jörg", "Ada", "Zoë", "“Ann” d’Eon €"]
    assert found.summary.encoding is Encoding.WINDOWS_1252


def test_a_header_that_is_not_utf_8_ends_the_reading() -> None:
    found = read("Prénom;Nom;Né\nZoë;B;\n".encode("cp1252"))

    assert [(one.row, one.code, one.value) for one in found.refused] == [
        (1, "not-utf-8", "Prénom"),
        (1, "not-utf-8", "Né"),
    ]
    assert found.summary.likely_encoding is Encoding.WINDOWS_1252


def test_t68_mixed_encodings_are_told_by_row_and_suggest_nothing() -> None:
    found = read(TEXT.encode() + "Jörg,\n".encode("cp1252") + "Zoé,\n".encode())

    assert found.codes == [(6, "name", "not-utf-8")]
    assert found.names == [*NAMES, "Zoé"]
    assert found.summary.likely_encoding is None


def test_bytes_that_windows_1252_does_not_have_suggest_nothing() -> None:
    found = read(b"name\nA\x81\nB\x8d\n")

    assert found.codes == [(2, "name", "not-utf-8"), (3, "name", "not-utf-8")]
    assert found.values == ["A\ufffd", "B\ufffd"]
    assert found.summary.likely_encoding is None


def test_what_is_named_windows_1252_may_not_be_so() -> None:
    found = read(b"name\nA\x81\nJ\xf6rg\n", choices=SAID_WESTERN)

    assert found.codes == [(2, "name", "not-windows-1252")]
    assert found.names == ["Jörg"]


def test_utf_8_that_is_named_windows_1252_does_not_spell_a_name_wrongly() -> None:
    found = read(b"name\nJ\xc3\xb6rg\nAda\n", choices=SAID_WESTERN)

    assert found.codes == [(2, "name", "name-garbled")]
    assert found.values == ["Jörg"]
    assert found.names == ["Ada"]


def test_t68_half_a_character_in_utf_16_is_told_by_row() -> None:
    text = "\ufeffname\nA\ud83e\nB\udd8a\nZoë\n"

    found = read(text.encode("utf-16-le", "surrogatepass"))

    assert found.codes == [(2, "name", "not-utf-16"), (3, "name", "not-utf-16")]
    assert found.values == ["A\ufffd", "B\ufffd"]
    assert found.names == ["Zoë"]


def test_a_file_that_ends_inside_a_character_was_cut() -> None:
    cut = read("\ufeffname\nAda\nZoë\n".encode("utf-16-le") + b"\x41")
    assert cut.codes == [(None, None, "file-cut")]

    assert read("name\nAda\nZoë".encode()[:-1]).codes == [(3, "name", "not-utf-8")]


def test_t68_a_mark_in_the_middle_is_told() -> None:
    found = read("name\nAda\n\ufeffname\nBea\n")

    assert found.codes == [(3, "name", "mark-inside")]
    assert found.names == ["Ada", "Bea"]


@pytest.mark.parametrize(
    ("character", "code"),
    [
        ("\0", "control-character"),
        ("\x07", "control-character"),
        ("\x1b", "control-character"),
        ("\x7f", "control-character"),
        ("\x85", "control-character"),
        ("\x0b", "control-character"),
        ("\ufffd", "character-lost"),
        ("\uffff", "character-lost"),
    ],
    ids=lambda one: f"{ord(one):04x}" if len(one) == 1 else one,
)
def test_t68_what_no_text_holds_is_told_by_row_and_column(character: str, code: str) -> None:
    found = read(f"name,note\nAda,x\nBea,a{character}b\n\x20Cleo{character},y\nDora,z\n")

    assert found.codes == [(3, "note", code), (4, "name", code)]
    assert found.names == ["Ada", "Dora"]


def test_utf_16_without_its_mark_is_no_text() -> None:
    found = read(TEXT.encode("utf-16-le"))

    assert found.codes[0] == (1, "n\ufffda\ufffdm\ufffde\ufffd", "control-character")
