"""Running services and clients of them."""

from tests.service_fixtures import client, fresh_service, runtime, service, service_on_each

__all__ = ["client", "fresh_service", "runtime", "service", "service_on_each"]
