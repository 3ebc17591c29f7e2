"""``/witness``: the answers of C2SP tlog-witness, status by status."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from credhub.ledger.add_checkpoint import AddCheckpoint
from credhub.ledger.cosignature import read_cosignatures
from credhub.ledger.merkle_proofs import consistency_proof
from credhub.ledger.note import SignatureLine, add_signatures
from tests.engines import SqliteDatabases
from tests.running import Service, running
from tests.unit.ledger.builder import ORIGIN, VKEY, KeyOf, Ledger, Tiles, ledger_of, signed

ADDRESS = "/witness/add-checkpoint"
HASH = sha256(ORIGIN.encode()).hexdigest()


@pytest.fixture
def watching(sqlite: SqliteDatabases, tmp_path: Path) -> Iterator[Service]:
    """A service that is a witness of one log."""
    logs = tmp_path / "logs.policy"
    logs.write_text(f"log {VKEY.text()}\nquorum none\n")
    with (
        sqlite.migrated() as url,
        running(url, tmp_path / "data", witness_logs=logs) as service,
    ):
        yield service


@pytest.fixture
def public(watching: Service) -> TestClient:
    return watching.public()


def body(old: int, new: int, ledger: Ledger | None = None, *, key: KeyOf | None = None) -> str:
    ledger = ledger or ledger_of(new)
    tiles = Tiles([row.leaf_hash for row in ledger.entries])
    proof = consistency_proof(old, new, tiles) if 0 < old <= new else ()
    root = ledger.frontier.root()
    note = signed(new, root, key=key) if key else signed(new, root)
    return AddCheckpoint(old_size=old, proof=proof, note=note).text()


def test_growth_is_answered_with_a_cosignature(watching: Service, public: TestClient) -> None:
    first = public.post(ADDRESS, content=body(0, 3))
    second = public.post(ADDRESS, content=body(3, 7))

    assert (first.status_code, second.status_code) == (200, 200)
    key = watching.resources.cosigner.key()
    assert key.name == "127.0.0.1:8000/witness"
    note = add_signatures(
        signed(7, ledger_of(7).frontier.root()), [SignatureLine.parse(second.text)]
    )
    assert [one.key for one in read_cosignatures(note, [key])] == [key]
    read = public.get(f"/witness/{HASH}/checkpoint")
    assert (read.status_code, read.text) == (200, note)
    assert public.head(f"/witness/{HASH}/checkpoint").status_code == 200


def test_another_size_is_told_with_its_own_type(public: TestClient) -> None:
    public.post(ADDRESS, content=body(0, 3))

    answer = public.post(ADDRESS, content=body(2, 7))

    assert (answer.status_code, answer.text) == (409, "3\n")
    assert answer.headers["content-type"] == "text/x.tlog.size"


def test_a_new_log_has_the_size_of_nothing(public: TestClient) -> None:
    answer = public.post(ADDRESS, content=body(2, 7))

    assert (answer.status_code, answer.text) == (409, "0\n")


def test_every_refusal_has_the_status_of_the_specification(public: TestClient) -> None:
    public.post(ADDRESS, content=body(0, 3))
    other = Ledger()
    for number in range(7):
        other.append_private(b"another %d" % number)

    answers = {
        "no request": public.post(ADDRESS, content="hello"),
        "a smaller checkpoint": public.post(ADDRESS, content=body(7, 3)),
        "another key": public.post(ADDRESS, content=body(3, 7, key=KeyOf("attacker"))),
        "another origin": public.post(ADDRESS, content=body(3, 7).replace(ORIGIN, "other.example")),
        "a fork": public.post(ADDRESS, content=body(3, 7, other)),
        "no log": public.get(f"/witness/{'0' * 64}/checkpoint"),
        "upper case": public.get(f"/witness/{HASH.upper()}/checkpoint"),
        "a query": public.get(f"/witness/{HASH}/checkpoint?x"),
    }

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "no request": 400,
        "a smaller checkpoint": 400,
        "another key": 403,
        "another origin": 404,
        "a fork": 422,
        "no log": 404,
        "upper case": 404,
        "a query": 404,
    }


def test_a_service_that_watches_nothing_knows_no_log(client: TestClient) -> None:
    assert client.post(ADDRESS, content=body(0, 3)).status_code == 404
    assert client.get(f"/witness/{HASH}/checkpoint").status_code == 404


def test_a_client_cannot_ask_without_end(public: TestClient) -> None:
    answers = [400]
    while answers[-1] == 400 and len(answers) < 6000:
        answers.append(public.post(ADDRESS, content="hello").status_code)

    assert set(answers) == {400, 429}


def test_a_body_that_never_ends_is_refused(public: TestClient) -> None:
    assert public.post(ADDRESS, content=b"x" * (1024 * 1024 + 1)).status_code == 413
    assert public.post(ADDRESS, content=b"x" * (1024 * 1024)).status_code == 400
