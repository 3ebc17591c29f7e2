import pytest

from credhub.dids.web_address import host_of, is_address, key_set_of

KEY_SET = "https://school.example/.well-known/jwks.json"


@pytest.mark.parametrize(
    "address",
    [
        "https://school.example",
        "https://school.example/",
        "https://school.example/issuers/565049",
        "https://school.example?issuer=1",
        "https://school.example/issuers?id=1&x=/a?b",
        "https://school.example/@school/%C3%A9",
        "https://School.Example/Issuers",
    ],
)
def test_the_key_set_of_an_address_is_that_of_its_host(address: str) -> None:
    assert is_address(address)
    assert key_set_of(address) == KEY_SET


def test_a_port_belongs_to_the_host() -> None:
    expected = "https://school.example:8443/.well-known/jwks.json"

    assert key_set_of("https://school.example:8443/issuers/1") == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "did:web:school.example",
        "http://school.example/",
        "HTTPS://school.example/",
        "https:school.example",
        "https:///school.example",
        "https://school",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://user@school.example/",
        "https://school.example:0/",
        "https://school.example:a/",
        "https://school.example:443443/",
        "https://school.example\\@evil.example/",
        "https://school.example\\.evil.example/",
        "https://school.example%2eevil.example/",
        "https://school.example /",
        "https://school.example/\n",
        "https://school.example/\t",
        "https://school.example/é",
        "https://sch\u00f6ol.example/",
        "https://school..example/",
        "https://-school.example/",
        "https://school.example./",
        "https://school.example/#key",
        "https://school.example#key",
        "https://school.example/" + "a" * 512,
    ],
)
def test_t25_what_is_no_plain_address_has_no_key_set(text: str) -> None:
    assert not is_address(text)
    assert key_set_of(text) is None


@pytest.mark.parametrize("address", ["https://School.example/a", "https://school.example"])
def test_the_host_of_an_address_has_one_spelling(address: str) -> None:
    assert host_of(address) == "school.example"
    assert host_of(f"{address}\\@evil.example") is None
