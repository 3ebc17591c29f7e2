from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.jsontypes import JsonObject
from credhub.sandbox.frames import Message, read_message
from credhub.sandbox.worker import serve

PREPARE: JsonObject = {
    "verb": "prepare",
    "task": "echo",
    "function": "tests.sandbox.tasks:echo",
    "makes": False,
    "last": False,
}
RUN: JsonObject = {"verb": "run", "task": "echo", "seconds": "60"}
# JSON that we read holds no U+0000.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
messages = st.builds(
    Message, header=st.dictionaries(texts, texts | st.integers(0, 9)), body=st.binary()
)


def test_a_worker_answers_each_request_in_turn() -> None:
    answers = _serve(Message(header=PREPARE), *(Message(header=RUN, body=b) for b in (b"1", b"2")))

    assert [answer.body for answer in answers] == [b"", b"1", b"2"]
    assert {str(answer.header) for answer in answers} == {"{'outcome': 'done'}"}


def test_a_function_may_be_made_from_initial_bytes() -> None:
    made: JsonObject = {**PREPARE, "function": "tests.sandbox.tasks:prefixed", "makes": True}

    _, answer = _serve(Message(header=made, body=b"a"), Message(header=RUN, body=b"b"))

    assert answer.body.startswith(b"ab")


def test_a_worker_goes_on_after_a_refusal() -> None:
    refusing: JsonObject = {**PREPARE, "function": "tests.sandbox.tasks:refuse"}

    answers = _serve(Message(header=refusing), Message(header=RUN, body=b"no"), Message(header=RUN))

    assert answers[1].header == {"outcome": "refused", "code": "too-complex", "message": "no"}
    assert len(answers) == 3


def test_a_worker_ends_after_a_failure() -> None:
    answers = _serve(Message(header=RUN, body=b"was never prepared"), Message(header=PREPARE))

    assert [answer.header["outcome"] for answer in answers] == ["failed"]


@given(st.lists(messages))
def test_messages_come_out_as_they_went_in(sent: list[Message]) -> None:
    stream = BytesIO(b"".join(message.encode() for message in sent))

    assert [read_message(stream) for _ in sent] == sent
    assert read_message(stream) is None


@pytest.mark.parametrize("kept", [1, 5, -1])
def test_a_message_that_was_cut_off_is_none(kept: int) -> None:
    assert read_message(BytesIO(Message(header=RUN, body=b"body").encode()[:kept])) is None


def _serve(*requests: Message) -> list[Message]:
    answers = BytesIO()

    serve(BytesIO(b"".join(request.encode() for request in requests)), answers)

    answers.seek(0)
    return list(iter(lambda: read_message(answers), None))
