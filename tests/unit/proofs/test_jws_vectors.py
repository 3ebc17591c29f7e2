"""The tokens of Wycheproof: none that it calls invalid is accepted, and the good ones are."""

import json
from collections import Counter
from typing import Any

import pytest

from credhub import jwk
from credhub.errors import CredhubError, MalformedKeyError
from credhub.jsontypes import JsonObject
from credhub.proofs.jose import Jws
from tests import vectors

NAME = "wycheproof/json_web_signature_test.json"
OURS = {"ES256", "RS256"}


def groups() -> list[dict[str, Any]]:
    if not (vectors.folder() / NAME).is_file():
        pytest.skip(f"no {NAME}: take it from testvectors_v1 of github.com/C2SP/wycheproof")
    found: list[dict[str, Any]] = json.loads(vectors.text(NAME))["testGroups"]
    return found


def is_accepted(token: str | JsonObject, key: JsonObject) -> bool:
    text = token if isinstance(token, str) else json.dumps(token)
    try:
        Jws.parse(text).verify(jwk.decode(key))
    except CredhubError:
        return False
    return True


def test_t13_wycheproof_agrees_about_every_token() -> None:
    found: Counter[tuple[str, bool]] = Counter()

    for group in groups():
        key = group.get("public") or group["private"]
        for case in group["tests"]:
            accepted = is_accepted(case["jws"], key)
            is_ours = key.get("alg") in OURS
            assert accepted == (case["result"] == "valid" and is_ours), case
            found[case["result"], accepted] += 1

    # The valid ones that are refused are by secrets, or by algorithms that are not taken here.
    assert found == {("invalid", False): 355, ("valid", True): 10, ("valid", False): 36}


def test_t13_a_key_for_something_else_is_refused_for_what_it_says() -> None:
    others = [group["public"] for group in groups() if "encrypt" in group["comment"]]

    assert len(others) == 4
    for key in others:
        with pytest.raises(MalformedKeyError, match="not for signatures"):
            jwk.decode(key)
        anything = {name: one for name, one in key.items() if name not in {"use", "key_ops"}}
        assert jwk.encode(jwk.decode(anything)).items() <= anything.items()
