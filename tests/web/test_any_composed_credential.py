"""R20: whatever a client composes is signed in every form and shown, or refused; never a fault."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.forms import Form
from credhub.verification.report import Verdict
from tests.running import Service
from tests.web.test_any_request import EXAMPLES, texts, values
from tests.web.test_vcalm_forms import FIRST, PLAIN, asking_for, compose, every_form

__all__ = ["every_form"]

# Members that mean something to one of the forms, or to none.
NAMES = (
    *("@context", "@graph", "@id", "@language", "@list", "@set", "@type", "@value", "id", "type"),
    *("alumniOf", "credentialSchema", "credentialSubject", "description", "evidence", "holder"),
    *("issuer", "name", "refreshService", "relatedResource", "result", "termsOfUse", "validFrom"),
    *("...", "_sd", "_sd_alg", "cnf", "exp", "iss", "jti", "nbf", "status", "sub", "vc", "vp"),
)
names = st.sampled_from(NAMES) | texts
nested: SearchStrategy[JsonValue] = st.recursive(
    values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=8,
)
options = st.sampled_from(
    [
        *map(asking_for, Form),
        {"mandatoryPointers": ["/evidence"]},
        {"mandatoryPointers": ["/credentialSubject/id"]},
    ]
)
at_the_top, in_the_subject = st.just(()), st.just(("credentialSubject",))


def changed(base: JsonObject, path: tuple[str, ...], name: str, value: JsonValue) -> JsonObject:
    if not path:
        return base | {name: value}
    inner = base[path[0]]
    assert isinstance(inner, dict)
    return base | {path[0]: inner | {name: value}}


@pytest.mark.usefixtures("every_form")
@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(
    base=st.sampled_from([PLAIN, FIRST]),
    path=at_the_top | in_the_subject,
    name=names,
    value=nested,
    asked=options,
)
def test_whatever_is_composed_is_shown_or_refused(  # noqa: PLR0913, PLR0917 - what is drawn
    every_form: Service,
    base: JsonObject,
    path: tuple[str, ...],
    name: str,
    value: JsonValue,
    asked: dict[str, JsonValue],
) -> None:
    status, answer = compose(every_form, changed(base, path, name, value), **asked)

    if status == 400:
        assert str(answer["type"]).startswith(("https://", "/problems/"))
        return
    assert status == 201, answer
    signed = answer["verifiableCredential"]
    assert isinstance(signed, dict)
    if "mandatoryPointers" in asked or asked.get("cryptosuite") == "ecdsa-sd-2023":
        return  # That is for its holder, who derives what is shown.
    client = every_form.public()
    report = client.post("/v1/verify", json={"credential": signed}).json()
    # Dates and schemas are the client's; that it is genuine is not.
    assert report["verdict"] not in {Verdict.INVALID, Verdict.UNKNOWN_ISSUER}, report
    if "proof" in signed:
        page = client.get(str(signed["id"]), headers={"accept": "text/html"})
        assert page.status_code == 200
