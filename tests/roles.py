"""Roles of a PostgreSQL server that tests share: each test has its own, and takes them away."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.engine import make_url

from credhub.store.hardening import harden
from credhub.store.role_statements import Roles
from tests.store.rows import raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardened:
    """A hardened database: its administrator's address and those of the roles."""

    url: str
    roles: Roles

    def as_role(self, name: str) -> str:
        """Give the address for a role; the test server asks for no password."""
        return make_url(self.url).set(username=name, password=None).render_as_string()

    @property
    def app(self) -> str:
        return self.as_role(self.roles.app)

    @property
    def auditor(self) -> str:
        return self.as_role(self.roles.auditor)


@contextmanager
def hardening(url: str) -> Iterator[Hardened]:
    """Harden a database with new roles, and take them away at the end."""
    mark = uuid4().hex[:12]
    roles = Roles(owner=f"owner_{mark}", app=f"app_{mark}", auditor=f"auditor_{mark}")
    harden(url, roles)
    yield Hardened(url=url, roles=roles)
    with raw(url) as connection:
        for name in (roles.owner, roles.app, roles.auditor):
            connection.exec_driver_sql(f"REASSIGN OWNED BY {name} TO CURRENT_USER")
            connection.exec_driver_sql(f"DROP OWNED BY {name}")
            connection.exec_driver_sql(f"DROP ROLE {name}")
