"""Take over credentials that another system issued: tried out first, then batch by batch.

(1) every file is read; each credential finds the achievement of the hub that it is of;
(2) all of them are tried out. With one fault, in whatever file, nothing is made;
(3) achievements that are not here are published, if that was asked for;
(4) each achievement has one batch: all of its rows or none, each of them once.

An end that an achievement gives its credentials counts from the day of the award: what was good
for two years from 2019 does not begin to be good again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Final

from credhub import jsontypes
from credhub.documents.imports.faults import ImportCode, import_fault
from credhub.documents.imports.objects import image_in
from credhub.documents.imports.outcome import OldCredential
from credhub.documents.rows import kept
from credhub.errors import RowFault, UploadRefusedError
from credhub.services import pictures
from credhub.services.bulk import batch_receiving, batch_trying
from credhub.services.bulk.batch_receiving import Arriving
from credhub.services.idempotency import Once, key_of
from credhub.services.imports import import_matching
from credhub.services.imports.import_arranging import Arranging
from credhub.services.imports.import_matching import Matcher, Wishes
from credhub.services.imports.import_plan import Group, OldFault, OldFile, Plan
from credhub.services.imports.import_standings import OwnStandings
from credhub.services.resources import Resources
from credhub.store.batches import StoredBatch
from credhub.store.hubs import HubNumber

ROUTE: Final = "credhub import"


def plan(
    resources: Resources,
    number: HubNumber,
    files: Iterable[OldFile],
    wishes: Wishes,
    issuers: frozenset[str] = frozenset(),
) -> Plan:
    """Say what would become of an import; nothing is written.

    Args:
        resources: What services work with.
        number: The hub.
        files: What was read.
        wishes: What is said about achievements.
        issuers: Whose credentials are taken over, if they are of several.
    """
    made = Plan()
    read = tuple(replace(file, items=tuple(file.items)) for file in files)
    credentials = (it for file in read for it in file.items if isinstance(it, OldCredential))
    own = OwnStandings(resources, number, credentials)
    matcher = Matcher(resources, number, wishes)
    arranging = Arranging(resources, matcher, own, made, issuers, has_several_files=len(read) > 1)
    for file in read:
        for item in file.items:
            arranging.take(file.name, item)
    groups = (group for group in arranging.groups.values() if group.rows)
    made.groups = tuple(sorted(groups, key=lambda group: group.old.name))
    made.faults += _faults_of_issuers(made, issuers)
    for group in made.groups:
        group.trial = batch_trying.try_rows(
            resources, number, group.achievement, group.rows, place_of=group.place_of
        )
        made.faults += _placed(group, group.trial.faults)
        _draw(resources, group)
    return made


def publish(resources: Resources, number: HubNumber, group: Group) -> None:
    """Publish the achievement of a group, if it is new."""
    if not group.is_new:
        return
    hub = resources.keyring.of(number).hub
    image = None if group.picture is None else pictures.keep(resources, hub, group.picture)
    group.achievement = import_matching.publish(resources, number, group.old, image)
    group.is_new = False


def receive(
    resources: Resources, number: HubNumber, group: Group, *, again: str = ""
) -> StoredBatch:
    """Take the credentials of one achievement in; the same ones again are the batch that they were.

    Args:
        resources: What services work with.
        number: The hub.
        group: What is to be issued, of a published achievement.
        again: Something that was never said, to begin a batch that had ended anew.

    Raises:
        MalformedBatchError: Rows have faults that they had not when they were tried out.
        TooManyBatchesError: The hub has too many batches under way.
    """
    achievement_id = group.achievement.achievement_id
    digest = sha256()
    for row in group.rows:
        digest.update(jsontypes.canonical([row.row, kept.to_document(row)]))
    body: jsontypes.JsonObject = {"achievement": achievement_id, "rows": digest.hexdigest()}
    key = again or key_of(resources, number, body)
    once = Once(resources, number, route=ROUTE, key=f"{achievement_id}/{key}", body=body)
    arriving = Arriving(achievement_id=achievement_id, rows=iter(group.rows), actor=ROUTE)
    return batch_receiving.receive(resources, number, arriving, once)


def _draw(resources: Resources, group: Group) -> None:
    """Draw the image of a new achievement anew; one that cannot be drawn is left out, and told."""
    if not group.is_new or group.old.picture is None:
        return
    try:
        group.picture = pictures.redrawn(resources.sandbox, image_in(group.old.picture))
    except UploadRefusedError as error:
        group.picture_refused = error.code


def _faults_of_issuers(made: Plan, chosen: frozenset[str]) -> Iterator[OldFault]:
    found = sorted({issuer for group in made.groups for issuer in group.issuers})
    if len(found) > 1 and not chosen:
        fault = import_fault(ImportCode.ISSUERS_SEVERAL, value=", ".join(found))
        yield OldFault(file="All files", fault=fault)


def _placed(group: Group, faults: Iterable[RowFault]) -> Iterator[OldFault]:
    """Tell the faults of rows with the file and the row that they came from."""
    for fault in faults:
        file, row = group.places.get(fault.row or 0, (group.old.name, None))
        yield OldFault(file=file, fault=replace(fault, row=row))
