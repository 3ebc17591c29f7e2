"""Issue, present and verify with sd-jwt, which is in no environment of ours.

Reads an array of tasks from standard input and writes an array of answers: ``{token}``,
``{claims}`` or ``{error}``.
"""

import json
import sys
from typing import Any

from jwcrypto.jwk import JWK  # type: ignore[import-untyped]  # it has no types
from sd_jwt.common import SDObj  # type: ignore[import-not-found]  # not ours
from sd_jwt.holder import SDJWTHolder  # type: ignore[import-not-found]  # not ours
from sd_jwt.issuer import SDJWTIssuer  # type: ignore[import-not-found]  # not ours
from sd_jwt.verifier import SDJWTVerifier  # type: ignore[import-not-found]  # not ours

Json = Any  # Whatever the task says; the package has no types either.


def tagged(value: Json, hidden: list[Json], path: tuple[Json, ...] = ()) -> Json:
    def is_hidden(name: Json) -> bool:
        return [*path, name] in hidden

    if isinstance(value, dict):
        return {
            SDObj(name) if is_hidden(name) else name: tagged(item, hidden, (*path, name))
            for name, item in value.items()
        }
    if isinstance(value, list):
        items = [tagged(item, hidden, (*path, index)) for index, item in enumerate(value)]
        return [SDObj(item) if is_hidden(index) else item for index, item in enumerate(items)]
    return value


def wanted(paths: list[Json]) -> Json:
    here = {path[0]: [other[1:] for other in paths if other[0] == path[0]] for path in paths}
    chosen = {name: wanted([one for one in rest if one]) or True for name, rest in here.items()}
    if chosen and all(isinstance(name, int) for name in chosen):
        return [chosen.get(index, False) for index in range(max(chosen) + 1)]
    return chosen


def issue(task: Json) -> Json:
    issuer = SDJWTIssuer(
        tagged(task["claims"], task["hidden"]),
        JWK(**task["key"]),
        extra_header_parameters={"typ": "dc+sd-jwt", "kid": task["kid"]},
    )
    return {"token": issuer.sd_jwt_issuance}


def present(task: Json) -> Json:
    holder = SDJWTHolder(task["token"])
    binding = task.get("binding")
    if binding is None:
        holder.create_presentation(wanted(task["shown"]))
    else:
        key = JWK(**task["holder"])
        holder.create_presentation(
            wanted(task["shown"]), binding["nonce"], binding["aud"], key, "ES256"
        )
    return {"token": holder.sd_jwt_presentation}


def verify(task: Json) -> Json:
    binding = task.get("binding") or {}
    key = JWK(**task["key"])
    verifier = SDJWTVerifier(
        task["token"], lambda _issuer, _header: key, binding.get("aud"), binding.get("nonce")
    )
    return {"claims": verifier.get_verified_payload()}


def answer(task: Json) -> Json:
    try:
        return {"issue": issue, "present": present, "verify": verify}[task["do"]](task)
    except Exception as error:  # noqa: BLE001 - whatever the package raises is its refusal
        return {"error": f"{type(error).__name__}: {error}"}


print(json.dumps([answer(task) for task in json.load(sys.stdin)]))  # noqa: T201 - the answer
