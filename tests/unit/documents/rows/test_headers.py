# ruff: noqa: RUF001 - letters that look like others are what is tested
import pytest

from credhub.documents.rows.choices import MAX_COLUMNS, Choices, Field
from credhub.documents.rows.folding import fold
from credhub.documents.rows.header_words import FIELDS, WORDS
from credhub.documents.rows.outcome import ColumnUse, Origin
from tests.unit.documents.rows.reading import read

ROW = "\nAda,x,x\n"

# One header of each language as a registrar's software writes it, and what is in the columns.
HEADERS = {
    "ours": ("key,externalId,name,email,did", "key externalId name email did"),
    "roster": (
        "external_id,name,awarded_date,evidence_url",
        "externalId name awardedDate evidenceUrl",
    ),
    "english": (
        "Student ID,Full Name,E-mail Address,Issue Date",
        "externalId name email awardedDate",
    ),
    "english-parts": ("First Name,Last Name,Email,Grade", "givenName familyName email result"),
    "english-surname": ("Name,Surname,Email", "givenName familyName email"),
    "accredible": (
        "Recipient Name,Recipient Email,Issued On,Expired On",
        "name email awardedDate validUntil",
    ),
    "german": (
        "Matrikel-Nr.,Nachname,Vorname,E-Mail-Adresse,Gültig bis",
        "externalId familyName givenName email validUntil",
    ),
    "german-name": ("Name,Vorname,Ausstellungsdatum", "familyName givenName awardedDate"),
    "german-capitals": ("NAME,GUELTIG BIS,Ergebnis", "name validUntil result"),
    "french": (
        "N° étudiant,Nom,Prénom,Courriel,Date d’obtention",
        "externalId familyName givenName email awardedDate",
    ),
    "french-whole": ("Nom complet,Adresse e-mail,Résultat", "name email result"),
    "spanish": (
        "Matrícula,Nombre,Apellidos,Correo electrónico,Fecha de emisión",
        "externalId givenName familyName email awardedDate",
    ),
    "spanish-whole": ("Nombre y apellidos,Correo,Calificación", "name email result"),
    "italian": (
        "Matricola,Nome,Cognome,Indirizzo e-mail,Data di rilascio",
        "externalId givenName familyName email awardedDate",
    ),
    "portuguese": (
        "Nome completo,Correio eletrónico,Data de conclusão,Válido até",
        "name email awardedDate validUntil",
    ),
    "brazilian": ("Nome,Sobrenome,E-mail,Matrícula", "givenName familyName email externalId"),
    "dutch": (
        "Studentnummer,Achternaam,Voornaam,E-mailadres,Geldig tot",
        "externalId familyName givenName email validUntil",
    ),
    "dutch-name": ("Naam,Voornaam,Cijfer", "familyName givenName result"),
    "polish": (
        "Nr albumu,Imię,Nazwisko,Adres e-mail,Data ukończenia",
        "externalId givenName familyName email awardedDate",
    ),
    "turkish": ("ÖĞRENCİ NO,AD SOYAD,E-POSTA,TARİH", "externalId name email awardedDate"),
    "turkish-parts": ("Adı,Soyadı,E-posta", "givenName familyName email"),
    "swedish": ("Förnamn,Efternamn,E-postadress,Betyg", "givenName familyName email result"),
    "danish": ("Fornavn,Efternavn,E-post,Gyldig til", "givenName familyName email validUntil"),
    "norwegian": ("Fullt navn,E-postadresse,Utløpsdato", "name email validUntil"),
    "finnish": ("Etunimi,Sukunimi,Sähköposti,Arvosana", "givenName familyName email result"),
    "czech": ("Jméno a příjmení,E-mailová adresa,Známka", "name email result"),
    "romanian": ("Nume,Prenume,Adresă de e-mail", "familyName givenName email"),
    "hungarian": ("Vezetéknév,Keresztnév,Email cím", "familyName givenName email"),
    "russian": ("ФИО,Электронная почта,Дата выдачи,Оценка", "name email awardedDate result"),
    "ukrainian": ("Прізвище,Ім'я,Електронна пошта", "familyName givenName email"),
    "greek": ("Ονοματεπώνυμο,Ημερομηνία έκδοσης,Βαθμός", "name awardedDate result"),
    "arabic": (
        "الرقم الجامعي,الاسم الكامل,البريد الإلكتروني,تاريخ الإصدار",
        "externalId name email awardedDate",
    ),
    "arabic-parts": ("الاسم الأول,اسم العائلة,الدرجة", "givenName familyName result"),
    "persian": ("نام و نام خانوادگی,ایمیل", "name email"),
    "hebrew": ("שם פרטי,שם משפחה,דוא״ל", "givenName familyName email"),
    "hindi": ("पूरा नाम,ईमेल", "name email"),
    "chinese": ("学号,姓名,电子邮箱,发证日期,成绩", "externalId name email awardedDate result"),
    "japanese": ("学籍番号,氏名,メールアドレス,授与日", "externalId name email awardedDate"),
    "korean": ("학번,성명,이메일,발급일", "externalId name email awardedDate"),
    "vietnamese": ("Họ và tên,Email", "name email"),
    "decomposed": ("Pre\u0301nom,Nom,Re\u0301sultat", "givenName familyName result"),
    "noisy": ("  STUDENT_ID ,* Full-Name:,E-Mail!", "externalId name email"),
}


def held(text: str, **choices: str) -> list[Field | None]:
    width = text.count(",")
    found = read(f"{text}\nAda{',' * width}\n", choices=Choices(columns=choices))
    assert not found.refused
    return [use.field for use in found.summary.columns]


def refused(header: str, choices: Choices | None = None) -> list[str]:
    found = read(header + ROW, choices=choices)
    assert not found.rows
    assert {one.row for one in found.refused} == {1}
    return [one.code for one in found.refused]


@pytest.mark.parametrize("language", HEADERS)
def test_headers_are_guessed_in_every_language(language: str) -> None:
    header, fields = HEADERS[language]

    assert held(header) == fields.split()


def test_every_word_means_one_thing() -> None:
    meant: dict[str, set[Field]] = {}
    for field, word in WORDS:
        assert fold(word), word
        meant.setdefault(fold(word), set()).add(field)

    assert [word for word, fields in meant.items() if len(fields) > 1] == []
    assert len(FIELDS) == len(meant)


def test_guesses_and_unused_columns_are_in_the_summary() -> None:
    found = read("Wer,E-Mail,Notiz,\nAda,,x,\n", choices=Choices(columns={"wer": "name"}))

    assert found.summary.columns == (
        ColumnUse(number=1, header="Wer", field=Field.NAME, origin=Origin.CHOSEN),
        ColumnUse(number=2, header="E-Mail", field=Field.EMAIL, origin=Origin.GUESSED),
        ColumnUse(number=3, header="Notiz", field=None, origin=Origin.UNUSED),
        ColumnUse(number=4, header="", field=None, origin=Origin.UNUSED),
    )
    assert found.summary.unused_columns == ("Notiz", "column 4")


def test_what_is_chosen_goes_before_any_guess() -> None:
    assert held("Name,Display,Email", Display="name", Email="unused") == [None, "name", None]
    assert held("Name,A,B", A="givenName", B="familyName") == [None, "givenName", "familyName"]
    assert held("Vorname,Nachname,Wer", Wer="name") == [None, None, "name"]
    assert held("Prénom,Wer", Wer="familyName") == ["givenName", "familyName"]
    assert held("NAME,Name", Name="name", NAME="key") == ["key", "name"]
    assert held("NAME,Name", Name="name") == [None, "name"]
    assert held("№,Name", **{"№": "key"}) == ["key", "name"]


@pytest.mark.parametrize(
    ("headers", "cells", "name"),
    [
        ("Full name,First name", "Ada Lovelace,Ada", "Ada Lovelace"),
        ("Display name,Surname", "Ada Lovelace,Lovelace", "Ada Lovelace"),
        ("Name on certificate,Given name", "Ada Lovelace,Ada", "Ada Lovelace"),
        ("student,first name", "Ada Lovelace,Ada", "Ada Lovelace"),
        ("姓名,名", "李明,明", "李明"),
        ("Name,Vorname", "Lovelace,Ada", "Ada Lovelace"),
        ("Nome,Cognome", "Ada,Lovelace", "Ada Lovelace"),
    ],
)
def test_a_whole_name_is_not_taken_for_a_part(headers: str, cells: str, name: str) -> None:
    assert read(f"{headers}\n{cells}\n").names == [name]


@pytest.mark.parametrize(
    ("headers", "cells"),
    [
        ("Name,Last name", "Ada Lovelace,Lovelace"),
        ("Name,First name", "Ada Lovelace,ADA"),
        ("Nome,Cognome", "Ada,Ada Lovelace"),
    ],
)
def test_a_name_that_would_be_there_twice_is_asked_about(headers: str, cells: str) -> None:
    found = read(f"{headers}\n{cells}\nBea,Cleo\n")
    first, second = headers.split(",")
    said = Choices(columns={first: "unused", second: "name"})

    assert [code for _, _, code in found.codes] == ["name-twice"]
    assert len(found.names) == 1
    assert not read(f"{headers}\n{cells}\nBea,Cleo\n", choices=said).codes


def test_a_column_for_the_whole_name_goes_before_its_parts() -> None:
    assert held("Vollständiger Name,Vorname,Nachname") == ["name", None, None]


@pytest.mark.parametrize(
    ("header", "columns", "codes"),
    [
        ("a,b,c", {}, ["column-missing"]),
        ("Vorname,b,c", {}, ["column-missing"]),
        ("b,Nachname,c", {}, ["column-missing"]),
        ("Name,Full Name,c", {}, ["column-twice"]),
        ("name,email,E-Mail", {}, ["column-twice"]),
        ("name,name,name", {}, ["column-twice"]),
        ("name,email,e-mail", {}, ["column-twice"]),
        ("x,y,name", {"x": "email", "y": "email"}, ["column-twice"]),
        ("x,x,name", {"x": "email"}, ["column-twice"]),
        ("name,b,c", {"nam": "name"}, ["column-unknown"]),
        ("name,b,c", {"b": "e-mail"}, ["field-unknown"]),
        ("name,b,c", {"b": "e-mail", "q": "email"}, ["field-unknown", "column-unknown"]),
        ("name,b,c", {"b": ""}, ["field-unknown"]),
        ("name,b,c", {"b": "x" * 201}, ["field-unknown"]),
        ("x,y,z", {"x": "name", "y": "givenName"}, ["fields-conflict"]),
        ("name,b,c", {"name": "unused"}, ["column-missing"]),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(
    header: str, columns: dict[str, str], codes: list[str]
) -> None:
    assert refused(header, Choices(columns=columns)) == codes


def test_a_refusal_says_what_was_found_and_what_could_be_meant() -> None:
    missing = read("Kandidat,Mail\nAda,\n").refused[0]
    unknown = read("Full Name,Mail\nA,\n", choices=Choices(columns={"Fullname": "nmae"}))
    strange = read("Full Name,Mail\nA,\n", choices=Choices(columns={"Ful Name": "name"}))

    assert missing.value == "“Kandidat”, “Mail”"
    assert "Kandidat" not in missing.detail
    assert [one.detail.rpartition(". ")[2] for one in unknown.refused] == ["Is “name” meant?"]
    assert strange.refused[0].detail.endswith("Is “Full Name” meant?")
    assert strange.refused[0].value == "“Full Name”, “Mail”"


def test_nothing_is_guessed_of_a_long_header() -> None:
    near = read("A" * 30 + "b\nA,\n", choices=Choices(columns={"A" * 31: "name"}))

    assert "meant" not in near.refused[0].detail


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Ada Lovelace,ada@example.org,x", "header-is-data"),
        ("Ada Lovelace,2026-11-20,x", "header-is-data"),
        ("Ada Lovelace,20.11.2026,x", "header-is-data"),
        ("Ada Lovelace,https://example.org/7,x", "header-is-data"),
        ("Ada Lovelace,did:key:z6Mk,x", "header-is-data"),
        ("Ada Lovelace,1234567,x", "header-is-data"),
        ("na\u200bme,email,x", "header-invisible"),
        ("name,e\u00admail,x", "header-invisible"),
        ("name,e\u200dmail,x", "header-invisible"),
        ("name,e\u202email,x", "header-invisible"),
        ("nаme,email,x", "header-disguised"),
        ("name,еmаil,x", "header-disguised"),
        ("name,\ufeffemail,x", "mark-inside"),
        ("name,em\0ail,x", "control-character"),
        ("name,em\x1bail,x", "control-character"),
        ('na"me",email,x', "quote-misplaced"),
        ('na"me,email,x', "quote-unclosed"),
        (f"name,{'x' * 201},x", "header-too-long"),
    ],
    ids=lambda one: one if one.isascii() and one.isprintable() and len(one) < 50 else "hidden",
)
def test_t68_a_header_that_deceives_or_is_none_is_refused(header: str, code: str) -> None:
    assert refused(header) == [code]


def test_a_column_may_be_called_after_a_year() -> None:
    assert held("name,2025,2026") == ["name", None, None]


def test_what_a_file_without_names_has_can_be_seen_and_mapped() -> None:
    found = read("Wer,Was\nAda,x\n")

    assert found.summary.unused_columns == ("Wer", "Was")


def test_data_in_the_place_of_the_header_is_quoted_in_the_value_alone() -> None:
    (one,) = read("Ada Lovelace,ada@example.org\n").refused

    assert one.value == "ada@example.org"
    assert "ada" not in one.text()


def test_scripts_that_need_joiners_have_them_in_headers() -> None:
    assert held("نام\u200cخانوادگی,نام") == ["familyName", "givenName"]


def test_t68_there_are_only_so_many_columns() -> None:
    most = ",".join(["name", *(f"c{number}" for number in range(MAX_COLUMNS - 1))])

    assert read(f"{most}\nAda{',' * (MAX_COLUMNS - 1)}\n").names == ["Ada"]
    assert refused(f"{most},x") == ["too-many-columns"]
    assert refused(f'{most},"x"') == ["too-many-columns"]


def test_t68_the_header_again_is_a_fault() -> None:
    found = read("name,email\nAda,\nname , email\nBea,\n")

    assert found.codes == [(3, None, "header-again")]
    assert found.names == ["Ada", "Bea"]


@pytest.mark.parametrize("text", ["", "\n", "\ufeff", " \n,,\n", "sep=;", "sep=;\n"])
def test_a_file_with_nothing_in_it_is_refused(text: str) -> None:
    assert read(text).codes == [(None, None, "file-empty")]


@pytest.mark.parametrize("text", ["name", "name\n", "name,email\n,\n\n"])
def test_a_header_alone_is_refused(text: str) -> None:
    assert read(text).codes == [(None, None, "no-rows")]
