"""Taking from the service what it does not need: roles and privileges of PostgreSQL.

(1) Roles: an owner whom nobody can log in as, the service, an auditor.
(2) The owner gets the tables and the functions of the guards.
(3) The guards: all of them there, all of them always on, TRUNCATE refused everywhere.
(4) Privileges: all are taken from everybody, then each role gets what ``rights`` says.
(5) What the roles have now is read back; more than that is refused.

All in one transaction, and doing it again changes nothing. Partitions count as their tables.
"""

from credhub.errors import HardeningError
from credhub.store.administering import administering
from credhub.store.role_statements import Roles, statements


def harden(url: str, roles: Roles) -> None:
    """Give the tables to an owner of their own, and the service no more than it needs.

    Raises:
        NotPostgresqlError: It is another database.
        HardeningError: PostgreSQL refuses, or the roles would have more rights than they should.
        StoreUnavailableError: It cannot be reached.
    """
    with administering(url, refusal=HardeningError) as driver:
        for statement in statements(roles):
            driver.execute(statement.encode())
