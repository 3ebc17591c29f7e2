"""What fuzzing begins with: artefacts of our own that are read."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from credhub import cbor
from credhub.jsontypes import canonical
from credhub.proofs import cose
from credhub.proofs.forms import Form
from credhub.status import bitstring
from credhub.status.token_status_list import TokenStatusList
from tests.fuzz.targets import DID, VERSION, WEBVH
from tests.hostile import forms, pdfs, photos, pngs, svgs
from tests.ledger_vectors import world
from tests.unit import factories
from tests.unit.dids.webvh_writing import LogWriter, witness_file
from tests.unit.documents.imports import badges, exports
from tests.unit.documents.imports.test_archives import zipped
from tests.unit.factories import NOON, MemorySigner
from tests.unit.verification import every_form
from tests.unit.verification.partners import endorsement, issuer, vouching
from tests.unit.verification.stapling import StapledHub
from tests.unit.verification.test_every_presentation import genuine

SIGNER = MemorySigner()
ROWS = [[255] * 16 for _ in range(16)]
LIST_CLAIMS = {
    "sub": "https://school.example/status/1",
    "iss": SIGNER.did,
    "iat": int(NOON.timestamp()),
    "ttl": 300,
    "status_list": TokenStatusList.of({3: 1, 9: 0}, bits=1, length=128).to_json(),
}


def _credentials() -> list[bytes]:
    return [every_form.signed(form) for form in Form]


def _tokens() -> list[bytes]:
    return [every_form.signed(Form.VC_JWT), every_form.signed(Form.DC_SD_JWT).partition(b"~")[0]]


def _presentation() -> bytes:
    return canonical(
        {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": SIGNER.did,
            "verifiableCredential": [factories.signed()],
        }
    )


@cache
def of(name: str) -> tuple[bytes, ...]:
    """Give the seeds of a target."""
    return tuple(_SEEDS[name]())


_CWT = cose.sign(
    cbor.encode({1: SIGNER.did}), media_type="statuslist+cwt", kid=SIGNER.method, signer=SIGNER
)
_BADGE = b'{"type": ["OpenBadgeCredential", "VerifiableCredential"]}'
_SEEDS: Final[Mapping[str, Callable[[], list[bytes]]]] = {
    "json_text": lambda: [canonical(factories.signed()), b'[1, 2.5e3, "\\u00e9", null]'],
    "cbor_bytes": lambda: [cbor.encode({1: "a", 2: [b"b", -7, True, None]})],
    "cose": lambda: [_CWT],
    "jose": _tokens,
    "sd_jwt": lambda: [every_form.signed(f) for f in (Form.VC_SD_JWT, Form.DC_SD_JWT)],
    "credential": _credentials,
    "one_reading": lambda: [b"any bytes choose the changes"],
    "presentation": lambda: [_presentation()],
    "did": lambda: [
        SIGNER.did.encode(),
        b"did:web:school.example%3A8443:hubs:one",
        WEBVH.encode(),
        b"https://school.example/keys/1#key-1",
        b"did:jwk:eyJrdHkiOiJPS1AiLCJjcnYiOiJFZDI1NTE5IiwieCI6ImFhYWEifQ",
    ],
    "did_document": lambda: [canonical(StapledHub(did=DID).did_document())],
    "did_log": lambda: [LogWriter().begin().go_on().data],
    "did_witnesses": lambda: [witness_file((VERSION, SIGNER))],
    "key": lambda: [SIGNER.method.partition("#")[2].encode(), b"2026-11-22T12:00:00Z"],
    "status_list": lambda: [canonical(StapledHub().status_list(7))],
    "status_bits": lambda: [bitstring.encode([1, 9]).encode()],
    "token_list": lambda: [json.dumps(LIST_CLAIMS).encode()],
    "signed_note": lambda: [world.note().encode(), world.EMPTY.text().encode(), b"tile/0/x001/067"],
    "receipt": lambda: [world.receipt(index).text().encode() for index in (0, 4)],
    "ledger_bytes": lambda: [world.LOGGED[0].entry().encode(), world.ISSUED, world.REVOKED],
    "policy": lambda: [world.POLICY.encode(), world.TWO_OF_THREE.encode()],
    "bundle": lambda: [canonical(StapledHub().bundle().to_document())],
    "partner_list": lambda: [vouching().published().encode()],
    "partner_endorsement": lambda: [canonical(endorsement().to_document(issuer()))],
    "trust_list": lambda: [
        json.dumps({"registry": {DID: {"name": "A School"}}}).encode(),
        json.dumps([{"name": "A", "type": "dcc-legacy", "url": "https://a.example/"}]).encode(),
    ],
    "link": lambda: [b"https://hub.example/c/" + b"7" * 32, b"https://xn--hb-9ma.example/c/1"],
    "png_badge": lambda: [pngs.image(pngs.international(_BADGE))],
    "svg_badge": lambda: [svgs.image(svgs.element(_BADGE.decode()))],
    "photo": lambda: [photos.jpeg(ROWS), pngs.of_rows(ROWS)],
    "pdf_file": lambda: [pdfs.with_files(_BADGE)],
    "sd_jwt_presentation": lambda: [genuine("SD-JWT+KB")],
    "form": lambda: [
        forms.FORM.encode() + b"\n" + forms.part(_BADGE) + forms.end(),
        forms.FORM.encode() + b"\n" + forms.part(_BADGE, b'name="credential"') + forms.end(),
    ],
    "drawing": lambda: [
        photos.jpeg(photos.rows_of("https://hub.example/c/1")),
        pngs.of_rows(photos.rows_of("https://hub.example/c/1")),
    ],
    "rows": lambda: [
        'sep=;\nMatrikel;Name;Vorname;E-Mail;Datum\r\n7;"Müller";Zoë;z@example.org;25.04.2026'.encode(),
        "name\temail\nZoë\t\n".encode("utf-16"),
        b'[{"key": "7", "recipient": {"name": "Ada"}, "results": [{"value": "1.3"}]}]',
    ],
    "imports": lambda: [
        exports.CREDLY.encode(),
        exports.CANVAS.encode(),
        json.dumps([badges.assertion(), badges.credential()]).encode(),
        zipped(("1.json", json.dumps(badges.assertion()).encode())),
    ],
}
