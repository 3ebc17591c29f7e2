"""Where credentials are in a document, whatever else is in it."""

import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from credhub import base64url, jsontypes
from credhub.documents.imports import search
from credhub.documents.imports.open_badges import OpenBadges
from credhub.errors import RowsError
from tests.unit.documents.imports.badges import (
    BADGE,
    ISSUER,
    NAMES,
    assertion,
    credential,
    outcome,
)
from tests.unit.documents.imports.exports import NOW

ADDRESS = "https://loom.example/a/2"
UNTYPED: dict[str, Any] = {
    "uid": "2",
    "badge": BADGE["id"],
    "recipient": {"identity": "bo@mail.example"},
}


def token(payload: object) -> str:
    parts = (b'{"alg":"RS256"}', json.dumps(payload).encode(), b"signature")
    return ".".join(map(base64url.encode, parts))


def enveloped(text: object) -> dict[str, Any]:
    return {"type": "EnvelopedVerifiableCredential", "id": text}


def presentation(*credentials: object) -> dict[str, Any]:
    return {"type": "VerifiablePresentation", "verifiableCredential": list(credentials)}


TOKEN = token(credential())


@pytest.mark.parametrize(
    ("document", "becomes"),
    [
        ([assertion(), TOKEN], ["Ana Lima", "Ana Lima"]),
        ([TOKEN, assertion()], ["Ana Lima", "Ana Lima"]),
        ([assertion(), ADDRESS], ["[1]: no-credential", "Ana Lima"]),
        ([UNTYPED, assertion()], ["[0]: no-credential", "Ana Lima"]),
        ([TOKEN, ADDRESS], ["[1]: no-credential", "Ana Lima"]),
        ([enveloped("x"), TOKEN], ["[0]: no-credential", "Ana Lima"]),
        (
            [assertion(), 7, None, [], [UNTYPED]],
            [
                "[1]: no-credential",
                "[4][0]: no-credential",
                "Ana Lima",
            ],
        ),
        ([assertion(), BADGE, {"issuers": [ISSUER]}], ["Ana Lima"]),
        (["a", UNTYPED, {"assertions": {"1": assertion()}}], ["Ana Lima"]),
        (
            {"meta": ["a"], "assertions": [assertion(), ADDRESS]},
            [
                "assertions[1]: no-credential",
                "Ana Lima",
            ],
        ),
        (
            presentation(credential(), TOKEN, enveloped(f"data:application/vc+jwt,{TOKEN}")),
            [
                "Ana Lima",
                "Ana Lima",
                "Ana Lima",
            ],
        ),
        (
            presentation(enveloped(f"data:application/vc+sd-jwt,{TOKEN}~")),
            ["verifiableCredential[0]: no-credential"],
        ),
        (presentation(ADDRESS), ["verifiableCredential[0]: no-credential"]),
        ({"verifiableCredential": TOKEN}, ["Ana Lima"]),
        ({"verifiableCredential": enveloped(7)}, ["verifiableCredential: no-credential"]),
        ({"verifiableCredential": None}, []),
        ({"credential": TOKEN}, ["Ana Lima"]),
        ({"credential": "eyJh.bm9wZQ.x"}, []),
        ([assertion(), "eyJh.bm9wZQ.x"], ["[1]: no-credential", "Ana Lima"]),
        (token({"vp": presentation(TOKEN)}), ["Ana Lima"]),
        (token({"a": token({"a": TOKEN})}), []),
        ([{"x" * 100: [assertion(), 1]}], [f"[0].{'x' * 60}[1]: no-credential", "Ana Lima"]),
    ],
    ids=[
        "token in a list",
        "list that begins with a token",
        "address",
        "object without a type",
        "address beside a token",
        "envelope of nothing",
        "whatever else",
        "what they refer to",
        "list of no credentials",
        "list in an object",
        "presentation of all kinds",
        "other token in a presentation",
        "address in a presentation",
        "presentation of one token",
        "presentation of an empty envelope",
        "presentation of none",
        "token in a member",
        "no token in a member",
        "token of nothing in a list",
        "token of a token",
        "token of a token of a token",
        "long name",
    ],
)
def test_what_stands_among_credentials_is_read_or_told_by_its_path(
    document: Any,  # noqa: ANN401 - JSON
    becomes: list[str],
) -> None:
    assert outcome(document) == becomes


def signed(document: Any) -> Iterator[object]:  # noqa: ANN401 - JSON
    badges = OpenBadges(NAMES, NOW)
    badges.add("a.json", document, b"the outer one" if isinstance(document, dict) else None)
    return (found for _, _, found in badges.signed())


def test_a_credential_is_signed_by_its_own_token_and_no_other() -> None:
    inner = token({"vc": credential()})

    several = [inner, enveloped(f"data:application/vc+jwt,{TOKEN}"), assertion(), credential()]

    assert list(signed(several)) == [
        inner.encode(),
        TOKEN.encode(),
        credential(),
    ]
    assert list(signed({"vc": credential()})) == [b"the outer one"]
    assert list(signed({"vp": presentation(credential(), inner)})) == [credential(), inner.encode()]


def test_rows_count_the_credentials_of_a_file() -> None:
    badges = OpenBadges(NAMES, NOW)
    badges.add("a.json", [credential(), {"more": [BADGE, TOKEN]}, credential()])

    assert [row for _, row, _ in badges.signed()] == [1, 2, 3]


def test_no_more_is_kept_than_may_be_in_all_files() -> None:
    badges = OpenBadges(NAMES, NOW)
    assert badges.add("a.json", [assertion(), BADGE], most=3)

    with pytest.raises(RowsError) as refusal:
        badges.add("b.json", [assertion(id="urn:2"), assertion(id="urn:3")], most=3)

    assert [fault.code for fault in refusal.value.faults] == ["too-many-credentials"]
    assert len(list(badges.items())) == 2


def test_a_flood_of_what_is_no_credential_ends_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MAX_FAULTS", 3)
    badges = OpenBadges(NAMES, NOW)
    assert badges.add("a.json", [assertion(), 1, 2, 3])

    with pytest.raises(RowsError) as refusal:
        badges.add("b.json", [assertion(), 1, 2, 3, 4])

    assert [fault.code for fault in refusal.value.faults] == ["too-many-faults"]


@pytest.mark.parametrize("kind", ["Assertion", "OpenBadgeCredential", "BadgeClass"])
def test_t68_dense_values_are_held_as_the_text_that_they_are(kind: str) -> None:
    badges = OpenBadges(NAMES, NOW)
    text = json.dumps({"type": kind, "id": "urn:1", "x": [[] for _ in range(20_000)]}).encode()
    badges.add("warm.json", jsontypes.parse(text.replace(b"urn:1", b"urn:0")))

    tracemalloc.start()
    try:
        badges.add("a.json", jsontypes.parse(text))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert held < 2 * len(text)
