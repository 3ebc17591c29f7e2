"""Vectors of bundles: one file, a policy and a moment, without a network."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from credhub import instants
from credhub.jsontypes import JsonObject, canonical
from credhub.ledger.policy import Policy
from credhub.status import bitstring
from credhub.verification.bundle import Bundle, StapledKey, StapledList
from tests.ledger_vectors.cases import Case, Outcome, VectorFile
from tests.unit.factories import NOON
from tests.unit.verification.stapling import INDEX, WEEK, StapledHub

# Written down, because compressors make other bytes of the same bits.
NONE_SET = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
ONE_SET = "uH4sIAAAAAAAAA-3OMQ0AAAgDsOHfNBp2kZBWQRMAAAAAAAAAAAAAAL6Z6wAAAAAAtQVQdb5gAEAAAA"
assert bitstring.decode(NONE_SET) == bitstring.decode(bitstring.encode(()))
assert bitstring.decode(ONE_SET) == bitstring.decode(bitstring.encode((INDEX,)))

HUB = StapledHub()
FORGER = StapledHub(owner="somebody else")
OTHER = StapledHub(slug="hilltop", owner="hilltop")


def _bundle(hub: StapledHub, code: str = "1", *, encoded: str = NONE_SET) -> Bundle:
    document = hub.credential(code)
    return Bundle(
        key=StapledKey(receipt=hub.record_key()),
        credential=canonical(document).decode(),
        receipt=hub.record_issue(document),
        status_list=_list(hub, encoded),
        did_document=hub.did_document(),
    )


def _list(hub: StapledHub, encoded: str) -> StapledList:
    return hub.stapled_list(encoded=encoded)


GOOD = _bundle(HUB)
SECOND = _bundle(HUB, "2")
POLICY = HUB.policy()


def _case(  # noqa: PLR0913 - what a case may say, each by its name
    name: str,
    bundle: Bundle | JsonObject,
    *,
    policy: Policy = POLICY,
    now: timedelta = timedelta(days=1),
    why: str | None = None,
    outcome: Outcome = Outcome.REFUSED,
) -> Case:
    text = bundle.encode().decode() if isinstance(bundle, Bundle) else json.dumps(bundle)
    given: JsonObject = {
        "bundle": text,
        "policy": policy.text(),
        "now": instants.text_of(NOON + now),
    }
    return Case(name=name, given=given, why=why, outcome=outcome)


def _bundles() -> Iterator[Case]:
    yield _case("a credential that stands", GOOD)
    yield _case("the same file with other white space", GOOD.to_document())
    yield _case("a policy that names more", GOOD, policy=_both())
    yield _case(
        "an issuer that the policy does not name",
        GOOD,
        policy=OTHER.policy(),
        why="No #hub line names its DID: unknownIssuer.",
        outcome=Outcome.UNKNOWN_LOG,
    )
    why = "The forger has a DID document and a log of its own; the policy has the hub's key."
    yield _case("everything forged under the name of the hub", _bundle(FORGER), why=why)
    yield _case(
        "revoked",
        replace(GOOD, status_list=_list(HUB, ONE_SET)),
        why="The bit of the credential is set.",
    )
    yield _case(
        "a week and a day later", GOOD, now=WEEK + timedelta(days=1), why="The list is old."
    )
    yield _case("a day earlier", GOOD, now=timedelta(days=-1), why="Nothing was in force then.")
    yield from _mixed()
    yield from _other_files()


def _mixed() -> Iterator[Case]:
    other = _bundle(OTHER)
    name = GOOD.credential.replace("Amélie", "Amelie")
    mixed = {
        "another name": (replace(GOOD, credential=name), "The signature does not fit."),
        "the receipt of another credential": (
            replace(GOOD, receipt=SECOND.receipt),
            "The receipt is genuine, and about something else.",
        ),
        "the key of another hub": (replace(GOOD, key=other.key), "That log is not the hub's."),
        "a receipt in the log of another hub": (
            replace(GOOD, receipt=OTHER.record_issue(json.loads(GOOD.credential))),
            "A log speaks for its own hub alone.",
        ),
        "the list of another hub": (
            replace(GOOD, status_list=other.status_list),
            "The credential does not name this list.",
        ),
        "no list": (replace(GOOD, status_list=None), "Nothing says whether it stands."),
        "the DID document of another hub": (
            replace(GOOD, did_document=other.did_document),
            "It is not the document of the issuer.",
        ),
        "a key that was never recorded": (
            replace(GOOD, key=StapledKey(receipt=GOOD.receipt)),
            "The receipt is not about a key.",
        ),
    }
    for name_, (bundle, why) in mixed.items():
        yield _case(name_, bundle, policy=_both(), why=why)


def _both() -> Policy:
    other = OTHER.policy()
    return replace(POLICY, logs=POLICY.logs + other.logs, issuers=(*POLICY.issuers, *other.issuers))


def _other_files() -> Iterator[Case]:
    document = GOOD.to_document()
    files = {
        "another version": (document | {"version": 2}, "Version 2 is not known."),
        "another type": (document | {"type": "Bundle"}, "It does not say that it is a bundle."),
        "one member more": (document | {"note": "hello"}, "No member may be added."),
        "the credential as an object": (
            document | {"credential": json.loads(GOOD.credential)},
            "Signed documents are texts.",
        ),
        "no receipt": (
            {name: document[name] for name in document if name != "receipt"},
            "A member is missing.",
        ),
    }
    for name, (changed, why) in files.items():
        yield _case(name, changed, why=why)


FILES = (
    VectorFile(
        name="bundles",
        check="bundle",
        about=(
            "Bundles, judged by a policy at a moment. They need a verifier of eddsa-rdfc-2022 too, "
            "so verify.mjs passes them over."
        ),
        cases=tuple(_bundles()),
    ),
)
