"""The JSON Schemas of the W3C data model and of Open Badges, and what is said by their examples."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import pytest
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from credhub import base64url
from credhub.jsontypes import JsonObject, parse_object
from credhub.proofs.contexts import OB_VERSIONS, STATUS_2021
from credhub.proofs.forms import Form
from credhub.verification.presentations import verify_presentation
from credhub.verification.report import Check, Outcome, Verdict
from tests import vectors
from tests.unit.factories import NOON
from tests.unit.verification import test_older_badges as older
from tests.unit.verification.every_form import FormWorld, signed
from tests.unit.verification.test_confusion import presentation, with_proof
from tests.unit.verification.world import result

CREDENTIALS, PRESENTATIONS = "verifiable-credential", "verifiable-presentation"
OLDER_BADGES = "openbadges-v3/schemas/ob_v3p0_achievementcredential_schema_draft4.json"
WITH_PROOF = [form for form in Form if form not in {Form.DC_SD_JWT, Form.VC_SD_JWT, Form.VC_JWT}]
# Their proofs are of kinds that nobody makes any more, or in a DID method of examples.
PROVED_OTHERWISE = {1: "unknown-cryptosuite", 11: "did-not-resolved"}
UNSIGNED = (4, 12, 13, 18, 20, 21, 23)


@cache
def schema(kind: str) -> Validator:
    said = vectors.document(f"vc-schemas/{kind}/{kind}-schema.json")
    of_credentials = vectors.document(f"vc-schemas/{CREDENTIALS}/{CREDENTIALS}-schema.json")
    resource = DRAFT202012.create_resource(of_credentials)
    known: Registry[Any] = Registry().with_resource(str(of_credentials["$id"]), resource)
    return jsonschema.Draft202012Validator(said, registry=known)


def example(kind: str, number: int) -> JsonObject:
    return vectors.document(f"vc-schemas/{kind}/example-{number}.json")


def without_each(document: JsonObject, members: tuple[str, ...]) -> Iterator[JsonObject]:
    for name in members:
        yield {other: value for other, value in document.items() if other != name}


def claims_of(form: Form) -> JsonObject:
    data = signed(form)
    return parse_object(
        data if form in WITH_PROOF else base64url.decode(data.split(b".")[1].decode())
    )


@pytest.mark.parametrize("form", [*WITH_PROOF, Form.VC_JWT])
def test_what_we_sign_follows_the_schema_of_credentials(form: Form) -> None:
    document = claims_of(form)

    schema(CREDENTIALS).validate(document)
    for incomplete in without_each(document, ("@context", "type", "issuer", "credentialSubject")):
        assert not schema(CREDENTIALS).is_valid(incomplete)


def test_what_a_holder_signs_follows_the_schema_of_presentations() -> None:
    for document in (presentation(), with_proof()):
        schema(PRESENTATIONS).validate(document)
        for incomplete in without_each(document, ("@context", "type")):
            assert not schema(PRESENTATIONS).is_valid(incomplete)


@pytest.mark.parametrize("number", [*PROVED_OTHERWISE, *UNSIGNED])
def test_examples_of_credentials_are_refused_for_their_proofs_alone(number: int) -> None:
    document = example(CREDENTIALS, number)

    report = FormWorld(position=None).verify(
        vectors.path(f"vc-schemas/{CREDENTIALS}/example-{number}.json").read_bytes(), now=NOON
    )

    schema(CREDENTIALS).validate(document)
    code = PROVED_OTHERWISE.get(number, "malformed-proof")
    assert result(report, Check.STRUCTURE).outcome is Outcome.PASSED
    assert result(report, Check.PROOF).code == code
    expected = Verdict.INDETERMINATE if number in PROVED_OTHERWISE else Verdict.INVALID
    assert report.verdict is expected


@pytest.mark.parametrize("number", [2, 25, 45])
def test_examples_of_presentations_are_read_and_their_proofs_are_not_known(number: int) -> None:
    data = vectors.path(f"vc-schemas/{PRESENTATIONS}/example-{number}.json").read_bytes()

    report = verify_presentation(data, context=FormWorld().context(), now=NOON, challenge="c")

    schema(PRESENTATIONS).validate(parse_object(data))
    assert report.verdict is Verdict.INDETERMINATE
    codes = [(check.check.value, check.code) for check in report.checks[:3]]
    assert codes == [("parse", "passed"), ("structure", "passed"), ("proof", "unknown-cryptosuite")]


@pytest.mark.parametrize("version", OB_VERSIONS)
def test_older_badges_here_are_as_their_own_schema_has_them(version: str) -> None:
    badge = older.signed(older.badge(version, STATUS_2021))
    validator = jsonschema.Draft4Validator(vectors.document(OLDER_BADGES))

    validator.validate(badge)
    for incomplete in without_each(badge, ("id", "issuer", "issuanceDate", "credentialSubject")):
        assert not validator.is_valid(incomplete)
