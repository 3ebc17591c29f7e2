"""Fixtures for tests of batches: a hub of their own on a service that has nothing else to do."""

import pytest

from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from tests.running import Service, make_member, unique
from tests.services.batching import cancel_all
from tests.services.ordering import publish


@pytest.fixture
def resources(service_on_each: Service) -> Resources:
    cancel_all(service_on_each.resources)
    return service_on_each.resources


@pytest.fixture
def hub(service_on_each: Service) -> HubNumber:
    """A new hub, so that keys are free."""
    return make_member(service_on_each.runtime, unique("batch")).hub.number


@pytest.fixture
def achievement(resources: Resources, hub: HubNumber) -> str:
    return publish(resources, hub).achievement_id
