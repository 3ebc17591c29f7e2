from credhub.proofs import signatures
from credhub.proofs.ecdsa_sd_2023.proof_key import ProofKey
from credhub.public_key import KeyType
from tests.unit.proofs.ecdsa_sd_2023.samples import Draws

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def number(value: int) -> bytes:
    return value.to_bytes(32, "big")


def test_a_key_signs_what_its_public_key_verifies() -> None:
    key = ProofKey.generate(Draws(number(7)))

    signature = key.sign(b"message")

    assert key.public.type is KeyType.P256
    signatures.verify(key.public, signature, b"message")
    assert key.sign(b"message") == signature


def test_numbers_that_are_no_key_are_drawn_again() -> None:
    for unfit in (0, ORDER, ORDER + 1, 2**256 - 1):
        drawn = ProofKey.generate(Draws(number(unfit), number(7)))
        assert drawn.public == ProofKey.generate(Draws(number(7))).public


def test_the_smallest_and_the_largest_key_count() -> None:
    small, large = (ProofKey.generate(Draws(number(one))) for one in (1, ORDER - 1))

    assert small.public.raw[1:] == large.public.raw[1:]
    assert small.public.raw[0] != large.public.raw[0]
