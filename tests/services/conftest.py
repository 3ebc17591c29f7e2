"""Running services: one of SQLite that tests share, and new ones on either engine."""

from tests.receivers import receiver_certificate
from tests.service_fixtures import fresh_service, runtime, service, service_on_each
from tests.services.batch_fixtures import achievement, hub, resources
from tests.services.webhook_fixtures import told

__all__ = [
    "achievement",
    "fresh_service",
    "hub",
    "receiver_certificate",
    "resources",
    "runtime",
    "service",
    "service_on_each",
    "told",
]
