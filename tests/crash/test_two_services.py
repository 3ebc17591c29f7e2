"""Two server processes on one database make one chain without a gap."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest

from tests.crash.deployment import Deployment
from tests.crash.recorded import check_recorded
from tests.crash.traffic import Journal

pytestmark = pytest.mark.slow

CLIENTS_EACH: Final = 3
REQUESTS_EACH: Final = 50


def test_two_services_on_one_database_make_one_chain(
    deployment: Deployment, database_url: str
) -> None:
    with (
        deployment.server() as one,
        deployment.server() as other,
        ThreadPoolExecutor(2 * CLIENTS_EACH) as pool,
    ):
        journal = Journal.begin(one.port, deployment.token)
        ports = [one.port, other.port] * CLIENTS_EACH
        for done in [pool.submit(journal.issue, REQUESTS_EACH, port) for port in ports]:
            done.result()
        # What one has issued, the other one knows.
        journal.send_all_again(other.port, threads=CLIENTS_EACH)

    assert len(journal.sent) == 2 * CLIENTS_EACH * REQUESTS_EACH
    check_recorded(database_url, journal)
    deployment.audit()
