"""Take over credentials that another system issued: tried out first, then batch by batch.

(1) every file is read; each credential finds the achievement of the hub that it is of;
(2) all of them are tried out. With one fault, in whatever file, nothing is made;
(3) achievements that are not here are published, if that was asked for;
(4) each achievement has one batch: all of its rows or none, each of them once.

An end that an achievement gives its credentials counts from the day of the award: what was good
for two years from 2019 does not begin to be good again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from credhub import jsontypes
from credhub.documents.imports.csv_export import Item
from credhub.documents.imports.faults import ImportCode, import_fault
from credhub.documents.imports.objects import image_in
from credhub.documents.imports.outcome import OldAchievement, OldCredential, PassedOver, Why
from credhub.documents.rows import kept
from credhub.documents.rows.outcome import ReadRow
from credhub.errors import InvalidClaimError, RowFault, RowRefusedError, UploadRefusedError
from credhub.services import achievements, pictures
from credhub.services.bulk import batch_receiving, batch_trying
from credhub.services.bulk.batch_receiving import Arriving
from credhub.services.bulk.batch_trying import Trial
from credhub.services.idempotency import Once, key_of
from credhub.services.imports import import_matching
from credhub.services.imports.import_matching import Matcher, Wishes
from credhub.services.imports.import_standings import OwnStandings
from credhub.services.resources import Resources
from credhub.store.achievements import StoredAchievement
from credhub.store.batches import StoredBatch
from credhub.store.hubs import HubNumber

ROUTE: Final = "credhub import"

_QUOTED: Final = frozenset(
    {
        ImportCode.ACHIEVEMENT_UNKNOWN,
        ImportCode.ACHIEVEMENT_AMBIGUOUS,
        ImportCode.BADGE_ABSENT,
        ImportCode.ISSUERS_SEVERAL,
        ImportCode.STATE_UNKNOWN,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OldFile:
    """What was read of one file."""

    name: str
    items: Iterable[Item]


@dataclass(frozen=True, slots=True, kw_only=True)
class OldFault:
    """What is wrong, and in which file."""

    file: str
    fault: RowFault

    def text(self) -> str:
        """Say where and what; of the file nothing that is a learner's is quoted."""
        quoted = f" ({self.fault.value})" if self.fault.code in _QUOTED else ""
        return f"{self.file}: {self.fault.text()}{quoted}"


@dataclass(slots=True, kw_only=True)
class Group:
    """Credentials that are of one achievement of the hub.

    Attributes:
        old: How the other system describes it.
        names: What it is called there.
        issuers: Who had issued them.
        achievement: The newest version of it here, or the draft of a new one.
        rows: With numbers of their own if there are several files.
        places: The file and the row of each number.
        trial: What would become of them.
        picture: The image of a new achievement, drawn anew.
        picture_refused: Why there is none, though the other system has one in the file.
    """

    old: OldAchievement
    names: set[str]
    issuers: set[str]
    achievement: StoredAchievement
    is_new: bool
    rows: list[ReadRow] = field(default_factory=list, repr=False)
    places: dict[int, tuple[str, int]] = field(default_factory=dict, repr=False)
    trial: Trial | None = None
    picture: bytes | None = field(default=None, repr=False)
    picture_refused: str | None = None

    def place_of(self, row: int) -> str:
        """Say where a row came from."""
        file, own = self.places[row]
        return f"row {own} of {file}"

    @property
    def here(self) -> str:
        """Name the achievement of the hub, and say if it is called something else."""
        called = achievements.definition_of(self.achievement).name
        is_alike = import_matching.plain(called) in map(import_matching.plain, self.names)
        named = self.achievement.achievement_id
        return named if is_alike else f"{named} ({called})"


@dataclass(slots=True, kw_only=True)
class Plan:
    """What would become of an import.

    Attributes:
        groups: By the name of the old achievement.
        passed_over: How many are not taken over, and why.
        passed_rows: Each of them: its file, its row and the reason.
        unasked: How many are taken over that name a list of what stands. Lists are not asked.
        faults: With any of them nothing is made.
    """

    groups: tuple[Group, ...] = ()
    passed_over: Counter[Why] = field(default_factory=Counter)
    passed_rows: list[tuple[str, int, Why]] = field(default_factory=list)
    unasked: int = 0
    faults: list[OldFault] = field(default_factory=list)


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
    arranging = _Arranging(resources, matcher, own, made, issuers)
    arranging.has_several_files = len(read) > 1
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


class _Arranging:
    """Puts credentials to the achievements that they are of."""

    def __init__(
        self,
        resources: Resources,
        matcher: Matcher,
        own: OwnStandings,
        made: Plan,
        issuers: frozenset[str],
    ) -> None:
        self.groups: dict[str, Group] = {}
        self.has_several_files = False
        self._now = resources.clock()
        self._matcher = matcher
        self._own = own
        self._plan = made
        self._issuers = issuers
        self._known: dict[OldAchievement, Group | None] = {}
        self._count = 0

    def take(self, file: str, item: Item) -> None:
        if isinstance(item, RowFault):
            self._plan.faults.append(OldFault(file=file, fault=item))
        elif isinstance(item, PassedOver):
            self._pass_over(file, item.row, item.why)
        else:
            self._take(file, item)

    def _take(self, file: str, item: OldCredential) -> None:
        old = item.achievement
        if self._issuers and old.issuer not in self._issuers:
            self._pass_over(file, item.row.row, Why.OTHER_ISSUER)
            return
        if why := self._own.why_not(item):
            self._pass_over(file, item.row.row, why)
            return
        if old not in self._known:
            self._known[old] = self._group(file, item)
        group = self._known[old]
        if group is None:
            return
        row = self._with_end(item.row, group.achievement)
        if row.valid_until is not None and row.valid_until <= self._now:
            self._pass_over(file, item.row.row, Why.EXPIRED)
            return
        self._plan.unasked += item.has_status and not self._own.is_known(item)
        self._count += 1
        numbered = replace(row, row=self._count) if self.has_several_files else row
        group.rows.append(numbered)
        group.places[numbered.row] = (file, item.row.row)

    def _group(self, file: str, item: OldCredential) -> Group | None:
        """Find the group of an old achievement; none, and a fault, if it has none."""
        old = item.achievement
        try:
            group = self._found(old)
        except (RowRefusedError, InvalidClaimError) as error:
            fault = error.fault if isinstance(error, RowRefusedError) else _of_claim(error)
            placed = replace(fault, row=item.row.row)
            self._plan.faults.append(OldFault(file=file, fault=placed))
            return None
        group.names.add(old.name)
        if old.issuer is not None:
            group.issuers.add(old.issuer)
        return group

    def _found(self, old: OldAchievement) -> Group:
        found = self._matcher.match(old)
        name = f"new: {import_matching.plain(old.name)}" if found is None else found.achievement_id
        group = self.groups.get(name)
        if group is None:
            group = Group(
                old=old,
                names=set(),
                issuers=set(),
                achievement=found or self._matcher.draft(old),
                is_new=found is None,
            )
            self.groups[name] = group
        elif found is None:
            group.old = import_matching.together(group.old, old)
            group.achievement = self._matcher.draft(group.old)
        return group

    def _with_end(self, row: ReadRow, stored: StoredAchievement) -> ReadRow:
        validity = achievements.definition_of(stored).validity
        if validity is None or row.valid_until is not None or row.awarded_at is None:
            return row
        return replace(row, valid_until=validity.until(row.awarded_at))

    def _pass_over(self, file: str, row: int, why: Why) -> None:
        self._plan.passed_over[why] += 1
        self._plan.passed_rows.append((file, row, why))


def _of_claim(error: InvalidClaimError) -> RowFault:
    return RowFault(column=error.member, code=error.code, detail=error.message)


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
