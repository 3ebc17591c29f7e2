"""Tables that are no table, or far too much of one: refused with their rows, and nothing kept."""

import gzip

import pytest
from starlette.testclient import TestClient

from tests.running import Service, publish, unique
from tests.web.routes import rows_of as all_rows

MIB = 1024 * 1024
GOOD = "name,email\nAna,ana@mail.example\n"


def to_size(size: int) -> bytes:
    """Fill a good table with an unused column up to so many bytes."""
    head = b"name,note\nAna,"
    wide = head + b"x" * 9_000
    rest = size - len(wide)
    row = b"\nAna %06d," % 0 + b"x" * 9_000
    rows, last = divmod(rest, len(row))
    more = b"".join(b"\nAna %06d," % n + b"x" * 9_000 for n in range(rows))
    return (wide + more + b"\n" + b"," * last)[:size]


HOSTILE: dict[str, tuple[bytes, int | None, str]] = {
    "one byte too many": (to_size(10 * MIB + 1), None, "file-too-large"),
    "a row too many": (b"name\n" + b"Ana\n" * 50_001, None, "duplicate-learner"),
    "50,001 learners": (
        b"name\n" + b"".join(b"Ana %d\n" % n for n in range(50_001)),
        50_002,
        "too-many-rows",
    ),
    "a million columns": (b"name" + b",x" * 1_000_000 + b"\nAna\n", 1, "row-too-long"),
    "51 columns": (b"name" + b",x" * 50 + b"\nAna\n", 1, "too-many-columns"),
    "a million cells": (GOOD.encode() + b"Bea" + b"," * 1_000_000, 3, "row-too-long"),
    "two encodings": (GOOD.encode() + "Zoë,\nZo".encode() + b"\xeb,\n", 4, "not-utf-8"),
    "half of UTF-16": (GOOD.encode("utf-16")[:-1], None, "file-cut"),
    "an open quotation mark": (GOOD.encode() + b'"Bea,\nCleo,\n', 3, "quote-unclosed"),
    "a quotation mark inside": (GOOD.encode() + b'Be"a",\n', 3, "quote-misplaced"),
    "NUL": (GOOD.encode() + b"Be\0a,\n", 3, "control-character"),
    "a formula": (GOOD.encode() + b'"=HYPERLINK(""//x"")",\n', 3, "name-formula"),
    "a full-width formula": (GOOD.encode() + "＝1+1,\n".encode(), 3, "name-formula"),  # noqa: RUF001 - it is what is sent
    "a placeholder": (GOOD.encode() + b"undefined undefined,\n", 3, "name-placeholder"),
    "no header": (b"Ana,ana@mail.example\nBea,bea@mail.example\n", 1, "header-is-data"),
    "a header twice": (b"name,name\nAna,Bea\n", 1, "column-twice"),
    "a header in disguise": ("n\u0430me\nAna\n".encode(), 1, "header-disguised"),
    "an invisible header": ("na\u200bme\nAna\n".encode(), 1, "header-invisible"),
    "the same row twice": (GOOD.encode() + b"ANA,Ana@mail.example\n", 3, "duplicate-learner"),
    "a bomb": (gzip.compress(b"name\n" + b"Ana\n" * 1_000_000), None, ""),
    "nothing": (b"", None, "file-empty"),
}
OF_ANY_TABLE = {
    "file-too-large",
    "row-too-long",
    "too-many-columns",
    "header-is-data",
    "header-disguised",
    "header-invisible",
    "file-empty",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_t68_a_hostile_table_is_refused_with_its_rows(
    service: Service, client: TestClient, name: str
) -> None:
    body, row, code = HOSTILE[name]
    achievement = publish(client)
    before = all_rows(service)

    def post(content: bytes, **parameters: str) -> tuple[int, dict[str, object]]:
        answer = client.post(
            "/v1/batches",
            params={"achievement": achievement, **parameters},
            content=content,
            headers={"content-type": "text/csv", "idempotency-key": unique("key")},
        )
        return answer.status_code, answer.json()

    status, problem = post(body)
    _, trial = post(body, dryRun="true")

    assert (status, problem["code"]) == (422, "malformed-batch")
    faults = trial["faults"]
    assert isinstance(faults, list)
    codes = [fault["code"] for fault in faults]
    assert faults
    if code:
        assert code in codes
    if row is not None:
        assert row in {fault["row"] for fault in faults if fault["code"] == code}
    assert all_rows(service) == before


IN_CHANGES: dict[str, tuple[bytes, int | None, str]] = {
    name: (body, row, code) for name, (body, row, code) in HOSTILE.items() if code in OF_ANY_TABLE
} | {
    "a row too many": (
        b"url,outcome,name\n" + b",failed,\n" * 50_001,
        50_002,
        "too-many-rows",
    ),
    "two encodings": ("url,name\nx,Zoë\nx,Zo".encode() + b"\xeb\n", 3, "not-utf-8"),
    "half of UTF-16": ("url,name\nx,Ana\n".encode("utf-16")[:-1], None, "file-cut"),
    "NUL": (b"url,name\nx,Be\0a\n", 2, "control-character"),
    "an open quotation mark": (b'url,name\nx,Ana\nx,"Bea\n', 3, "quote-unclosed"),
    "a quotation mark inside": (b'url,name\nx,"Be"a\n', 2, "quote-misplaced"),
    "a million cells": (b"url,name\nx" + b"," * 1_000_000, 2, "row-too-long"),
    "a formula": (b'url,name\nx,"=HYPERLINK(""//x"")"\n', 2, "name-formula"),
    "a placeholder": (b"url,name\nx,undefined\n", 2, "name-placeholder"),
    "a header twice": (b"url,url,name\nx,y,Bea\n", 1, "column-twice"),
    "nothing that names": (b"name\nAna\n", 1, "column-missing"),
    "nothing that is corrected": (b"url,note\nx,y\n", None, "correction-missing"),
    "the same row twice": (b"url,name\nx,Ana\nx,Ana\n", 2, "credential-not-found"),
    "a bomb": (gzip.compress(b"url\n" + b"x\n" * 1_000_000), None, ""),
}


@pytest.mark.parametrize("name", IN_CHANGES)
def test_t68_a_hostile_table_of_changes_is_refused_with_its_rows(
    service: Service, client: TestClient, name: str
) -> None:
    body, row, code = IN_CHANGES[name]
    before = all_rows(service)

    def post(content: bytes, **parameters: str) -> tuple[int, dict[str, object]]:
        answer = client.post(
            "/v1/batches/changes/file",
            params={"change": "correction", "reason": "Misspelt.", **parameters},
            content=content,
            headers={"content-type": "text/csv", "idempotency-key": unique("key")},
        )
        return answer.status_code, answer.json()

    status, problem = post(body)
    _, trial = post(body, dryRun="true")

    assert (status, problem["code"]) == (422, "malformed-batch")
    faults = trial["faults"]
    assert isinstance(faults, list)
    assert faults
    assert not code or (row, code) in {(fault["row"], fault["code"]) for fault in faults}
    assert all_rows(service) == before


def test_t68_a_compressed_body_is_never_unpacked(client: TestClient) -> None:
    refused = client.post(
        "/v1/batches",
        params={"achievement": publish(client)},
        content=gzip.compress(GOOD.encode()),
        headers={
            "content-type": "text/csv",
            "content-encoding": "gzip",
            "idempotency-key": unique("key"),
        },
    )

    assert refused.status_code in {415, 422}


def test_t68_ten_mebibytes_are_taken(client: TestClient) -> None:
    answer = client.post(
        "/v1/batches",
        params={"achievement": publish(client), "dryRun": "true"},
        content=to_size(10 * MIB - 2_000),
        headers={"content-type": "text/csv"},
    )

    codes = {fault["code"] for fault in answer.json()["faults"]}
    assert answer.status_code == 200
    assert "file-too-large" not in codes
    assert answer.json()["new"] > 1_000
