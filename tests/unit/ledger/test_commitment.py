import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from credhub.ledger.commitment import InnerKind, commit, opening

KEYS = st.binary(min_size=32, max_size=32)
IDS = st.binary(min_size=16, max_size=16)
PAYLOADS = st.binary(max_size=200)


@given(KEYS, IDS)
def test_an_opening_is_hkdf_expand_of_another_library(key: bytes, entry_id: bytes) -> None:
    expected = HKDFExpand(SHA256(), 32, b"credhub/open/v1" + entry_id).derive(key)

    assert opening(key, entry_id) == expected


@given(KEYS, st.sampled_from(InnerKind), PAYLOADS)
def test_a_commitment_is_hmac_of_another_library(
    salt: bytes, kind: InnerKind, payload: bytes
) -> None:
    mac = HMAC(b"credhub/commit/v1", SHA256())
    mac.update(salt + bytes([kind]) + len(payload).to_bytes(4, "big") + payload)

    assert commit(salt, kind, payload) == mac.finalize()


def test_the_inner_kinds_never_change() -> None:
    assert list(InnerKind) == [1, 2, 3, 4]
    assert [kind.name for kind in InnerKind] == ["ISSUE", "STATUS", "ERASURE", "CORRECTION"]


def test_two_entries_about_the_same_thing_have_nothing_in_common() -> None:
    first = commit(opening(b"k" * 32, bytes(16)), InnerKind.ISSUE, b"payload")
    second = commit(opening(b"k" * 32, b"\1" * 16), InnerKind.ISSUE, b"payload")

    assert first != second


@pytest.mark.parametrize(("key", "entry_id"), [(b"k" * 31, bytes(16)), (b"k" * 32, bytes(15))])
def test_a_short_key_or_id_opens_nothing(key: bytes, entry_id: bytes) -> None:
    with pytest.raises(ValueError, match="opening"):
        opening(key, entry_id)


def test_a_short_opening_commits_to_nothing() -> None:
    with pytest.raises(ValueError, match="32"):
        commit(b"k" * 31, InnerKind.ISSUE, b"")
