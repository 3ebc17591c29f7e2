from string import Formatter

from credhub.documents.rows.faults import MAX_SHOWN, SENTENCES, Code, fault, shown

# Permanent: software of others matches on them. Add, never rename or remove.
CODES = """
    array-broken cell-too-long cells-missing cells-surplus character-lost column-missing
    column-twice column-unknown control-character correction-missing credential-missing
    date-ambiguous date-impossible date-is-number
    date-malformed date-order-mixed date-short-year date-without-zone duplicate-key
    duplicate-learner email-malformed encoding-contradicted field-unknown fields-conflict file-cut
    file-empty file-too-large header-again header-disguised header-invisible header-is-data
    header-too-long json-is-utf-8 key-placeholder mark-inside member-missing member-type
    member-unknown name-formula name-garbled name-is-address name-missing name-part-missing
    name-placeholder name-template name-twice
    name-without-letters no-rows not-an-array not-an-object not-json
    not-utf-16 not-utf-8 not-windows-1252 quote-misplaced quote-unclosed row-too-long
    spreadsheet-error too-many-columns too-many-faults too-many-items too-many-rows value-refused
"""


def test_codes_are_permanent() -> None:
    assert sorted(Code) == CODES.split()


def test_every_code_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Code)
    for code, sentence in SENTENCES.items():
        assert sentence[0].isupper() or sentence[0] == "{", code
        assert sentence.endswith((".", "?", "}")), code
        assert "  " not in sentence, code


def test_no_sentence_quotes_a_cell() -> None:
    words = {name for text in SENTENCES.values() for _, name, _, _ in Formatter().parse(text)}

    assert "value" not in words


def test_what_is_shown_is_short_and_can_be_printed() -> None:
    assert shown("x" * MAX_SHOWN) == "x" * MAX_SHOWN
    assert shown("x" * (MAX_SHOWN + 1)) == "x" * (MAX_SHOWN - 1) + "…"
    assert shown("a\nb\tc\x1b\ud800\u202e") == "a\nb\tc\ufffd\ufffd\ufffd"
    assert fault(Code.NAME_MISSING).value is None
