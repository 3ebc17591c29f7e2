"""Erasure as the database will see it: the learner's key is gone."""

from sqlalchemy import delete

from credhub.services import reading
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from credhub.store.tables import learner_key
from tests.running import Service


def erase_learner_of(service: Service, credential_id: str) -> None:
    """Take away the key of the learner of a credential of the first hub."""
    erase_learner(service.resources, service.one.hub.number, credential_id)


def erase_learner(resources: Resources, hub: HubNumber, credential_id: str) -> None:
    """Take away the key of the learner of a credential."""
    learner = reading.by_id(resources, hub, credential_id).credential.learner_id
    own = (learner_key.c.hub_id == hub) & (learner_key.c.learner_id == learner)
    with resources.store.connect_to_write() as connection:
        assert connection.execute(delete(learner_key).where(own)).rowcount == 1
