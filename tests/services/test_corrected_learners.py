"""The file of a cohort after its credentials were corrected: a trial says who would get another."""

from credhub.documents.rows.choices import Form
from credhub.documents.rows.reader import RowReader
from credhub.errors import RowFault
from credhub.services import reading, revoking
from credhub.services.bulk import batch_trying
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from tests.services.batching import ndjson, send, told, work_off
from tests.services.ordering import publish_suspendable
from tests.services.test_correcting import correct

ADA = {"name": "Ada Lovelcae", "email": "ada@mail.example"}
BEN = {"name": "Ben Okafor", "externalId": "7"}
RIGHT = {"name": "Ada Lovelace"}


def noticed(
    resources: Resources, hub: HubNumber, achievement: str, people: list[dict[str, str]]
) -> list[RowFault]:
    content = ndjson([{"recipient": person} for person in people])
    trial = batch_trying.try_out(resources, hub, achievement, RowReader([content], Form.JSON_LINES))
    assert trial.faults == []
    return trial.notices


def issued(resources: Resources, hub: HubNumber, achievement: str) -> list[str]:
    batch = send(resources, hub, achievement, [{"recipient": ADA}, {"recipient": BEN}])
    work_off(resources)
    return [str(it.credential_id) for it in told(resources, batch)]


def test_a_mended_row_of_whoever_has_a_corrected_credential_is_noticed(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    first, _ = issued(resources, hub, achievement)
    mended = ADA | RIGHT
    assert noticed(resources, hub, achievement, [mended]) == []
    second = correct(resources, hub, first, {"name": "Ada Lovelac"}).credential.credential_id
    newest = correct(resources, hub, second, {"name": RIGHT["name"]})

    (notice,) = noticed(resources, hub, achievement, [mended, BEN, {"name": "Cy"}])

    assert (notice.row, notice.code) == (1, "learner-corrected")
    assert newest.address in notice.detail
    assert noticed(resources, hub, achievement, [ADA]) == []  # It is skipped.
    other = publish_suspendable(resources, hub)
    assert noticed(resources, hub, other, [mended]) == []


def test_who_has_it_no_more_is_not_noticed(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    first, _ = issued(resources, hub, achievement)
    newest = correct(resources, hub, first, {"name": RIGHT["name"]}).credential.credential_id
    revoking.revoke(resources, hub, newest, actor="key", reason="fraud")

    assert noticed(resources, hub, achievement, [ADA | RIGHT]) == []
    assert reading.by_id(resources, hub, newest).standing.value == "revoked"
