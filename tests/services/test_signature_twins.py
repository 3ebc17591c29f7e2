"""T20: an ECDSA signature has a twin that is as good, and nothing of ours is known by it."""

from collections.abc import Callable, Iterator

import pytest

from credhub import base64url, multikey
from credhub.jsontypes import canonical, parse_object
from credhub.proofs import data_integrity
from credhub.proofs.forms import Form
from credhub.services import choosing_forms, reading, verifying
from credhub.verification.report import Check, Outcome, Verdict
from tests.engines import SqliteDatabases
from tests.running import Service, running
from tests.services.ordering import issue
from tests.unit.verification.world import result

# NIST SP 800-186, section 3.2.1.3.
ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def twin_of(signature: bytes) -> bytes:
    r, s = signature[:32], int.from_bytes(signature[32:], "big")
    return r + (ORDER_OF_P256 - s).to_bytes(32, "big")


def with_proof(signed: bytes) -> bytes:
    document = parse_object(signed)
    [proof] = data_integrity.proofs_of(document)
    signature = multikey.decode_base58(str(proof["proofValue"]))
    proof = proof | {"proofValue": multikey.encode_base58(twin_of(signature))}
    return canonical(document | {"proof": [proof]})


def in_token(signed: bytes) -> bytes:
    head, _, signature = signed.decode().rpartition(".")
    return f"{head}.{base64url.encode(twin_of(base64url.decode(signature)))}".encode()


@pytest.fixture(scope="module")
def service(sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("twins")
    with sqlite.migrated() as url, running(url, folder) as service:
        chosen = (Form.ECDSA_RDFC_2019, Form.ECDSA_JCS_2019, Form.VC_JWT)
        choosing_forms.choose(service.resources, service.one.hub, chosen)
        yield service


@pytest.mark.parametrize(
    ("form", "twin"),
    [
        (Form.ECDSA_RDFC_2019, with_proof),
        (Form.ECDSA_JCS_2019, with_proof),
        (Form.VC_JWT, in_token),
    ],
)
def test_t20_the_twin_of_a_credential_of_ours_is_not_a_second_one(
    service: Service, form: Form, twin: Callable[[bytes], bytes]
) -> None:
    resources, hub = service.resources, service.one.hub.number
    signed = reading.by_id(resources, hub, issue(resources, hub), form).signed
    before = size_of_ledger(service)

    genuine = verifying.verify_uploaded(resources, signed)
    other = verifying.verify_uploaded(resources, twin(signed))

    assert genuine.verdict is Verdict.VALID
    # The signature is as good; but this is not what the hub recorded.
    assert result(other, Check.PROOF).outcome is Outcome.PASSED
    assert result(other, Check.LEDGER).outcome is Outcome.FAILED
    assert other.verdict is Verdict.INVALID
    assert size_of_ledger(service) == before


def size_of_ledger(service: Service) -> int:
    with service.resources.store.read() as tx:
        [log] = tx.ledger.logs(service.one.hub.number)
        return tx.ledger.tree(log).size
