"""One transaction of whoever administers a PostgreSQL, in its own driver."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import psycopg
from sqlalchemy.exc import OperationalError

from credhub.errors import CredhubError, NotPostgresqlError, StoreUnavailableError
from credhub.store.engine import make_engine


@contextmanager
def administering(
    url: str, *, refusal: Callable[[str], CredhubError]
) -> Iterator[psycopg.Connection]:
    """Open a database for statements that are no service's; commit them at the end.

    Args:
        url: Where it is.
        refusal: Makes the error for what PostgreSQL refuses, out of a sentence.

    Raises:
        NotPostgresqlError: It is another database.
        CredhubError: PostgreSQL refuses.
        StoreUnavailableError: It cannot be reached.
    """
    engine = make_engine(url, pool_size=1)
    if engine.dialect.name != "postgresql":
        raise NotPostgresqlError
    try:
        with engine.begin() as connection:
            yield cast("psycopg.Connection", connection.connection.driver_connection)
    except psycopg.Error as error:
        reason = error.diag.message_primary or "the connection broke"
        raise refusal(f"PostgreSQL refuses: {reason}.") from error
    except OperationalError as error:
        raise StoreUnavailableError from error
    finally:
        engine.dispose()
