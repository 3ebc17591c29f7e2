"""Two JSON documents with one RDF form: what a holder may try to take out, or to write in."""

from copy import deepcopy
from typing import Any

import pytest

from credhub.errors import DataLossError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.contexts import EXAMPLES, UNDEFINED_TERMS, VC
from credhub.proofs.rdfc import check_lines
from credhub.verification.report import Verdict
from tests.unit import factories
from tests.unit.verification.world import HUB_DID, World, credential, sign

AMELIE = "did:example:amelie"
INNER = "https://hub.example/c/2"
WORD = "https://www.w3.org/ns/credentials/examples#"

# A test reaches into nested members, which JsonValue would ask about at every step.
Json = dict[str, Any]


def signed(**subject: JsonValue) -> Json:
    return sign(
        {
            "@context": [VC, EXAMPLES],
            "id": "https://hub.example/c/1",
            "type": ["VerifiableCredential"],
            "issuer": HUB_DID,
            "validFrom": "2026-11-22T00:00:00Z",
            "credentialSubject": {"id": AMELIE, **subject},
        }
    )


def verdict(document: JsonObject) -> tuple[Verdict, str]:
    report = World(position=None).verify(document)
    codes = [line.code for line in report.checks if line.code != "not-checked"]
    return report.verdict, codes[-1]


def canonical(document: JsonObject) -> str:
    body = {name: value for name, value in document.items() if name != "proof"}
    return factories.canonicalizer().canonical(body).decode()


def test_t04_a_language_holds_no_statements() -> None:
    document = signed(
        description={"@value": "Welding", "@language": "en"}, name="Amelie", examResult="failed"
    )
    assert verdict(document)[0] is Verdict.VALID

    swallowed = f'<{AMELIE}> <https://schema.org/name> "Amelie" .\n'
    swallowed += f'<{AMELIE}> <{WORD}examResult> "failed"'
    assert swallowed in canonical(document)
    altered = deepcopy(document)
    del altered["credentialSubject"]["name"], altered["credentialSubject"]["examResult"]
    altered["credentialSubject"]["description"]["@language"] = f"en .\n{swallowed}"

    assert verdict(altered) == (Verdict.INVALID, "data-loss")


def test_t04_the_name_of_a_member_holds_no_statements() -> None:
    document = signed(comment="y> <https://x", examScore=3)
    assert verdict(document)[0] is Verdict.VALID

    swallowed = f"<{AMELIE}> <{WORD}examScore> "
    assert swallowed in canonical(document)
    altered = deepcopy(document)
    del altered["credentialSubject"]["comment"], altered["credentialSubject"]["examScore"]
    number = '"3"^^<http://www.w3.org/2001/XMLSchema#integer'
    altered["credentialSubject"]['comment> "y'] = {"id": f'https://x" .\n{swallowed}{number}'}

    assert verdict(altered) == (Verdict.INVALID, "data-loss")


@pytest.mark.parametrize(
    "name", ["@honours", "@index", "@none", "@import", "@protected", "@set", "@list", "@", "@json"]
)
@pytest.mark.parametrize("place", ["document", "subject", "achievement"])
@pytest.mark.parametrize("vocabulary", [EXAMPLES, UNDEFINED_TERMS])
def test_t03_a_member_that_json_ld_passes_over_is_refused(
    name: str, place: str, vocabulary: str
) -> None:
    document = credential(_without_schema)
    assert verdict(document)[0] is Verdict.VALID

    document["@context"] = [*_contexts(document), vocabulary]
    subject = _object(document["credentialSubject"])
    places = {"document": document, "subject": subject}
    places["achievement"] = _object(subject["achievement"])
    places[place][name] = "summa cum laude"

    assert verdict(document) == (Verdict.INVALID, "data-loss")


def test_t03_a_keyword_around_a_subject_is_refused() -> None:
    document = signed(name="Amelie")
    document["credentialSubject"] = {"@set": [document["credentialSubject"]]}

    assert verdict(document) == (Verdict.INVALID, "data-loss")


def test_t04_a_type_is_called_by_one_name() -> None:
    document = signed(name="Amelie", type="Person")
    types = ["VerifiableCredential", "https://www.w3.org/2018/credentials#VerifiableCredential"]

    assert verdict(document | {"type": types}) == (Verdict.INVALID, "data-loss")
    assert verdict(signed(type="https://school.example/types#Person"))[0] is Verdict.VALID


@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"id": "urn:x:1"},
        {"id": "urn:x:1", "type": [], "created": None},
        {"@value": "summa cum laude", "@language": "en"},
    ],
    ids=["empty", "name", "nothing", "text"],
)
@pytest.mark.parametrize("listed", [False, True])
def test_t04_a_graph_holds_statements_and_no_mere_name(proof: JsonObject, *, listed: bool) -> None:
    said: JsonObject = {"type": "DataIntegrityProof"}
    document = signed(termsOfUse={"type": "Policy", "proof": said})
    assert verdict(document)[0] is Verdict.VALID

    document["credentialSubject"]["termsOfUse"]["proof"] = [said, proof] if listed else proof
    assert verdict(document) == (Verdict.INVALID, "data-loss")


def both_ways(**changes: JsonValue) -> tuple[Json, Json]:
    """Give what has ended with a credential inside, and that credential around what has ended."""
    outer = {name: value for name, value in signed(name="Amelie").items() if name != "proof"}
    outer["validUntil"] = "2026-11-22T01:00:00Z"
    inner: Json = {"id": INNER, "type": ["VerifiableCredential"], "issuer": HUB_DID}
    inner |= {"validFrom": outer["validFrom"], "credentialSubject": {"id": AMELIE}} | changes
    part = {name: value for name, value in outer.items() if name != "@context"}
    around = {"@context": outer["@context"]} | inner | {"evidence": part | {"termsOfUse": INNER}}
    return outer | {"termsOfUse": inner | {"evidence": outer["id"]}}, around


@pytest.mark.parametrize("issuer", [HUB_DID, {"id": HUB_DID, "name": "A hub"}])
@pytest.mark.parametrize("types", [["VerifiableCredential"], "VerifiableCredential"])
def test_t04_a_document_is_not_turned_inside_out(types: JsonValue, issuer: JsonValue) -> None:
    for document in both_ways(type=types, issuer=issuer):
        with pytest.raises(DataLossError, match="leads back"):
            canonical(document)


def test_t04_turned_inside_out_a_document_has_another_issuer() -> None:
    document, turned = both_ways(issuer="did:example:another")

    assert canonical(document) == canonical(turned)
    turned["proof"] = sign(document)["proof"]
    assert verdict(turned)[0] is not Verdict.VALID


def test_what_is_no_named_credential_may_name_the_document() -> None:
    document, _ = both_ways(type="Evidence")
    assert canonical(document)

    document, _ = both_ways()
    del document["termsOfUse"]["id"]
    assert canonical(document)


def test_a_credential_may_hold_another_that_does_not_name_it() -> None:
    document, _ = both_ways()
    document["termsOfUse"]["evidence"] = "https://hub.example/c/3"
    del document["validUntil"]

    assert verdict(sign(document))[0] is Verdict.VALID


@pytest.mark.parametrize("language", ["E", "X", "X-1", "A-B", "EN-", "abcdefghi", "en us", ""])
def test_a_language_that_is_none_is_refused_and_no_fault(language: str) -> None:
    document = signed(description={"@value": "Welding", "@language": "en"})
    document["credentialSubject"]["description"]["@language"] = language

    assert verdict(document)[0] is Verdict.INVALID


@pytest.mark.parametrize(
    "term",
    [
        '"x"@en .\n<urn:a> <urn:b> "c"',
        '"x"^^<urn:a> <urn:b>',
        '"x"y"',
        '"x\n"',
        '"x"en',
        '"x',
        "<urn:a> <urn:b>",
        "<urn:a\n>",
        "_:b 1",
        "<<( <urn:a> <urn:b> <urn:c> )>>",
        "x",
    ],
)
def test_t04_what_is_no_single_term_is_refused(term: str) -> None:
    with pytest.raises(DataLossError):
        check_lines([("<urn:a>", "<urn:b>", term, "")])


@pytest.mark.parametrize("term", ['"x"', '"x\\""@en-GB', '"\\\\"^^<urn:x>', "_:b1", "<urn:x>"])
def test_a_single_term_is_accepted(term: str) -> None:
    check_lines([("<urn:a>", "<urn:b>", term, "")])


def _without_schema(document: JsonObject) -> None:
    document.pop("credentialSchema", None)


def _object(value: object) -> Json:
    assert isinstance(value, dict)
    return value


def _contexts(document: JsonObject) -> list[Any]:
    contexts = document["@context"]
    assert isinstance(contexts, list)
    return contexts
