"""What issuers call their statuses is repeated as theirs, and decides nothing."""

from dataclasses import replace

import pytest

from credhub.errors import StatusNotReachedError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.status import bitstring
from credhub.status.published import PublishedList
from credhub.verification.findings import StatusMessage
from credhub.verification.report import Report
from credhub.verification.status_messages import (
    MAX_LENGTH,
    MAX_MESSAGES,
    has_names,
    messages_of,
)
from credhub.verification.verify import verify
from tests.unit.factories import NOON
from tests.unit.verification.test_published_status import INDEX, URL, Known, Lists, entry
from tests.unit.verification.world import HUB_DID, World, credential

WORDS = ("pending_review", "accepted", "rejected", "undefined")


def named(purpose: str = "message", *words: str, **changes: JsonValue) -> JsonObject:
    """Make an entry whose statuses have names, of as many bits as they need."""
    words = words or WORDS
    size = (len(words) - 1).bit_length()
    messages: list[JsonValue] = [
        {"status": hex(value), "message": word} for value, word in enumerate(words)
    ]
    sized: JsonObject = {"statusSize": size, "statusMessage": messages}
    return entry(purpose, **sized) | changes


def listed(value: int, *, size: int = 2, purpose: str = "message") -> PublishedList:
    """Publish one status of so many bits at the place of the entry."""
    bits = [INDEX * size + bit for bit in range(size) if value >> (size - 1 - bit) & 1]
    return PublishedList(
        url=URL,
        issuer_id=HUB_DID,
        purposes=(purpose,),
        encoded=bitstring.encode(bits, length=bitstring.LENGTH * size),
        valid_from=None,
        valid_until=None,
        ttl=None,
    )


def said(known: Known | Exception, *entries: JsonObject) -> list[str]:
    document: JsonObject = {"id": "urn:c:1", "credentialStatus": list(entries)}
    return [one.message for one in messages_of(document, HUB_DID, Lists({URL: known}))]


@pytest.mark.parametrize(("value", "words"), [(0, WORDS[0]), (1, WORDS[1]), (2, WORDS[2])])
def test_the_name_of_a_status_is_told(value: int, words: str) -> None:
    assert said(listed(value), named()) == [words]


def test_a_status_that_the_issuer_has_not_defined_has_no_name() -> None:
    assert said(listed(3), named()) == []


def test_a_status_has_its_purpose_and_its_value() -> None:
    document: JsonObject = {"credentialStatus": named()}

    (found,) = messages_of(document, HUB_DID, Lists({URL: listed(2)}))

    assert found == StatusMessage(purpose="message", value=2, message="rejected")
    assert found.to_document() == {"purpose": "message", "status": "0x2", "message": "rejected"}


@pytest.mark.parametrize(("value", "words"), [(0, []), (1, ["fraud"])])
def test_a_revocation_is_named_only_when_there_is_one(value: int, words: list[str]) -> None:
    published = listed(value, size=1, purpose="revocation")

    assert said(published, named("revocation", "in order", "fraud")) == words


def test_an_entry_without_names_is_not_asked_for() -> None:
    lists = Lists({URL: listed(1, size=1)})
    unnamed: JsonObject = {"credentialStatus": entry("message")}

    assert not has_names(unnamed)
    assert messages_of(unnamed, HUB_DID, lists) == ()
    assert lists.asked == []
    assert has_names({"credentialStatus": [entry(), named()]})


@pytest.mark.parametrize(
    "wrong",
    [
        named(statusListIndex="-1"),
        named(statusListIndex="131072"),
        named(type="AnotherEntry"),
        named(statusMessage="rejected"),
    ],
)
def test_an_entry_that_is_malformed_has_no_name_and_hides_no_other(wrong: JsonObject) -> None:
    assert said(listed(2), wrong, named()) == ["rejected"]


def test_a_list_that_cannot_be_had_has_no_names() -> None:
    assert said(StatusNotReachedError(), named()) == []


def test_long_names_are_cut_and_many_are_not_asked_for() -> None:
    long = named("message", "x" * MAX_LENGTH, "y" * (MAX_LENGTH + 1))
    lists = Lists({URL: listed(1, size=1)})
    many: JsonObject = {"credentialStatus": [long] * (MAX_MESSAGES + 1)}

    found = messages_of(many, HUB_DID, lists)

    assert [one.message for one in found] == ["y" * (MAX_LENGTH - 1) + "…"] * MAX_MESSAGES
    assert len(lists.asked) == MAX_MESSAGES
    assert said(listed(0, size=1), long) == ["x" * MAX_LENGTH]


class Words:
    """Gives every credential the same words."""

    def messages_of(self, document: JsonObject, issuer_did: str) -> tuple[StatusMessage, ...]:
        assert document["id"]
        assert issuer_did == HUB_DID
        return (StatusMessage(purpose="message", value=1, message="accepted"),)


def judged(document: JsonObject, *, has_words: bool) -> Report:
    context = replace(World().context(), messages=Words() if has_words else None)
    return verify(document, context=context, now=NOON)


def test_a_report_repeats_the_words_and_they_change_nothing_else() -> None:
    plain, worded = (judged(credential(), has_words=has_words) for has_words in (False, True))

    assert replace(worded, status_messages=()) == plain
    assert "statusMessages" not in plain.to_document()
    assert worded.to_document()["statusMessages"] == [
        {"purpose": "message", "status": "0x1", "message": "accepted"}
    ]


def test_nothing_is_asked_for_a_credential_without_a_status() -> None:
    without = credential(lambda document: document.pop("credentialStatus"))

    assert judged(without, has_words=True).status_messages == ()
