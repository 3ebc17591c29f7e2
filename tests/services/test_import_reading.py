"""Files of an import: whatever they are called, they are what their bytes say."""

import json
import zlib
from collections.abc import Mapping
from functools import partial

import pytest

from credhub import base64url
from credhub.documents.imports import archives
from credhub.documents.imports.choices import ImportChoices
from credhub.documents.imports.known_names import KnownNames
from credhub.documents.imports.outcome import OldCredential
from credhub.errors import RowFault
from credhub.services import reading
from credhub.services.imports import import_reading
from credhub.services.imports.import_proofs import Proof
from credhub.services.imports.import_reading import ReadFiles
from credhub.services.resources import Resources
from credhub.uploads import png
from tests.running import Service, make_member, unique
from tests.services.ordering import issue, publish
from tests.unit.documents.imports import exports
from tests.unit.documents.imports.badges import BADGE, NAMES, assertion, credential
from tests.unit.documents.imports.test_archives import zipped

_KEY = "did:key:z6Mkon3Necd6NkkyfoGoHxid2znGc59LU3K7mubaRcFbLfLX"
JSON = json.dumps(assertion()).encode()


@pytest.fixture
def resources(service: Service) -> Resources:
    return service.resources


def read(resources: Resources, files: Mapping[str, bytes], names: KnownNames = NAMES) -> ReadFiles:
    choices = ImportChoices(now=exports.NOW.replace(year=2027))
    return import_reading.read_files(resources, files.items(), choices, names)


def told(found: ReadFiles) -> dict[str, list[str]]:
    """Say what is in each file: names of learners, and codes of faults."""
    return {file.name: [_word(item) for item in file.items] for file in found.files}


def _word(item: object) -> str:
    if isinstance(item, OldCredential):
        return item.row.recipient.name
    assert isinstance(item, RowFault)
    return item.code


def chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body).to_bytes(4)
    return len(body).to_bytes(4) + kind + body + checksum


def badge_image(text: bytes, keyword: bytes = b"openbadges") -> bytes:
    header = (1).to_bytes(4) + (1).to_bytes(4) + bytes([8, 0, 0, 0, 0])
    baked = keyword + b"\0\0\0\0\0" + text
    return (
        png.SIGNATURE
        + chunk(b"IHDR", header)
        + chunk(b"iTXt", baked)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def drawing(text: str, more: str = "") -> bytes:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org">'
        f"<openbadges:assertion><![CDATA[{text}]]></openbadges:assertion>{more}</svg>"
    ).encode()


def token(payload: object) -> bytes:
    return b".".join(
        base64url.encode(part).encode()
        for part in (b'{"alg":"RS256"}', json.dumps(payload).encode(), b"signature")
    )


def test_whatever_a_file_is_called_it_is_what_its_bytes_say(resources: Resources) -> None:
    found = read(
        resources,
        {
            "a.txt": JSON,
            "b.json": b"\xef\xbb\xbf " + JSON,
            "c.jpg": badge_image(JSON),
            "d.svg": drawing(JSON.decode()),
            "e": token(assertion(id="urn:5")),
            "f.jwt": token({"vc": credential()}) + b"\n",
            "g.zip": zipped(("x/1.json", JSON), ("2.csv", b"course,name\nSolar,Bo\n")),
            "h.json": b"course,name\nSolar,Cy\n",
        },
    )

    assert told(found) == {
        "a.txt": ["Ana Lima"],
        "b.json": ["Ana Lima"],
        "c.jpg": ["Ana Lima"],
        "d.svg": ["Ana Lima"],
        "e": ["Ana Lima"],
        "f.jwt": ["Ana Lima", "proof-broken"],
        "g.zip": [],
        "g.zip/x/1.json": ["Ana Lima"],
        "g.zip/2.csv": ["Bo"],
        "h.json": ["Cy"],
    }
    assert found.tables.keys() == {"g.zip/2.csv", "h.json"}


def test_one_file_describes_what_another_refers_to(resources: Resources) -> None:
    referring = json.dumps(assertion(badge=BADGE["id"])).encode()

    found = read(resources, {"1.json": referring, "2.json": json.dumps(BADGE).encode()})

    assert told(found) == {"1.json": ["Ana Lima"], "2.json": []}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"a": 1, "a": 2}', "not-json"),
        (b"[" * 100 + b"]" * 100, "not-json"),
        (b'{"a": NaN}', "not-json"),
        (b'{"type": "Thing"}', "nothing-inside"),
        (b"[]", "nothing-inside"),
        (b'[{"type": "RevocationList", "revokedAssertions": [5]}]', "member-type"),
        (b"eyJ.e.x", "not-json"),
        (b"eyJh.bm9wZQ.x", "not-json"),
        (badge_image(b"https://loom.example/a/1"), "hosted-elsewhere"),
        (badge_image(b"x", keyword=b"comment"), "not-baked"),
        (badge_image(b"not json"), "not-json"),
        (png.SIGNATURE, "not-baked"),
        (b"<html>", "not-baked"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not-baked"),
        (b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + drawing(JSON.decode()), "not-baked"),
        (b"PK\x03\x04 and no more", "archive-broken"),
        (zipped(("a.zip", zipped(("b.json", JSON)))), "archive-inside"),
        (b"\xff\xfe\x00", "file-cut"),
        (b"\0\0\0", "control-character"),
        (b"", "file-empty"),
    ],
    ids=[
        "twice",
        "deep",
        "NaN",
        "other JSON",
        "empty list",
        "list of revoked numbers",
        "broken token",
        "token of nothing",
        "address baked in",
        "nothing baked in",
        "text baked in",
        "broken image",
        "page",
        "plain drawing",
        "entities",
        "broken archive",
        "archive inside",
        "half a character",
        "NUL",
        "nothing",
    ],
)
def test_a_file_that_is_nothing_of_it_is_a_fault_of_that_file(
    resources: Resources, content: bytes, code: str
) -> None:
    found = told(read(resources, {"bad": content, "good": JSON}))

    assert code in found["bad"]
    assert found["good"] == ["Ana Lima"]


def test_t38_a_drawing_with_a_script_gives_its_badge_and_nothing_else(resources: Resources) -> None:
    content = drawing(JSON.decode(), more="<script>fetch('https://x.example')</script>")

    assert told(read(resources, {"a.svg": content})) == {"a.svg": ["Ana Lima"]}


def test_a_credential_that_was_changed_after_it_was_signed_is_a_fault(service: Service) -> None:
    resources = service.resources
    member = make_member(service.runtime, unique("old"))
    achievement = publish(resources, member.hub.number).achievement_id
    made = issue(resources, member.hub.number, achievement)
    signed = reading.by_id(resources, member.hub.number, made).signed
    changed = signed.replace(b"Dubois", b"Duval")

    good = read(resources, {"1.json": signed, "2.json": json.dumps(credential()).encode()})
    bad = read(resources, {"1.json": changed, "2.jwt": token({"vc": credential()})})

    assert good.proofs == {Proof.INTACT: 1, Proof.NONE: 1}
    assert told(good)["1.json"] == ["Amélie Dubois"]
    assert bad.proofs == {Proof.BROKEN: 2}
    assert told(bad)["1.json"] == ["Amélie Duval", "proof-broken"]


def test_nobody_is_asked_for_a_key(resources: Resources) -> None:
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "proofPurpose": "assertionMethod",
        "proofValue": "z" + "2" * 88,
    }
    methods = {
        "far": "did:web:far.example#1",
        "key": f"{_KEY}#{_KEY.removeprefix('did:key:')}",
        "jwk": "did:jwk:e30#0",
    }
    files = {
        name: json.dumps(credential(proof={**proof, "verificationMethod": method})).encode()
        for name, method in methods.items()
    }

    found = read(resources, files)

    assert found.proofs == {Proof.UNKNOWN: 1, Proof.BROKEN: 2}
    assert told(found)["far"] == ["Ana Lima"]


def test_a_bad_file_in_an_archive_is_named(resources: Resources) -> None:
    found = told(read(resources, {"a.zip": zipped(("1.json", b"{"), ("2.json", JSON))}))

    assert found == {"a.zip": [], "a.zip/1.json": ["not-json"], "a.zip/2.json": ["Ana Lima"]}


def test_more_than_fifty_thousand_credentials_are_refused(
    resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_reading, "MAX_CREDENTIALS", 2)
    two = json.dumps([assertion(), assertion(id="urn:2")]).encode()

    found = told(read(resources, {"1.json": two, "2.json": JSON}))

    table = told(read(resources, {"1.json": two, "2.csv": b"course,name\nSolar,Bo\n"}))

    assert found["2.json"] == ["too-many-credentials"]
    assert table["2.csv"] == ["too-many-credentials"]


def test_archives_share_what_may_be_unpacked(
    resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "Room", partial(archives.Room, unpacked=len(JSON)))
    one = zipped(("1.json", JSON))

    assert told(read(resources, {"a.zip": one, "b.zip": one})) == {
        "a.zip": [],
        "a.zip/1.json": ["Ana Lima"],
        "b.zip": ["archive-too-large"],
    }


def test_what_stands_among_credentials_and_is_none_is_a_fault(resources: Resources) -> None:
    mixed = [assertion(), token({"vc": credential()}).decode(), "https://loom.example/a/2"]

    found = read(resources, {"a.json": json.dumps(mixed).encode()})

    assert told(found) == {"a.json": ["no-credential", "Ana Lima", "Ana Lima", "proof-broken"]}
