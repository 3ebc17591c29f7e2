"""A hub that issues tokens of which a part is shown publishes a Token Status List for them."""

from collections.abc import Iterator, Mapping
from hashlib import sha256

import pytest

from credhub.dids.document import DidDocument
from credhub.errors import LedgerFaultError
from credhub.jsontypes import JsonObject
from credhub.ledger.entry import Kind
from credhub.ledger.events import Standing, StatusListPublished
from credhub.ledger.policy import Policy
from credhub.proofs.forms import DEFAULT, Form
from credhub.runtime_offline import open_offline
from credhub.services import (
    bundles,
    choosing_forms,
    did_documents,
    ledgers,
    list_documents,
    policies,
    reading,
    revoking,
    signed_forms,
    status_lists,
    suspending,
    verifying,
)
from credhub.services.audit import auditing
from credhub.status.list_token import ListToken
from credhub.status.token_reference import TokenStatusReference
from credhub.store import status_writing
from credhub.store.unit import PendingEntry, Unit
from credhub.verification import list_tokens
from credhub.verification.offline import verify_bundle
from credhub.verification.report import Verdict
from tests.engines import SqliteDatabases
from tests.running import Service, running
from tests.services.ordering import issue, publish_suspendable


@pytest.fixture(scope="module")
def tokens(sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose first hub also issues ``dc+sd-jwt``."""
    data = tmp_path_factory.mktemp("tokens")
    with sqlite.migrated() as url, running(url, data) as service:
        choosing_forms.choose(service.resources, service.one.hub, (DEFAULT, Form.DC_SD_JWT))
        yield service


def made(service: Service) -> str:
    number = service.one.hub.number
    return issue(service.resources, number, publish_suspendable(service.resources, number))


def document(service: Service, credential_id: str, form: Form) -> JsonObject:
    opened = reading.by_id(service.resources, service.one.hub.number, credential_id, form)
    return signed_forms.document_of(form, opened.signed)


def place(service: Service, credential_id: str) -> TokenStatusReference:
    entry = document(service, credential_id, Form.DC_SD_JWT)["credentialStatus"]
    assert isinstance(entry, dict)
    return TokenStatusReference.from_entry(entry)


def newest(service: Service, at: TokenStatusReference) -> ListToken:
    """Publish the list, fetch it as a stranger does, and judge it."""
    hub = service.one.hub
    status_lists.publish(service.resources, hub, int(at.uri.rpartition("/")[2]))
    answer = service.public().get(at.uri.removeprefix(service.origin))
    assert answer.headers["content-type"] == "application/statuslist+jwt"
    return list_tokens.prove(
        answer.content,
        uri=at.uri,
        issuer_id=hub.did,
        dids=Published(service),
        now=service.clock(),
    )


class Published:
    """The DID documents that the service publishes."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def resolve(self, did: str) -> DidDocument:
        assert did == self._service.one.hub.did
        return did_documents.of(self._service.resources, self._service.one.hub)


def change(service: Service, credential_id: str, to: Standing) -> None:
    verb = {
        Standing.SUSPENDED: suspending.suspend,
        Standing.ACTIVE: suspending.lift,
        Standing.REVOKED: revoking.revoke,
    }[to]
    verb(service.resources, service.one.hub.number, credential_id, actor="key", reason="A test.")


def test_a_token_names_a_place_of_its_own(tokens: Service) -> None:
    credential_id = made(tokens)

    in_json = document(tokens, credential_id, DEFAULT)["credentialStatus"]

    assert isinstance(in_json, list)
    urls = {entry["statusListCredential"] for entry in in_json if isinstance(entry, dict)}
    assert len(urls) == 2
    assert place(tokens, credential_id).uri not in urls


def test_the_list_says_what_the_rows_say(tokens: Service) -> None:
    credential_id, other = made(tokens), made(tokens)
    at = place(tokens, credential_id)
    said = [newest(tokens, at).statuses.status_at(at.index)]

    for to in (Standing.SUSPENDED, Standing.ACTIVE, Standing.SUSPENDED, Standing.REVOKED):
        change(tokens, credential_id, to)
        said.append(newest(tokens, at).statuses.status_at(at.index))

    assert said == [0, 2, 0, 2, 1]
    elsewhere = place(tokens, other)
    assert newest(tokens, elsewhere).statuses.status_at(elsewhere.index) == 0


@pytest.mark.parametrize(
    ("to", "verdict"),
    [
        (None, Verdict.VALID),
        (Standing.SUSPENDED, Verdict.SUSPENDED),
        (Standing.REVOKED, Verdict.REVOKED),
    ],
)
def test_a_token_is_verified_here_and_offline(
    tokens: Service, to: Standing | None, verdict: Verdict
) -> None:
    hub, resources = tokens.one.hub, tokens.resources
    credential_id = made(tokens)
    if to is not None:
        change(tokens, credential_id, to)
    newest(tokens, place(tokens, credential_id))
    opened = reading.by_id(resources, hub.number, credential_id, Form.DC_SD_JWT)

    here = verifying.verify_uploaded(resources, opened.signed)
    with open_offline() as offline:
        away = verify_bundle(
            bundles.make(resources, opened).encode(),
            policy=policies.of_hub(resources.store, hub, witnesses=Policy()),
            suites=offline.suites,
            schemas=offline.schemas,
            now=tokens.clock(),
        )

    assert (here.verdict, away.verdict) == (verdict, verdict), away.to_document()


def audit(service: Service) -> None:
    store = service.resources.store
    log = ledgers.newest_log(store, service.one.hub)
    auditing.audit(store, service.resources.keyring, log, advance=lambda _: None)


def test_t81_a_list_that_does_not_follow_from_the_changes_is_found(tokens: Service) -> None:
    hub, resources = tokens.one.hub, tokens.resources
    credential_id = made(tokens)
    change(tokens, credential_id, Standing.SUSPENDED)
    at = place(tokens, credential_id)
    newest(tokens, at)
    audit(tokens)
    number = int(at.uri.rpartition("/")[2])

    def unit(standings: Mapping[int, Standing]) -> Unit:
        """Publish other statuses, as a dishonest operator would."""
        with resources.store.read() as tx:
            entry = tx.status.by_number(hub.number, number)
            last = tx.status.latest_version(hub.number, number)
        assert entry is not None
        assert last is not None
        now = tokens.clock().replace(microsecond=0)
        until = now + status_lists.VALIDITY
        signed = list_documents.sign(
            resources, hub, entry, standings, url=at.uri, now=now, until=until
        )
        version = last.version + 1
        published = StatusListPublished(url=at.uri, version=version, digest=sha256(signed).digest())
        row = status_writing.insert_version_of(
            hub.number,
            number=number,
            version=version,
            changes=last.changes,
            document=signed,
            valid_from=now,
            valid_until=until,
            entry=0,
        )
        pending = PendingEntry(kind=Kind.STATUS_LIST, public=published.payload())
        return Unit(hub=hub.number, entries=(pending,), inserts=(row,))

    with resources.store.read() as tx:
        true = dict(tx.status.standings(hub.number, number))
    for wrong in ({}, true | {at.index: Standing.REVOKED}, true | {1: Standing.SUSPENDED}):
        resources.sequencer.submit(unit(wrong))
        with pytest.raises(LedgerFaultError, match="does not follow"):
            audit(tokens)
    resources.sequencer.submit(unit(true))
    audit(tokens)
