import pytest

from credhub.errors import UnreadableError
from credhub.verification.carried import Carried, carried
from credhub.verification.report import Check, Outcome
from credhub.verification.verify import refuse_unread
from tests.unit.factories import NOON
from tests.unit.verification.world import World, credential


@pytest.mark.parametrize("carrier", Carried)
def test_t45_a_report_says_that_the_rest_of_the_file_was_not_checked(carrier: Carried) -> None:
    world = World()
    report = world.verify(credential())

    said = carried(report, carrier)

    assert said.checks[0].check is Check.PARSE
    assert (said.checks[0].outcome, said.checks[0].code) == (Outcome.PASSED, carrier.value)
    assert "not checked" in said.checks[0].detail
    assert (said.verdict, said.checks[1:]) == (report.verdict, report.checks[1:])


@pytest.mark.parametrize("carrier", Carried)
def test_what_could_not_be_read_stays_so(carrier: Carried) -> None:
    report = refuse_unread(UnreadableError("No."), now=NOON)

    assert carried(report, carrier) == report
