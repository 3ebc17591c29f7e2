"""T93, T94: whatever a credential says of a person, no public byte tells it, not even as a hash."""

import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from credhub import jsontypes
from credhub.credentials.draft import Evidence, Recipient
from credhub.ledger.commitment import ENTRY_ID_LENGTH, InnerKind
from credhub.ledger.entry import Kind, LedgerEntry
from credhub.ledger.rows import EntryRow
from credhub.services import reading, receipts, revoking, status_lists
from credhub.services.private_entries import private_entry
from credhub.store.tables import ledger_checkpoint, ledger_cosignature, ledger_entry, ledger_node
from credhub.store.unit import Unit
from tests.running import Service
from tests.services.ordering import issue, publish

# Long words of letters that neither hexadecimal nor base32 nor our own texts are made of.
_WORDS = st.text("ghjkquvxyzéøßжщ漢字", min_size=8, max_size=30)
_ASCII = st.text("ghjkquvxyz", min_size=10, max_size=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a hub knows of somebody, and why their credential ended."""

    name: str
    mailbox: str
    did: str
    external_id: str
    story: str
    reason: str

    @property
    def email(self) -> str:
        return f"{self.mailbox}@{self.mailbox[:5]}.example"

    def recipient(self) -> Recipient:
        return Recipient(
            name=self.name, email=self.email, did=self.did, external_id=self.external_id
        )

    def fields(self) -> tuple[str, ...]:
        """List what must not be known, in the spellings that somebody would try."""
        plain = (self.name, self.email, self.did, self.external_id, self.story, self.reason)
        return tuple({spelled for text in plain for spelled in (text, text.lower(), text.upper())})


persons = st.builds(
    Person,
    name=_WORDS,
    mailbox=_ASCII,
    did=_ASCII.map(lambda word: f"did:example:{word}"),
    external_id=_ASCII,
    story=_WORDS,
    reason=_WORDS,
)


def spellings(secret: bytes) -> Iterator[bytes]:
    """Give bytes as they can stand in a file: raw, in hexadecimal, in base64, in base58."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    yield b64encode(secret).rstrip(b"=")
    yield urlsafe_b64encode(secret).rstrip(b"=")
    yield json.dumps(secret.decode("latin-1")).strip('"').encode()


def telling(person: Person, *documents: bytes) -> Iterator[bytes]:
    """Give everything that would tell: fields, and plain hashes of fields and of documents."""
    for text in person.fields():
        yield text.encode()
        yield text.encode("utf-16-le")
        yield quote(text).encode()
        yield json.dumps(text).strip('"').encode()
        yield from spellings(text.encode())
    guesses = [text.encode() for text in person.fields()]
    guesses += [json.dumps(text).encode() for text in person.fields()]
    guesses += [f"mailto:{person.email}".encode(), *documents]
    for guess in guesses:
        for name in ("md5", "sha1", "sha256", "sha384", "sha512", "sha3_256", "blake2b"):
            yield from spellings(hashlib.new(name, guess).digest())
        yield from spellings(hashlib.sha256(b"\x00" + guess).digest())  # As a leaf of a tree.
        yield from spellings(hashlib.sha256(hashlib.sha256(guess).digest()).digest())


def public_bytes(service: Service, *others: str) -> bytes:
    """Collect what anybody can read: ledgers with all hashes, documents, receipts of others."""
    parts: list[bytes] = []
    with service.resources.store.connect_to_read() as connection:
        for table in (ledger_entry, ledger_node, ledger_checkpoint, ledger_cosignature):
            for row in connection.execute(select(table)):
                parts += [
                    v.encode() if isinstance(v, str) else v
                    for v in row
                    if v and not isinstance(v, int)
                ]
    public, slug = service.public(), service.one.hub.slug
    for path in (
        "/.well-known/credhub-ledger.json",
        f"/hubs/{slug}/did.json",
        f"/hubs/{slug}/status/1",
        f"/ledger/{slug}/2026/checkpoint",
        f"/hubs/{slug}",
        *(f"/ledger/{slug}/2026/tile/{name}" for name in tile_names(len(entries(service)))),
    ):
        response = public.get(path)
        assert response.status_code == 200, path
        parts.append(response.content)
    return b"\n".join(parts + [receipt_of(service, other).encode() for other in others])


def tile_names(size: int) -> Iterator[str]:
    """Name the tiles that hold the leaves of a tree of fewer than 256,000 entries."""
    whole, rest = divmod(size, 256)
    for kind in ("0", "entries"):
        yield from (f"{kind}/{n:03}" for n in range(whole))
        if rest:
            yield f"{kind}/{whole:03}.p/{rest}"


def receipt_of(service: Service, credential_id: str) -> str:
    opened = reading.by_id(service.resources, service.one.hub.number, credential_id)
    return receipts.of(service.resources, opened).text()


def entries(service: Service) -> list[EntryRow]:
    with service.resources.store.read() as tx:
        log = tx.ledger.open_log(service.one.hub.number)
        assert log is not None
        return list(tx.ledger.entries(log.hub, log.log))


def issue_to(service: Service, person: Person) -> str:
    evidence = Evidence(narrative=person.story, name=person.name)
    return issue(
        service.resources,
        service.one.hub.number,
        recipient=person.recipient(),
        evidence=(evidence,),
    )


@settings(max_examples=15, deadline=None)
@given(persons)
def test_t94_no_public_byte_tells_a_field_or_its_plain_hash(
    service: Service, person: Person
) -> None:
    hub = service.one.hub
    other = issue(service.resources, hub.number)
    issued = issue_to(service, person)
    opened = reading.by_id(service.resources, hub.number, issued)
    revoking.revoke(service.resources, hub.number, issued, actor="x", reason=person.reason)
    status_lists.publish(service.resources, hub, 1)

    public = public_bytes(service, other)

    for secret in telling(person, *documents(opened.signed)):
        assert secret not in public, secret


def documents(signed: bytes) -> tuple[bytes, ...]:
    """Give what a plain hash could be taken of: the credential whole, unsigned, or its subject."""
    document = jsontypes.parse_object(signed)
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    return signed, jsontypes.canonical(unsigned), jsontypes.canonical(unsigned["credentialSubject"])


def test_t94_the_search_finds_what_is_there(service: Service) -> None:
    person = Person(
        name="Zygmunt Quux",
        mailbox="zygmuntquux",
        did="did:example:zygmuntquux",
        external_id="zygmunt-4711",
        story="jumped high",
        reason="vanished",
    )
    issued = issue_to(service, person)
    opened = reading.by_id(service.resources, service.one.hub.number, issued)

    found = {secret for secret in telling(person) if secret in opened.signed}

    assert {person.name.encode(), person.did.encode(), person.story.encode()} <= found
    # An e-mail address enters a credential as a salted hash, the hub's own id not at all.
    assert person.email.encode() not in found
    assert person.external_id.encode() not in found


def test_t93_two_identical_issues_are_unequal_in_public(service: Service) -> None:
    number = service.one.hub.number
    achievement = publish(service.resources, number).achievement_id
    start = len(entries(service))

    for _ in range(2):
        issue(service.resources, number, achievement, recipient=Recipient(name="Zoë"))

    first, second = (LedgerEntry.parse(row.entry) for row in entries(service)[start:])
    assert first.commitment != second.commitment
    assert len({row.leaf_hash for row in entries(service)}) == len(entries(service))


def test_t93_issue_revoke_and_erase_look_alike(service: Service) -> None:
    resources, number = service.resources, service.one.hub.number
    achievement = publish(resources, number).achievement_id
    start = len(entries(service))

    issued = issue(resources, number, achievement)
    revoking.revoke(resources, number, issued, actor="x", reason="A long reason. " * 50)
    erase(service)

    issued_row, revoked_row, erased_row = entries(service)[start:]
    for row in (issued_row, revoked_row, erased_row):
        entry = LedgerEntry.parse(row.entry)
        assert (entry.kind, entry.public) == (Kind.PRIVATE, b"")
        # Magic, kind, the time that all share with their neighbours, 32 bytes that look random.
        assert len(row.entry) == len(issued_row.entry)
        assert row.entry[:5] == issued_row.entry[:5]
        assert row.entry[-2:] == issued_row.entry[-2:]
    assert len({row.entry[13:45] for row in (issued_row, revoked_row, erased_row)}) == 3


def erase(service: Service) -> None:
    """Record an erasure as the ledger has it: under the key of the hub."""
    number = service.one.hub.number
    entry = private_entry(
        number,
        InnerKind.ERASURE,
        b'{"learner":"01"}',
        subject_key=bytes(range(32)),
        learner_id=None,
        entry_id=service.resources.random(ENTRY_ID_LENGTH),
    )
    service.resources.sequencer.submit(Unit(hub=number, entries=(entry,)))
