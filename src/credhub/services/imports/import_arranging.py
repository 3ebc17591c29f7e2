"""Put old credentials to the achievements of the hub that they are of."""

from dataclasses import replace

from credhub.documents.imports.csv_export import Item
from credhub.documents.imports.outcome import OldAchievement, OldCredential, PassedOver, Why
from credhub.documents.rows.outcome import ReadRow
from credhub.errors import InvalidClaimError, RowFault, RowRefusedError
from credhub.services import achievements
from credhub.services.imports import import_matching
from credhub.services.imports.import_matching import Matcher
from credhub.services.imports.import_plan import Group, OldFault, Plan
from credhub.services.imports.import_standings import OwnStandings
from credhub.services.resources import Resources
from credhub.store.achievements import StoredAchievement


class Arranging:
    """Puts credentials to the achievements that they are of.

    Args:
        resources: What services work with.
        matcher: Finds the achievement of the hub.
        own: What became of those that are our own.
        made: Is told what is passed over, and what is wrong.
        issuers: Whose credentials are taken over; of all of them if there are none.
        has_several_files: Rows get numbers of their own then.

    Attributes:
        groups: What was found, by the achievement.
    """

    def __init__(  # noqa: PLR0913 - everything that decides about one credential
        self,
        resources: Resources,
        matcher: Matcher,
        own: OwnStandings,
        made: Plan,
        issuers: frozenset[str],
        *,
        has_several_files: bool,
    ) -> None:
        self.groups: dict[str, Group] = {}
        self._has_several_files = has_several_files
        self._now = resources.clock()
        self._matcher = matcher
        self._own = own
        self._plan = made
        self._issuers = issuers
        self._known: dict[OldAchievement, Group | None] = {}
        self._count = 0

    def take(self, file: str, item: Item) -> None:
        """Take what was read next, of the file of this name."""
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
        numbered = replace(row, row=self._count) if self._has_several_files else row
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
