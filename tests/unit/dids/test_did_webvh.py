import pytest

from credhub.dids.did_webvh import WebvhDid
from credhub.errors import DidSyntaxError

SCID = "QmfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQ"


@pytest.mark.parametrize(
    ("place", "folder"),
    [
        ("hub.example", "https://hub.example/.well-known"),
        ("hub.example:dids:issuer", "https://hub.example/dids/issuer"),
        ("hub.example%3A8443:x", "https://hub.example:8443/x"),
        ("xn--jp-cd2fp15c.xn--fsq.jp", "https://xn--jp-cd2fp15c.xn--fsq.jp/.well-known"),
    ],
)
def test_a_did_has_two_addresses(place: str, folder: str) -> None:
    did = f"did:webvh:{SCID}:{place}"

    assert WebvhDid.parse(did) == WebvhDid(
        text=did,
        scid=SCID,
        log_url=f"{folder}/did.jsonl",
        witness_url=f"{folder}/did-witness.json",
    )


@pytest.mark.parametrize(
    "place",
    [
        "",
        "localhost",
        "127.0.0.1",
        "127%2E0%2E0%2E1",
        "hub.example%40internal",
        "hub.example:..:etc",
        "hub.example:%2e%2e",
        "hub.example/x",
        "hub.example?versionId=1",
        "hub.example#key-1",
        "hub.example%3A0",
        "hub.example\n",
        "[::1]",
    ],
)
def test_t25_any_other_place_is_refused(place: str) -> None:
    with pytest.raises(DidSyntaxError):
        WebvhDid.parse(f"did:webvh:{SCID}:{place}")


@pytest.mark.parametrize("scid", ["", SCID[1:], SCID + "1", "{SCID}", SCID.replace("m", "0")])
def test_what_is_no_hash_is_refused(scid: str) -> None:
    with pytest.raises(DidSyntaxError):
        WebvhDid.parse(f"did:webvh:{scid}:hub.example")


@pytest.mark.parametrize("did", ["", f"did:web:{SCID}:hub.example", "did:webvh:", "x"])
def test_another_method_is_refused(did: str) -> None:
    with pytest.raises(DidSyntaxError):
        WebvhDid.parse(did)
