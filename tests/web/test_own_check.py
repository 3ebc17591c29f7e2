"""What a page needs so that the reader's browser can check it, and that nothing else may run."""

from pathlib import Path

import pytest

from credhub.ledger.cosignature import WitnessKey
from credhub.ledger.policy import Policy
from credhub.ledger.policy_lines import KnownWitness
from credhub.services import policies
from credhub.web.edge import CONTENT_SECURITY_POLICY
from credhub.web.pages.assets import VERIFIER_NAME, asset, verifier
from tests.running import Service
from tests.unit.ledger.builder import KeyOf
from tests.web.pages.dom import Element, read
from tests.web.routes import Things

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def block(service: Service) -> Element:
    things = Things.of(service, service.one)
    page = service.public().get(things.path("/c/{code}"), headers={"accept": "text/html"})
    (found,) = read(page.text).with_class("own-check")
    return found


def test_everything_that_the_browser_fetches_is_there(service: Service, block: Element) -> None:
    for name in ("verifier", "credential", "receipt", "policy", "checkpoint"):
        address = block.attributes[f"data-{name}"]
        assert address.startswith("/")
        assert service.public().get(address).status_code == 200, name


def test_the_verifier_is_that_of_the_specification(service: Service) -> None:
    served = service.public().get(asset(VERIFIER_NAME))

    assert served.content == verifier() == (ROOT / "docs/spec/verify.mjs").read_bytes()
    assert served.headers["content-type"] == "text/javascript; charset=utf-8"
    assert served.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


def test_the_script_of_the_page_is_served_as_a_script(service: Service) -> None:
    served = service.public().get(asset("check.mjs"))

    assert served.headers["content-type"].split(";")[0].endswith("/javascript")


def test_before_any_script_runs_one_state_is_shown_and_it_claims_nothing(block: Element) -> None:
    states = [one for one in block.walk() if "data-state" in one.attributes]

    shown = [one.attributes["data-state"] for one in states if "hidden" not in one.attributes]
    assert shown == ["off"]
    assert {one.attributes["data-state"] for one in states} == {
        "off", "checking", "passed", "failed", "unable",
    }  # fmt: skip


def test_every_reason_of_the_script_has_its_sentence(block: Element) -> None:
    script = (ROOT / "src/credhub/web/static/check.mjs").read_text("utf-8")

    reasons = [
        one.attributes["data-reason"] for one in block.walk() if "data-reason" in one.attributes
    ]
    assert len(set(reasons)) == len(reasons)
    assert [reason for reason in reasons if f"'{reason}'" not in script] == []


def test_an_uploaded_document_has_no_script(service: Service, block: Element) -> None:
    signed = service.public().get(block.attributes["data-credential"]).content

    page = service.public().post("/verify", files={"file": ("x", signed)})

    assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert not read(page.text).find("script")


def test_the_policy_of_a_hub_names_its_logs_and_nobody_elses(service: Service) -> None:
    answer = service.public().get(f"/hubs/{service.one.hub.slug}/ledger-policy")

    made = Policy.parse(answer.content)
    listed = service.public().get("/.well-known/credhub-ledger.json").json()["logs"]
    own = [log["vkey"] for log in listed if log["hub"] == service.one.hub.slug]
    assert [log.key.text() for log in made.logs] == own
    assert {issuer.did for issuer in made.issuers} == {service.one.hub.did}
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert service.public().get("/hubs/nowhere/ledger-policy").status_code == 404


def test_the_public_policy_does_not_say_where_witnesses_answer(service: Service) -> None:
    key = WitnessKey(name="oak.example/witness", public_key=KeyOf("oak").public_key)
    asked = Policy(
        witnesses=(KnownWitness(name="oak", key=key, url="http://10.0.0.7/secret/"),), quorum="oak"
    )

    made = policies.of_hub(service.runtime.resources.store, service.one.hub, witnesses=asked)

    assert made.text().endswith(f"witness oak {key.text()}\nquorum oak\n")
