import orjson
import pytest

from credhub.errors import MalformedJsonError, TamperedFileError
from credhub.jsontypes import canonical
from credhub.proofs import isolated
from tests.unit import factories


def test_a_worker_writes_what_the_process_itself_writes() -> None:
    write = isolated.canonicalizer(isolated.pack(factories.read_schema))
    document = factories.credential()

    assert write(canonical(document)) == factories.canonicalizer().canonical(document)
    with pytest.raises(MalformedJsonError):
        write(b"[]")


def test_t98_a_worker_refuses_tampered_contexts() -> None:
    packed = orjson.loads(isolated.pack(factories.read_schema))
    packed["contexts/did-v1.json"] += " "

    with pytest.raises(TamperedFileError):
        isolated.canonicalizer(orjson.dumps(packed))
