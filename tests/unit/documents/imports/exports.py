"""Exports of several systems, with people who do not exist, and what is read of them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from credhub.documents.imports.choices import ImportChoices
from credhub.documents.imports.csv_export import CsvExport, read_csv
from credhub.documents.imports.outcome import OldCredential, PassedOver
from credhub.errors import RowFault

NOW: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHOICES: Final = ImportChoices(now=NOW)

CREDLY: Final = (
    "Badge Name,Badge Template ID,Issued by,Earner Badge ID,Issuer Earner ID,Badge URL,"
    "Issued to First Name,Issued to Middle Name,Issued to Last Name,State,Country,"
    "Issued to Email,Status,Expired,Issue Date,Expiration Date\n"
    "Solar,t-1,Riverside,b-1,R-7,https://badges.example/b-1,Amélie,,Dubois,Bretagne,France,"
    "amelie@example.org,accepted,,2019-05-03,\n"
    "Solar,t-1,Riverside,b-2,,https://badges.example/b-2,Kofi,A.,Mensah,,,"
    "kofi@example.org,pending,,2020-01-31 09:41:00 -0500,2030-01-31\n"
    "Welding,t-2,Riverside,b-3,,,Ana,,Lima,,,ana@example.org,revoked,,2019-05-03,\n"
    "Welding,t-2,Riverside,b-4,,,Bo,,Lund,,,bo@example.org,accepted,Expired,2017-05-03,2018-05-03\n"
)
ACCREDIBLE: Final = (
    "Credential ID,Recipient Name,Recipient Email,Group Name,Issued On,Expired On,URL,Grade\n"
    "10001,James Brown,james@example.org,Welding,5/31/2017,,https://cred.example/10001,99\n"
    "10002,Chris Jones,chris@example.org,Welding,6/1/2017,,https://cred.example/10002,60\n"
)
CANVAS_CREDENTIALS: Final = (
    "Badge Class Name,Recipient,First Name,Last Name,Issue Date,Revoked,Award URL\n"
    "Weaving,ana@example.org,Ana,Lima,2021-03-04T10:00:00Z,False,https://canvas.example/a\n"
    "Weaving,bo@example.org,Bo,Lund,2021-03-04T10:00:00Z,True,https://canvas.example/b\n"
)
MOODLE: Final = (
    "ID,Name,Email address,ID number,Quiz 1,Quiz 1 - Completion date,Course complete\n"
    '4,Ana Lima,ana@example.org,S-4,Completed,"5/10/21, 14:03","25/10/21, 14:03"\n'
    '5,Bo Lund,bo@example.org,S-5,Completed,"5/10/21, 14:03","5/11/21, 09:00"\n'
    "6,Cy Marsh,cy@example.org,S-6,Not completed,,\n"
)
CANVAS: Final = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Essay (123),Final Score,Final Grade\n"
    ",,,,,Manual Posting,,\n"
    "    Points Possible,,,,,10.00,(read only),(read only)\n"
    '"Lima, Ana",11,S-4,ana,Evening,9.00,90.00,A\n'
    '"Lund, Bo",12,S-5,bo,Evening,,41.50,F\n'
    '"Student, Test",13,,x,Evening,10,100.00,A\n'
)


def read(text: str | bytes, *, columns: dict[str, str] | None = None, **said: object) -> CsvExport:
    content = text.encode() if isinstance(text, str) else text
    choices = replace(CHOICES, **said)  # type: ignore[arg-type]  # as named
    rows = replace(choices.rows, columns=columns or {})
    return read_csv(content, replace(choices, rows=rows))


def credentials(export: CsvExport) -> list[OldCredential]:
    return [item for item in export.items if isinstance(item, OldCredential)]


def passed_over(export: CsvExport) -> dict[int, str]:
    return {item.row: item.why.value for item in export.items if isinstance(item, PassedOver)}


def faults(export: CsvExport) -> list[tuple[int | None, str | None, str]]:
    found = (item for item in export.items if isinstance(item, RowFault))
    return [(one.row, one.column, one.code) for one in found]
