"""What is fuzzed: one function per parser, which is given any bytes.

A parser reads them or raises one of our errors. Whatever else it raises is a failure, and so is
what it reads and writes back as something else.
"""

import atexit
import warnings
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from random import Random
from types import MappingProxyType
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Scope

from credhub import base64url, cbor, instants, jsontypes, jwk, multikey, worker_tasks
from credhub.credentials.code import PublicCode
from credhub.credentials.partner_endorsement import PartnerEndorsement
from credhub.dids import did_jwk, did_key, did_web, key_document, web_address
from credhub.dids.did_webvh import WebvhDid
from credhub.dids.document import DidDocument
from credhub.dids.webvh_log import WebvhLog
from credhub.dids.webvh_witnesses import WitnessRule, check_witnessed
from credhub.documents.imports import archives
from credhub.documents.imports.choices import ImportChoices
from credhub.documents.imports.csv_export import read_csv
from credhub.documents.imports.known_names import KnownNames, read_names
from credhub.documents.imports.open_badges import OpenBadges
from credhub.documents.rows.choices import Choices, DateOrder, Encoding, Form
from credhub.documents.rows.reader import RowReader
from credhub.errors import CredhubError, DidNotResolvedError, SandboxCrashedError
from credhub.jsontypes import JsonObject
from credhub.ledger import note, tiles
from credhub.ledger.add_checkpoint import AddCheckpoint
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.cosignature import WitnessKey
from credhub.ledger.endorsement_events import EndorsementChanged
from credhub.ledger.entry import LedgerEntry
from credhub.ledger.events import (
    AchievementDefined,
    Issued,
    KeyEvent,
    StatusChanged,
    StatusListPublished,
)
from credhub.ledger.note import VerifierKey
from credhub.ledger.partner_events import PartnersChanged
from credhub.ledger.policy import Policy
from credhub.ledger.receipt import Receipt, parse_extra
from credhub.proofs.cose import Sign1
from credhub.proofs.jose import Jws
from credhub.proofs.sd_jwt.compact import SdJwt
from credhub.proofs.sd_jwt.credential import SdJwtCredential
from credhub.proofs.sd_jwt.processing import process
from credhub.sandbox.pool import Sandbox
from credhub.services import uploads
from credhub.status import bitstring
from credhub.status.document import StatusList
from credhub.status.list_token import ListToken
from credhub.status.published import PublishedList
from credhub.status.revocation_list import RevocationList
from credhub.status.token_status_list import TokenStatusList
from credhub.uploads import links, paper, pdf, png, sniffing, svg
from credhub.uploads.sniffing import Kind
from credhub.verification import presented, reading
from credhub.verification.bundle import Bundle
from credhub.verification.partner_list import PartnerList
from credhub.verification.sd_jwt_presented import SdJwtPresented
from credhub.verification.structure import CredentialView
from credhub.verification.trust_index import TrustIndex
from credhub.verification.trust_list import TrustList
from credhub.web import admission
from tests.unit.proofs.mutations import honest, mutated
from tests.unit.proofs.readings import Readings

Target = Callable[[bytes], None]

_NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
DID: Final = "did:web:school.example"
WEBVH: Final = "did:webvh:QmQ8NS4PMRnncXDhiWpKSqgZEPA6NCEFCZ7E9HufJ9Z4Ew:hub.example"

WITNESS: Final = "did:key:z6Mkon3Necd6NkkyfoGoHxid2znGc59LU3K7mubaRcFbLfLX"
VERSION: Final = "1-QmQ8NS4PMRnncXDhiWpKSqgZEPA6NCEFCZ7E9HufJ9Z4Ew"


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def _object(data: bytes) -> JsonObject:
    return jsontypes.parse_object(data)


def _each(*parsers: Callable[[], object]) -> None:
    """Run several parsers on one input; an error of ours ends one of them only."""
    for parser in parsers:
        with suppress(CredhubError):
            parser()


def json_text(data: bytes) -> None:
    value = jsontypes.parse(data)
    written = jsontypes.canonical(value)
    assert jsontypes.canonical(jsontypes.parse(written)) == written


def cbor_bytes(data: bytes) -> None:
    value = cbor.decode(data)
    assert cbor.encode(cbor.decode(cbor.encode(value))) == cbor.encode(value)


def cose(data: bytes) -> None:
    Sign1.parse(data)


def jose(data: bytes) -> None:
    text = _text(data)
    _each(lambda: Jws.parse(text), lambda: Jws.parse(text, key_along=True))


def sd_jwt(data: bytes) -> None:
    text = _text(data)
    issued = SdJwt.parse(text)
    _each(lambda: SdJwtCredential.parse(text))
    _each(lambda: process(_object(Jws.parse(issued.jwt).payload), issued.disclosures))


def credential(data: bytes) -> None:
    secured = reading.read(data)
    CredentialView.of(secured.document)


def one_reading(data: bytes) -> None:
    chance = Random(data)  # noqa: S311 - the same changes each time
    document = chance.choice(honest())
    readings = Readings()
    for changed in (document, mutated(document, chance), mutated(document, chance)):
        other = readings.other(changed)
        assert other is None, (changed, other)


def presentation(data: bytes) -> None:
    _each(lambda: presented.says_it_is_one(data))
    holding = presented.read(data)
    presented.check_structure(holding.document)
    presented.credentials_of(holding.document)


def did(data: bytes) -> None:
    text = _text(data)
    _each(
        lambda: did_web.url_of(text),
        lambda: did_key.resolve(text),
        lambda: did_jwk.resolve(text),
        lambda: WebvhDid.parse(text),
        lambda: web_address.host_of(text),
        lambda: web_address.key_set_of(text),
    )


def did_document(data: bytes) -> None:
    document = _object(data)
    _each(
        lambda: DidDocument.from_document(document, did=DID),
        lambda: key_document.read(document, url="https://school.example/key"),
    )


def did_log(data: bytes) -> None:
    # Every signature counts, so that more is reached behind it.
    WebvhLog.read(data, did=WebvhDid.parse(WEBVH), now=_NOW, check_proof=lambda *_: None)


def did_witnesses(data: bytes) -> None:
    _each(lambda: WitnessRule.parse(jsontypes.parse(data)))
    rule = WitnessRule.parse({"threshold": 1, "witnesses": [{"id": WITNESS}]})
    assert rule is not None
    rules = {VERSION: rule}
    check_witnessed(data, rules, [VERSION], check_proof=lambda *_: None)


def key(data: bytes) -> None:
    text = _text(data)
    _each(
        lambda: multikey.decode(text),
        lambda: multikey.decode_base58(text),
        lambda: base64url.decode(text),
        lambda: jwk.decode(_object(data)),
        lambda: instants.parse(text),
    )


def status_list(data: bytes) -> None:
    document = _object(data)
    _each(
        lambda: StatusList.from_document(document),
        lambda: PublishedList.from_document(document),
        lambda: RevocationList.from_document(document),
    )


def status_bits(data: bytes) -> None:
    bitstring.decode(_text(data))


def token_list(data: bytes) -> None:
    _each(
        lambda: ListToken.from_claims(_object(data)),
        lambda: ListToken.from_cwt(cbor.decode(data)),
        lambda: TokenStatusList(bits=1, packed=data).unpacked(),
    )


def signed_note(data: bytes) -> None:
    text = _text(data)
    _each(
        lambda: note.split_note(text),
        lambda: VerifierKey.parse(text),
        lambda: WitnessKey.parse(text),
        lambda: AddCheckpoint.parse(data),
        lambda: tiles.parse_path(text),
        lambda: PublicCode.parse(text),
    )
    checkpoint = Checkpoint.parse(text)
    assert checkpoint.text() == text


def receipt(data: bytes) -> None:
    text = _text(data)
    assert Receipt.parse(text).text() == text


def ledger_bytes(data: bytes) -> None:
    _each(
        lambda: LedgerEntry.parse(data),
        lambda: parse_extra(data),
        lambda: tiles.decode_entries(data, 1 + len(data) % 256),
        *(
            lambda event=event: event.parse(data)
            for event in (
                Issued,
                StatusChanged,
                KeyEvent,
                AchievementDefined,
                StatusListPublished,
                PartnersChanged,
                EndorsementChanged,
            )
        ),
    )


def policy(data: bytes) -> None:
    written = Policy.parse(data).text()
    again = Policy.parse(written.encode(errors="surrogateescape"))
    assert again.text() == written


def bundle(data: bytes) -> None:
    Bundle.parse(data)


def trust_list(data: bytes) -> None:
    _each(
        lambda: TrustList.parse(data, source="a list"),
        lambda: TrustIndex.parse(data, source="an index"),
    )


def partner_list(data: bytes) -> None:
    listed = PartnerList.parse(data, source="a list")
    assert PartnerList.parse(listed.encode(), source="a list") == listed
    listed.to_trust_list(source="a list")


def partner_endorsement(data: bytes) -> None:
    PartnerEndorsement.from_document(_object(data))


def link(data: bytes) -> None:
    links.read(_text(data), {"https://hub.example"})


def png_badge(data: bytes) -> None:
    png.credential_in(data)


def svg_badge(data: bytes) -> None:
    svg.credential_in(data)


def photo(data: bytes) -> None:
    _each(lambda: sniffing.kind_of(data), lambda: paper.of_jpeg(data), lambda: paper.of_png(data))


def pdf_file(data: bytes) -> None:
    pdf.credential_in(data)


def sd_jwt_presentation(data: bytes) -> None:
    text = _text(data)
    presented_one = SdJwtPresented.parse(text)
    presented.check_structure(presented_one.document)
    _each(
        lambda: presented_one.check_answer(challenge="c", domain="d"),
        lambda: presented_one.check_proof(suites={}, dids=_NoDids(), now=_NOW),
    )


class _NoDids:
    """Knows no DID: the key of a holder is in the credential."""

    def resolve(self, did: str) -> DidDocument:
        """Find nothing."""
        raise DidNotResolvedError(did)


def form(data: bytes) -> None:
    """Read a form as a route does: a line that says what it is, then its body in pieces."""
    kind, _, body = data.partition(b"\n")
    headers = [(b"host", b"hub.example"), (b"content-type", kind.strip())]
    scope = {"type": "http", "path": "/verify", "query_string": b"", "headers": headers, "app": 1}
    if admission.refusal(scope, hosts=frozenset({"hub.example"})) is not None:
        return
    with (
        warnings.catch_warnings(action="ignore", category=ResourceWarning),
        suppress(HTTPException),
    ):
        _without_a_loop(_fields_of(scope, body))


async def _fields_of(scope: Scope, body: bytes) -> None:
    size = 1 + len(body) % 97
    pieces = [body[at : at + size] for at in range(0, len(body), size)]

    async def receive() -> Message:
        piece = pieces.pop(0) if pieces else b""
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    request = Request(scope, receive)
    files, fields = admission.MAX_FILES, admission.MAX_FIELDS
    async with request.form(max_files=files, max_fields=fields) as found:
        assert len(found.multi_items()) <= files + fields
        for _, value in found.multi_items():
            size = len(value) if isinstance(value, str) else (value.size or 0)
            assert size <= len(body)


def _without_a_loop(work: Coroutine[None, None, None]) -> None:
    """Run what never waits, because everything of it is in memory."""
    try:
        work.send(None)
    except StopIteration:
        return
    work.close()
    raise AssertionError("It waited: something is not in memory.")


def drawing(data: bytes) -> None:
    """Draw in a worker, as the service does: what takes too long is refused there."""
    if sniffing.kind_of(data) not in {Kind.PDF, Kind.PNG, Kind.JPEG}:
        return
    try:
        _sandbox().run(uploads.DRAWING, data, seconds=uploads.DRAWING_SECONDS)
    except SandboxCrashedError as error:
        raise AssertionError(str(error)) from error


@cache
def _sandbox() -> Sandbox:
    task = worker_tasks.of_a_service()[uploads.DRAWING]
    made = Sandbox({uploads.DRAWING: task}, workers=1)
    atexit.register(made.close)
    return made


def rows(data: bytes) -> None:
    named = Choices(encoding=Encoding.WINDOWS_1252, date_order=DateOrder.DAY_FIRST)
    _each(
        lambda: list(RowReader([data], Form.CSV)),
        lambda: list(RowReader([data], Form.CSV, named)),
        lambda: list(RowReader([b"name,email,key\n", data], Form.CSV, block=7)),
        lambda: list(RowReader([data], Form.JSON_LINES)),
        lambda: list(RowReader([data], Form.JSON, block=9)),
    )


def imports(data: bytes) -> None:
    choices = ImportChoices(now=_NOW, achievement="Solar")
    badges = OpenBadges(KnownNames([("ana@mail.example", "Ana Lima")]), _NOW)
    _each(
        lambda: read_csv(data, choices),
        lambda: read_csv(data, replace(choices, minimum=Decimal(50))),
        lambda: list(archives.entries(data, archives.Room())),
        lambda: read_names(data),
        lambda: badges.add("a", jsontypes.parse(data)),
        lambda: list(badges.items()),
    )


def _named(*targets: Target) -> Mapping[str, Target]:
    return MappingProxyType({target.__name__: target for target in targets})


TARGETS: Final = _named(
    json_text,
    cbor_bytes,
    cose,
    jose,
    sd_jwt,
    credential,
    one_reading,
    presentation,
    did,
    did_document,
    did_log,
    did_witnesses,
    key,
    status_list,
    status_bits,
    token_list,
    signed_note,
    receipt,
    ledger_bytes,
    policy,
    bundle,
    trust_list,
    partner_list,
    partner_endorsement,
    link,
    png_badge,
    svg_badge,
    photo,
    pdf_file,
    sd_jwt_presentation,
    form,
    drawing,
    rows,
    imports,
)


def run(name: str, data: bytes) -> None:
    """Give bytes to a parser. What is raised is a failure."""
    with suppress(CredhubError):
        TARGETS[name](data)
