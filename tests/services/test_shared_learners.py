"""Rows of one learner with two names: a trial says so, and issuing does what it said."""

import pytest
from sqlalchemy import select

from credhub.documents.rows.choices import Form
from credhub.documents.rows.reader import RowReader
from credhub.services.bulk import batch_trying
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from credhub.store.tables import credential
from tests.services.batching import ndjson, row_of, send, told, work_off

ADA, BEN = "Ada Lovelace", "Ben Okafor"
MAIL, OFFICE = "ada@mail.example", "office@mail.example"


def recipient(name: str, email: str | None = None, own: str | None = None) -> dict[str, str]:
    given = {"name": name, "email": email, "externalId": own}
    return {member: value for member, value in given.items() if value is not None}


def noticed(
    resources: Resources, hub: HubNumber, achievement: str, people: list[dict[str, str]]
) -> list[tuple[int | None, str]]:
    rows = [row_of(number, recipient=it) for number, it in enumerate(people, start=1)]
    reader = RowReader([ndjson(rows)], Form.JSON_LINES)
    trial = batch_trying.try_out(resources, hub, achievement, reader)
    assert trial.faults == []
    assert not trial.stops
    assert {it.code for it in trial.notices} <= {"learner-shared"}
    return [(it.row, it.detail) for it in trial.notices]


def learners_after_issuing(
    resources: Resources, hub: HubNumber, achievement: str, people: list[dict[str, str]]
) -> list[str]:
    """Issue the rows and give the learner of each."""
    rows = [row_of(number, recipient=it) for number, it in enumerate(people, start=1)]
    batch = send(resources, hub, achievement, rows)
    work_off(resources)
    found = []
    with resources.store.connect_to_read() as connection:
        for it in told(resources, batch):
            own = credential.c.credential_id == it.credential_id
            found.append(
                connection.execute(select(credential.c.learner_id).where(own)).scalar_one()
            )
    return found


BY_EMAIL = "It has the e-mail address of row 1 and another name: both are about one learner."
BY_ID = "It has the id of the learner of row 1 and another name: both are about one learner."


@pytest.mark.parametrize(
    ("people", "notice"),
    [
        ([recipient(ADA, OFFICE), recipient(BEN, OFFICE)], BY_EMAIL),
        ([recipient(ADA, OFFICE), recipient(BEN, " Office@MAIL.example".strip())], BY_EMAIL),
        ([recipient(ADA, MAIL, "7"), recipient(BEN, MAIL)], BY_EMAIL),
        ([recipient(ADA, MAIL, "7"), recipient(BEN, OFFICE, "7")], BY_ID),
        ([recipient(ADA, MAIL), recipient("Áda  Lovelace", MAIL)], None),
        ([recipient(ADA, OFFICE), recipient(BEN, OFFICE, "8")], None),
        ([recipient(ADA, OFFICE, "7"), recipient(BEN, OFFICE, "8")], None),
        ([recipient(ADA, MAIL), recipient(BEN, OFFICE)], None),
        ([recipient(ADA), recipient(BEN)], None),
    ],
    ids=[
        "one-address",
        "one-address-written-in-two-ways",
        "address-of-one-with-an-id",
        "one-id",
        "one-name-with-and-without-accents",
        "an-id-of-the-second-alone",
        "two-ids",
        "two-addresses",
        "nothing-but-names",
    ],
)
def test_two_names_of_one_learner_are_noticed(
    resources: Resources,
    hub: HubNumber,
    achievement: str,
    people: list[dict[str, str]],
    notice: str | None,
) -> None:
    said = noticed(resources, hub, achievement, people)

    assert said == ([] if notice is None else [(2, notice)])
    one, other = learners_after_issuing(resources, hub, achievement, people)
    if notice is not None:
        assert one == other, "both are one learner"
    elif "lace" not in people[1]["name"]:
        assert one != other, "they are two"


def test_a_file_with_one_address_for_all_is_noticed_row_by_row(
    resources: Resources, hub: HubNumber, achievement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Across the parts in which rows are looked at, and no more of them than are told."""
    monkeypatch.setattr(batch_trying, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(batch_trying, "MOST_TOLD", 4)
    people = [recipient(f"Learner {'abcdefgh'[n]}", OFFICE) for n in range(8)]

    said = noticed(resources, hub, achievement, people)

    assert said == [(row, BY_EMAIL) for row in (2, 3, 4, 5)]
