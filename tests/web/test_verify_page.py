"""The page where anybody checks a credential: what a person gets who does not quite do as asked."""

import pytest

from credhub.web.admission import MAX_BODY, MAX_UPLOAD
from tests.running import Service, issue

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("shape", [str, str.upper, "  {}\n".format], ids=["plain", "QR", "spaced"])
def test_an_address_that_is_pasted_as_a_credential_is_opened(
    service: Service, shape: type[str]
) -> None:
    address = str(issue(service.client())["url"])

    answer = service.public().post(
        "/verify", data={"credential": shape(address)}, follow_redirects=False
    )

    assert answer.status_code == 303
    assert answer.headers["location"] == address.removeprefix(service.origin)


@pytest.mark.parametrize("door", ["paste", "file"])
@pytest.mark.parametrize(
    "words", ["Dear employer, I am good. Yours, A.", "see https://a.example/c/1 for it"]
)
def test_a_letter_is_no_forged_credential(service: Service, words: str, door: str) -> None:
    sent = {"data": {"credential": words}} if door == "paste" else {"files": {"file": words}}

    answer = service.public().post("/verify", **sent)  # type: ignore[arg-type]  # one or the other

    assert answer.status_code == 400
    assert "This text is not a credential." in answer.text
    assert "forged" not in answer.text


@pytest.mark.parametrize("door", ["paste", "file"])
@pytest.mark.parametrize(
    "word", ["Certificate.pdf", "nadia@example.org", "did:web:school.example", "www.credly.com"]
)
def test_a_word_with_a_full_stop_is_no_forged_credential(
    service: Service, word: str, door: str
) -> None:
    test_a_letter_is_no_forged_credential(service, word, door)


@pytest.mark.parametrize("door", ["paste", "file"])
def test_t48_the_address_of_another_is_a_foreign_link_however_it_is_sent(
    service: Service, door: str
) -> None:
    address = "https://www.credly.com/badges/abc"
    sent = {"data": {"credential": address}} if door == "paste" else {"files": {"file": address}}

    answer = service.public().post("/verify", **sent)  # type: ignore[arg-type]  # one or the other

    assert answer.status_code == 200
    assert "It leads to another website" in answer.text
    assert "www.credly.com" in answer.text
    assert "Do not rely on this" not in answer.text


def test_an_own_address_in_a_file_is_looked_up(service: Service) -> None:
    made = issue(service.client())
    file = b"\xef\xbb\xbf" + str(made["url"]).encode() + b"\r\n"

    answer = service.public().post("/v1/verify", files={"file": file})

    assert answer.json()["verdict"] == "valid"
    assert answer.json()["credential"] == made["credential"]


def test_a_damaged_token_is_still_judged(service: Service) -> None:
    answer = service.public().post("/verify", data={"credential": "eyJhbGciOiJFUzI1NiJ9.e30.AA"})

    assert answer.status_code == 200
    assert "Do not rely on this" in answer.text


@pytest.mark.parametrize("announced", [True, False])
def test_a_person_who_sends_too_much_gets_a_page(service: Service, *, announced: bool) -> None:
    whole = bytes(MAX_UPLOAD + 1)
    body = whole if announced else (whole[n : n + MAX_BODY] for n in range(0, len(whole), MAX_BODY))
    form = {"content-type": "multipart/form-data; boundary=x"}

    answer = service.public().post("/verify", content=body, headers=BROWSER | form)

    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("text/html")
    assert "This file is too large" in answer.text


def test_software_that_sends_too_much_gets_a_problem(service: Service) -> None:
    body = bytes(MAX_BODY + 1)

    for path, accept in (("/v1/verify", BROWSER), ("/verify", {"accept": "application/json"})):
        answer = service.public().post(path, content=body, headers=accept)

        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
