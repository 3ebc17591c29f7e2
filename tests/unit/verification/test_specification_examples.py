"""Every credential that the documents of Open Badges 3.0 show: read, or refused for a reason.

They have no proofs that anybody could check, but for one. What is asked is whether a credential
like them would be read, and signed over what other software signs over.
"""

import json
import re
from html import unescape
from pathlib import Path
from typing import Final

import pytest

from credhub import multikey
from credhub.errors import CredhubError
from credhub.jsontypes import JsonObject, parse_object
from credhub.proofs import data_integrity
from credhub.verification.structure import CredentialView
from tests import vectors
from tests.unit import factories
from tests.unit.proofs.test_repeated_contexts import by_other_software

READ: Final = "read"
# What stands between the marks of HTML and of Markdown.
SHOWN: Final = re.compile(r"<pre([^>]*)>(.*?)</pre\s*>", re.DOTALL)
TITLE: Final = re.compile(r'title="([^"]*)"')
EXAMPLES: Final = {
    "docformat.md: Sample OpenBadgeCredential file contents": READ,
    "achievementAlignmentCase.html: Achievement alignment (CASE)": READ,
    "achievementAlignmentCe.html: Achievement alignment (Credential Engine)": READ,
    "basicOpenBadgeCredential.html: Sample OpenBadgeCredential": READ,
    "endorsement.html: Sample EndorsementCredential": READ,
    "fullOpenBadge.html: Complete OpenBadgeCredential": READ,
    "skillAssertionCase.html: Skill Assertion (CASE)": READ,
    "skillAssertionCtdl.html: Skill Assertion (Credential Registry)": READ,
    "linked-data-proof-ob.html: Credential": READ,
    "linked-data-proof-ob.html: Signed credential": READ,
    "recommended-practices.md: Achievement alignment (CASE)": READ,
    "recommended-practices.md: Skill Assertion (Credential Registry)": READ,
    # They name a context where there is none, at an address that W3C never had.
    "equality-and-comparison.md: Sample credential A": "context-not-allowed",
    "equality-and-comparison.md: Sample credential B": "context-not-allowed",
    "equality-and-comparison.md: Sample credential C": "context-not-allowed",
    "equality-and-comparison.md: Sample credential D": "context-not-allowed",
    # Comprehensive learner records are another standard.
    "linked-data-proof-clr.html: Credential": "context-not-allowed",
    "linked-data-proof-clr.html: Document before signing": "context-not-allowed",
    "linked-data-proof-clr.html: Signed credential": "context-not-allowed",
    # It uses a word that none of its contexts defines.
    "migrating.md: Upgraded OB 2.0 assertion included within CLR 2.0": "data-loss",
    # They leave out what they are not about.
    "examples.html: ": "malformed-credential",
    "readme.md: Sample assertion credential": "malformed-credential",
}


def folder() -> Path:
    found = vectors.folder() / "openbadges-specification"
    if not found.is_dir():
        pytest.skip(
            "no documents of Open Badges: put github.com/1EdTech/openbadges-specification beside "
            "the other vectors as openbadges-specification"
        )
    return found / "ob_v3p0"


def examples() -> dict[str, list[JsonObject]]:
    """Find the credentials in the documents, by the document and their title."""
    found: dict[str, list[JsonObject]] = {}
    for document in sorted(folder().rglob("*")):
        if document.suffix in {".html", ".md"} and "@context" in document.read_text("utf-8"):
            for marks, text in SHOWN.findall(document.read_text("utf-8")):
                title = "".join(TITLE.findall(marks))
                for credential in credentials_in(unescape(text)):
                    found.setdefault(f"{document.name}: {title}", []).append(credential)
    return found


def credentials_in(text: str) -> list[JsonObject]:
    """Read an example, unless it leaves something out or is in JavaScript."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return []
    is_credential = isinstance(value, dict) and "VerifiableCredential" in value.get("type", [])
    return [parse_object(text.encode())] if is_credential else []


def outcome(credential: JsonObject) -> str:
    unsigned = {name: value for name, value in credential.items() if name != "proof"}
    try:
        CredentialView.of(credential)
        written = factories.canonicalizer().canonical(unsigned)
    except CredhubError as error:
        return error.code
    assert written == by_other_software(unsigned)
    return READ


def test_every_credential_of_the_documents_is_read_or_refused_for_a_reason() -> None:
    found = {name: {outcome(one) for one in shown} for name, shown in examples().items()}

    assert found == {name: {expected} for name, expected in EXAMPLES.items()}


def test_the_one_that_is_signed_is_genuine() -> None:
    [signed] = examples()["linked-data-proof-ob.html: Signed credential"]
    [proof] = data_integrity.proofs_of(signed)
    key = multikey.decode(str(proof["verificationMethod"]).partition("#")[2])

    data_integrity.verify(signed, proof, suite=factories.suite(), public_key=key)
