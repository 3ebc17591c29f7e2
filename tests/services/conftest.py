"""Running services: one of SQLite that tests share, and new ones on either engine."""

from tests.service_fixtures import fresh_service, runtime, service, service_on_each

__all__ = ["fresh_service", "runtime", "service", "service_on_each"]
