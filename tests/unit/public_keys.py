"""Any public keys, which need not be points of their curves."""

from hypothesis import strategies as st

from credhub.public_key import KeyType, PublicKey


def public_keys() -> st.SearchStrategy[PublicKey]:
    edwards = st.binary(min_size=32, max_size=32).map(lambda raw: PublicKey(KeyType.ED25519, raw))
    return edwards | _points(KeyType.P256, 32) | _points(KeyType.P384, 48)


def _points(key_type: KeyType, length: int) -> st.SearchStrategy[PublicKey]:
    signs, numbers = st.sampled_from([b"\2", b"\3"]), st.binary(min_size=length, max_size=length)
    return st.builds(lambda sign, number: PublicKey(key_type, sign + number), signs, numbers)
