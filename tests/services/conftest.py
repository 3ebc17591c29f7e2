"""Running services: one of SQLite that tests share, and new ones on either engine."""

from tests.service_fixtures import fresh_service, runtime, service, service_on_each
from tests.services.batch_fixtures import achievement, hub, resources

__all__ = [
    "achievement",
    "fresh_service",
    "hub",
    "resources",
    "runtime",
    "service",
    "service_on_each",
]
