# ruff: noqa: RUF001 - letters that look like others are what is tested
import pytest

from credhub.documents.rows import names
from credhub.errors import RowRefusedError
from tests.unit.documents.rows.reading import read


def code_of(name: str) -> str | None:
    try:
        names.check(name)
    except RowRefusedError as error:
        return error.fault.code
    return None


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace", "Jörg Müller", "O'Neil", "Jean-Luc d’Ormesson", "Ana María José", "Nguyễn",
        "李明", "محمد", "Владимир", "Ἀριστοτέλης", "Ng", "O", "X Æ", "Jennifer Null", "Na Nan",
        "Nan Li", "Nan", "Na", "Christopher Test", "Test Student-Meier", "Ada (née Byron)",
        "Dr. A.", "João Ã", "Åse", "Minji NA", "Max Mustermann", "John Doe", "Prinz, Karl",
        "Karl 3.", "नाम\u200dदेव", "Anna-Name", "Undefinedov", "Noneo None-Smith", "Ada & Bea", "Ñ",
        "Nat Nathan", "Nana Nan", "علی\u200cرضا", "José\u200e", "A. N. Other", "True Grit",
    ],
)  # fmt: skip
def test_names_of_people_are_let_pass(name: str) -> None:
    assert code_of(name) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "name-missing"),
        *((name, "name-placeholder") for name in (
            "undefined", "undefined undefined", "Undefined", "Ada undefined", "null", "NULL",
            "Null Null", "None", "None None", "Ada None", "null Lovelace", "NaN", "nan", "NaN NaN",
            "Ada NaN", "NA", "n/a", "N/A", "Ada N/A", "-", "--", "–", ".", "?", "???", "*", "/",
            "…", "test", "Test Test", "TEST", "Test User", "First Last", "firstname lastname",
            "Vorname", "Vorname Nachname", "prénom nom", "Full  Name", "your name", "name", "xxx",
            "unknown", "Unbekannt", "tbd", "ｎｕｌｌ", "\u200b", "\u2060\u200d", "\u2800",
            "no name", "asdf", "N.N.", "test test test",
        )),
        *((name, "name-template") for name in (
            "{{name}}", "{name}", "${name}", "$(name)", "<name>", "[Name]", "«Name»", "%name%",
            "%s", "first_name", "[object Object]", "Ada {{family}}",
        )),
        *((name, "name-formula") for name in (
            "=1+1", '=HYPERLINK("//x")', "+49 30", "@ada", "-Ada", "＝1", "＋1", "－1", "＠a",
            "=cmd|' /C x'!A0",
        )),
        *((name, "name-is-address") for name in (
            "ada@example.org", "https://example.org/ada", "www.example.org", "did:key:z6Mk",
        )),
        *((name, "name-without-letters") for name in (
            "12345", "2026-11-20", "007", "\u3164", "\uffa0\u115f", "1.7", "١٢٣",
        )),
        ("Ada\ufffd", "character-lost"),
        ("MÃ¼ller", "name-garbled"),
        ("Zoë Ã–z", None),
        ("JosÃ©", "name-garbled"),
        ("Ã–z", "name-garbled"),
        ("Ada\nLovelace", "value-refused"),
        ("Ada\u202eLovelace", "value-refused"),
        ("A" * 201, "value-refused"),
    ],
    ids=lambda one: one if one and one.isascii() and one.isprintable() and len(one) < 50 else "-",
)  # fmt: skip
def test_what_stands_for_a_name_is_refused_with_the_reason(name: str, code: str | None) -> None:
    assert code_of(name) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *((name, "name-placeholder") for name in (
            "undefined-undefined", "undefinedundefined", "NULL NULL.", "(null)", "'null'", "NULL;",
            "NaT", "Ada NaT", "N / A", "FALSE", "Name:", "undefined\u200b", "\u200eNULL",
            "nu\u00adll", "ＮＵＬＬ", "null null null", "nullnull",
        )),
        *((name, "name-template") for name in (
            "*|FNAME|* *|LNAME|*", "$first $last", ":name", "M&uuml;ller", "M&#252;ller", "#name",
            "#¡REF!", "#¿NOMBRE?", "#ССЫЛКА!", "#Н/Д",
        )),
        ("Ada\u200bLovelace", "value-refused"),
        ("Ad\u00ada Lovelace", "value-refused"),
        ("undefined " * 40, "value-refused"),
        ("\u0316\u0301" * 30_000, "value-refused"),
    ],
    ids=lambda one: one if one.isascii() and one.isprintable() and len(one) < 50 else "-",
)  # fmt: skip
def test_what_looks_a_little_different_stands_for_nothing_too(name: str, code: str) -> None:
    assert code_of(name) == code


def test_t68_what_is_too_long_for_a_name_or_a_key_is_not_looked_at() -> None:
    """Putting marks in order takes the square of their number, and nobody else runs meanwhile."""
    marks = "a" + "\u0316\u0301" * 4_900

    found = read(f"key,externalId,name\n{marks},,Ada\n,b{marks},Bea\n1,2,{marks}\n")

    assert [code for _, _, code in found.codes] == ["value-refused"] * 3


def test_a_garbled_name_is_told_as_it_may_be_meant() -> None:
    found = read("name,email\nMÃ¼ller,\n陈 Ã¼,\n")

    assert found.codes == [(2, "name", "name-garbled")]
    assert found.values == ["Müller"]


@pytest.mark.parametrize(
    "error", ["#REF!", "#N/A", "#NAME?", "#DIV/0!", "#BEZUG!", "#NV", "####", "Err:502"]
)
def test_an_error_of_a_spreadsheet_is_refused_in_every_column(error: str) -> None:
    header = "key,name,email,awardedDate,evidenceUrl,result"
    good = ["7", "Ada", "ada@example.org", "2026-11-20", "https://example.org/7", "1"]
    for place, column in enumerate(header.split(",")):
        cells = [*good[:place], error, *good[place + 1 :]]

        assert read(f"{header}\n{','.join(cells)}\n").codes == [(2, column, "spreadsheet-error")]


def test_a_name_in_parts_is_put_together_or_lacks_one() -> None:
    found = read("Nachname,Vorname\nLovelace,Ada\nLovelace,\n,Ada\n-,Ada\n,\nundefined,undefined\n")

    assert found.names == ["Ada Lovelace"]
    assert found.codes == [
        (3, "Vorname", "name-part-missing"),
        (4, "Vorname", "name-part-missing"),
        (5, "Vorname", "name-part-missing"),
        (7, "Vorname", "name-placeholder"),
    ]


def test_both_parts_missing_is_a_name_missing() -> None:
    found = read("Vorname,Nachname,E-Mail\n,,ada@example.org\n#REF!,Ada,\nAda,#REF!,\n")

    assert found.codes == [
        (2, "Vorname", "name-missing"),
        (3, "Vorname", "spreadsheet-error"),
        (4, "Nachname", "spreadsheet-error"),
    ]


def test_a_person_may_be_called_null_beside_another_name() -> None:
    assert read("first name,last name\nJennifer,Null\nMinji,Na\n").names == [
        "Jennifer Null",
        "Minji Na",
    ]


@pytest.mark.parametrize("key", ["undefined", "null", "N/A", "-", "None", "?", "TBD", "nan"])
def test_a_key_that_stands_for_none_is_refused(key: str) -> None:
    assert read(f"key,name\n{key},Ada\n").codes == [(2, "key", "key-placeholder")]
    assert read(f"Student ID,name\n{key},Ada\n").codes == [(2, "Student ID", "key-placeholder")]
