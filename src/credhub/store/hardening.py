"""Taking from the service what it does not need: roles and privileges of PostgreSQL.

(1) Roles: an owner whom nobody can log in as, the service, an auditor.
(2) The owner gets the tables and the functions of the guards.
(3) The guards: all of them there, all of them always on, TRUNCATE refused everywhere.
(4) Privileges: all are taken from everybody, then each role gets what ``rights`` says.
(5) What the roles have now is read back; more than that is refused.

All in one transaction, and doing it again changes nothing. Partitions count as their tables.
"""

from typing import cast

import psycopg
from sqlalchemy.exc import OperationalError

from credhub.errors import HardeningError, NotPostgresqlError, StoreUnavailableError
from credhub.store.engine import make_engine
from credhub.store.role_statements import Roles, statements


def harden(url: str, roles: Roles) -> None:
    """Give the tables to an owner of their own, and the service no more than it needs.

    Raises:
        NotPostgresqlError: It is another database.
        HardeningError: PostgreSQL refuses, or the roles would have more rights than they should.
        StoreUnavailableError: It cannot be reached.
    """
    engine = make_engine(url, pool_size=1)
    if engine.dialect.name != "postgresql":
        raise NotPostgresqlError
    try:
        with engine.begin() as connection:
            driver = cast("psycopg.Connection", connection.connection.driver_connection)
            for statement in statements(roles):
                driver.execute(statement.encode())
    except psycopg.Error as error:
        reason = error.diag.message_primary or "the connection broke"
        raise HardeningError(f"PostgreSQL refuses: {reason}.") from error
    except OperationalError as error:
        raise StoreUnavailableError from error
    finally:
        engine.dispose()
