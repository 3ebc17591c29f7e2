"""What columns are called, in the languages in which registrars keep their lists.

One line is one language. A word is compared folded: case, accents, spaces and punctuation do not
count. A word that means two things is not here, but for ``Nom`` or ``Name``, which beside a column
of given names is the family name; ``columns`` knows.
"""

# ruff: noqa: RUF001 - words are written in their own alphabets
from collections.abc import Iterator, Mapping
from itertools import product
from types import MappingProxyType
from typing import Final

from credhub.documents.rows.choices import Field
from credhub.documents.rows.folding import fold

_PERSONS: Final = (
    "recipient", "student", "learner", "participant", "candidate", "trainee", "attendee",
    "graduate", "holder", "earner", "employee", "member",
)  # fmt: skip
_OF_PERSONS: Final = MappingProxyType(
    {
        Field.NAME: ("name", "full name"),
        Field.GIVEN_NAME: ("first name", "given name"),
        Field.FAMILY_NAME: ("last name", "family name", "surname"),
        Field.EMAIL: ("email", "e-mail", "email address", "mail"),
        Field.EXTERNAL_ID: ("id", "number", "no", "identifier"),
        Field.DID: ("did",),
    }
)
_WORDS: Final[Mapping[Field, str]] = MappingProxyType(
    {
        Field.KEY: """
            key, row key, row id, idempotency key, reference, unique key
            Schlüssel, Zeilenschlüssel, Referenz, Aktenzeichen
            clé, référence
            clave, referencia
            chiave, riferimento
            chave, referência
            sleutel, referentie, kenmerk
            klucz
            ключ
            المفتاح, المرجع
        """,
        Field.EXTERNAL_ID: """
            external id, id, matriculation number, matriculation no, registration number, ID number,
                user id, person id, SIS user id, SIS id, enrolment number, enrollment number
            Matrikelnummer, Matrikel-Nr., Matrikel, Teilnehmernummer, Teilnehmer-ID, Personalnummer,
                Schülernummer, Kundennummer, Externe ID, Mitgliedsnummer
            matricule, numéro étudiant, n° étudiant, numéro d'étudiant, identifiant, INE,
                identifiant externe
            matrícula, número de matrícula, número de estudiante, identificador, id externo,
                expediente, número de expediente
            matricola, numero di matricola, numero matricola, identificativo, id esterno
            número de aluno, número de inscrição, identificador externo
            studentnummer, leerlingnummer, deelnemernummer, stamnummer, personeelsnummer
            numer albumu, nr albumu, numer indeksu, nr indeksu, identyfikator, id zewnętrzne
            öğrenci no, öğrenci numarası, sicil no
            studentnummer, matrikelnummer, studienummer
            opiskelijanumero
            číslo studenta, osobní číslo
            număr matricol, nr. matricol
            номер студента, табельный номер, идентификатор
            αριθμός μητρώου
            الرقم الجامعي, رقم الطالب, المعرف, رقم التسجيل
            学号, 學號
            学籍番号, 学生番号
            학번
            מספר סטודנט
        """,
        Field.NAME: """
            name, full name, display name, name on certificate, certificate name, names
            Name, vollständiger Name, voller Name, Vor- und Nachname, Vorname und Nachname,
                Vor- und Zuname, Vorname Nachname, Teilnehmer, Teilnehmerin, Teilnehmer/in,
                Teilnehmername, Name des Teilnehmers, Studierende, Absolvent
            nom, nom complet, nom et prénom, prénom et nom, nom prénom, prénom nom,
                participant, étudiant, apprenant
            nombre, nombre completo, nombre y apellidos, nombre y apellido, apellidos y nombre,
                alumno, estudiante, participante
            nome, nome completo, nome e cognome, cognome e nome, nominativo, studente, partecipante
            nome, nome completo, nome e sobrenome, nome e apelido, aluno, estudante
            naam, volledige naam, voor- en achternaam, deelnemer, student
            imię i nazwisko, nazwisko i imię, imiona i nazwisko, uczestnik
            ad soyad, adı soyadı, ad soyadı, isim soyisim
            namn, fullständigt namn, för- och efternamn
            navn, fulde navn, fullt navn, for- og efternavn
            nimi, koko nimi
            jméno a příjmení, celé jméno, meno a priezvisko
            nume, nume complet, nume și prenume
            teljes név, név
            ФИО, полное имя, имя и фамилия, фамилия и имя
            ПІБ, повне ім'я, ім'я та прізвище, прізвище та ім'я
            ονοματεπώνυμο
            الاسم, الاسم الكامل, اسم الطالب, الاسم واللقب, اسم المتدرب
            نام, نام و نام خانوادگی
            שם, שם מלא
            姓名, 名字
            氏名, お名前, 名前
            이름, 성명
            नाम, पूरा नाम
            họ và tên, họ tên
            nama, nama lengkap
        """,
        Field.GIVEN_NAME: """
            given name, given names, first name, first names, forename, forenames, first
            Vorname, Vornamen, Rufname
            prénom, prénoms
            nombre de pila, nombres, primer nombre
            nome di battesimo
            nome próprio, primeiro nome
            voornaam, voornamen, roepnaam
            imię, imiona
            isim, adı
            förnamn
            fornavn
            etunimi, etunimet
            jméno, křestní jméno, meno
            prenume
            keresztnév, utónév
            имя
            ім'я
            όνομα
            الاسم الأول, الاسم الشخصي
            שם פרטי
            名
            प्रथम नाम
            tên
        """,
        Field.FAMILY_NAME: """
            family name, family names, last name, last names, surname, surnames, last
            Nachname, Familienname, Zuname
            nom de famille, patronyme, nom d'usage
            apellido, apellidos, primer apellido
            cognome
            sobrenome, apelido, último nome
            achternaam, familienaam
            nazwisko
            soyad, soyadı, soyisim
            efternamn, släktnamn
            efternavn, etternavn
            sukunimi
            příjmení, priezvisko
            nume de familie
            vezetéknév, családnév
            фамилия
            прізвище
            επώνυμο
            اللقب, اسم العائلة, الاسم الأخير, الاسم العائلي
            نام خانوادگی
            שם משפחה
            姓
            उपनाम
            họ
        """,
        Field.EMAIL: """
            email, e-mail, email address, e-mail address, mail, mail address, primary email
            E-Mail-Adresse, Mailadresse, E-Mailadresse
            courriel, adresse mail, adresse e-mail, adresse électronique, adresse courriel, mél
            correo, correo electrónico, dirección de correo, dirección de correo electrónico
            posta elettronica, indirizzo e-mail, indirizzo di posta elettronica, indirizzo mail
            correio eletrónico, correio eletrônico, endereço de e-mail, endereço eletrónico
            e-mailadres, mailadres
            adres e-mail, adres email, adres poczty elektronicznej, poczta
            e-posta, e-posta adresi
            e-post, e-postadress, e-postadresse, epost
            sähköposti, sähköpostiosoite
            e-mailová adresa
            adresă de e-mail
            email cím
            электронная почта, почта, адрес электронной почты, эл. почта
            електронна пошта, ел. пошта, пошта
            ηλεκτρονικό ταχυδρομείο, διεύθυνση email
            البريد الإلكتروني, البريد الالكتروني, عنوان البريد الإلكتروني, الإيميل
            ایمیل
            דוא״ל, אימייל, דואר אלקטרוני
            邮箱, 电子邮件, 电子邮箱, 電子郵件
            メール, メールアドレス
            이메일
            ईमेल
        """,
        Field.DID: """
            did, decentralized identifier, wallet did
        """,
        Field.AWARDED_DATE: """
            awarded date, date awarded, awarded on, awarded, award date, issued on, issue date,
                date issued, issued, issued date, date of issue, completion date, completed on,
                date completed, date of completion, date, graduation date, achieved on
            Datum, Ausstellungsdatum, ausgestellt am, verliehen am, Verleihungsdatum,
                Abschlussdatum, abgeschlossen am, erworben am, Prüfungsdatum, bestanden am
            date d'obtention, date de délivrance, délivré le, obtenu le, date d'émission,
                date d'attribution
            fecha, fecha de emisión, fecha de expedición, fecha de obtención, fecha de finalización,
                fecha de otorgamiento
            data, data di rilascio, data di conseguimento, data di emissione, rilasciato il,
                conseguito il
            data de emissão, data de conclusão, data de obtenção, data de atribuição
            datum, uitgiftedatum, datum van uitgifte, behaald op, datum behaald, uitgereikt op
            data wydania, data ukończenia, data przyznania, data uzyskania, wydano
            tarih, veriliş tarihi, düzenlenme tarihi
            utfärdad, utfärdandedatum, utfärdat datum
            dato, udstedelsesdato, utstedelsesdato
            päivämäärä, myöntämispäivä
            datum vydání, datum udělení
            data eliberării, data emiterii
            дата, дата выдачи, дата окончания обучения
            дата видачі
            ημερομηνία, ημερομηνία έκδοσης
            التاريخ, تاريخ الإصدار, تاريخ المنح, تاريخ الحصول, تاريخ التخرج
            日期, 颁发日期, 发证日期
            発行日, 授与日, 交付日
            발급일
            תאריך, תאריך הנפקה
        """,
        Field.VALID_UNTIL: """
            valid until, valid through, valid to, expires, expires on, expired on, expiry date,
                expiration date, expiry, expiration, expires at, date of expiry
            gültig bis, Ablaufdatum, läuft ab am, gueltig bis
            valable jusqu'au, valable jusqu'à, valide jusqu'au, date d'expiration, expire le
            válido hasta, fecha de caducidad, fecha de vencimiento, vence el, caduca el
            valido fino al, valido fino a, data di scadenza, scadenza, scade il
            válido até, data de validade, data de expiração, validade
            geldig tot, geldig tot en met, vervaldatum, verloopt op
            ważne do, ważny do, data ważności, termin ważności
            geçerlilik tarihi, son geçerlilik tarihi
            giltig till, giltigt till
            gyldig til, udløbsdato, utløpsdato
            voimassa asti
            platné do, platnost do
            valabil până la, data expirării
            действителен до, действительно до, срок действия
            дійсний до
            ισχύει έως, ημερομηνία λήξης
            صالح حتى, تاريخ الانتهاء, تاريخ انتهاء الصلاحية
            有效期至, 到期日期
            有効期限
            만료일
        """,
        Field.EVIDENCE_URL: """
            evidence url, evidence, evidence link, portfolio url, portfolio, portfolio link
            Nachweis, Nachweis-URL, Nachweislink
            preuve, lien de preuve, url de preuve
            evidencia, url de evidencia, enlace de evidencia
            url prova, evidenza
            evidência, url da evidência
            bewijs, bewijs-url
            dowód, link do dowodu
            доказательство
            الدليل, رابط الدليل
        """,
        Field.RESULT: """
            result, results, grade, final grade, score, final score, mark
            Ergebnis, Endnote, Abschlussnote, Punkte, Punktzahl
            résultat, note finale
            resultado, calificación, nota final, puntuación
            risultato, voto, voto finale, punteggio
            classificação, pontuação
            resultaat, cijfer, eindcijfer
            wynik, ocena, ocena końcowa
            sonuç, puan
            resultat, betyg
            tulos, arvosana
            výsledek, známka
            rezultat
            результат, оценка, балл
            оцінка
            βαθμός, αποτέλεσμα
            النتيجة, الدرجة, العلامة
            成绩
            成績
            성적
        """,
        # Not what courses are called: such a column seldom says the name of an achievement.
        Field.ACHIEVEMENT: """
            achievement, achievement id, achievement name, badge, badge name, badge class,
                badge template name
        """,
    }
)
# What names a credential. Of several columns that do, the one with the word of the first line is
# read: results of a batch have some.
_OF_CREDENTIALS: Final = """
    credential, credential id, credentials, Zertifikat, Zertifikate, credencial, credenziale
    url, credential url, credential address, permanent address, link, certificate url
    code, credential code, public code
    id, identifier, certificate id, Zertifikats-ID
"""
_OF_REASONS: Final = """
    reason, Grund, Begründung, motif, raison, motivo, razón, motivazione, razão, reden, powód,
    anledning, årsag, syy, důvod, причина, neden, السبب, 原因, 理由, 사유
"""


def _listed() -> Iterator[tuple[Field, str]]:
    for field, lines in _WORDS.items():
        for word in _cut(lines):
            yield field, word
    for field, words in _OF_PERSONS.items():
        for person, word in product(_PERSONS, words):
            yield field, f"{person} {word}"
            yield field, f"{person}'s {word}"
    for field in OF_LEARNERS:
        yield field, field.value


def _cut(lines: str) -> Iterator[str]:
    return filter(None, map(str.strip, lines.replace("\n", ",").split(",")))


OF_LEARNERS: Final = tuple(
    field for field in Field if field not in {Field.CREDENTIAL, Field.REASON, Field.OUTCOME}
)
"""What rows say of learners who are to get credentials."""

NAME_OR_PART: Final = frozenset(
    map(
        fold,
        (
            "name", "nom", "nombre", "nome", "naam", "namn", "navn", "nimi", "nume", "név", "الاسم",
            "نام", "שם", "名字", "名前", "이름", "नाम", "nama",
        ),
    )
)  # fmt: skip
"""Words for the whole name, and beside a column of one part for the other part."""

WORDS: Final = tuple(_listed())
FIELDS: Final[Mapping[str, Field]] = MappingProxyType({fold(word): field for field, word in WORDS})

CREDENTIAL_RANKS: Final[Mapping[str, int]] = MappingProxyType(
    {
        fold(word): rank
        for rank, line in enumerate(_OF_CREDENTIALS.splitlines())
        for word in _cut(line)
    }
)
"""What a column that names credentials is called; where there are several, the lowest is read."""

OF_CHANGES: Final[Mapping[str, Field]] = MappingProxyType(
    dict.fromkeys(CREDENTIAL_RANKS, Field.CREDENTIAL)
    | {fold(word): Field.REASON for word in _cut(_OF_REASONS)}
    | {fold(Field.OUTCOME): Field.OUTCOME}
)
"""What columns are called in tables of credentials that are to be changed."""
