"""The status lists of others: fetched, and remembered while they are fresh."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from credhub.errors import EgressError, NotCheckedNowError, StatusNotReachedError
from credhub.kept import Kept
from credhub.services.fetching import Errand

FRESH: Final = timedelta(minutes=5)
"""How long a list is not asked for again when it does not say."""

FRESH_AT_MOST: Final = timedelta(hours=1)
"""Likewise, whatever it says: as long may a revocation stay unseen."""

KEPT: Final = timedelta(days=1)
"""How long a list that has not ended counts while its address cannot be reached."""

FORGIVEN: Final = timedelta(seconds=30)
"""How long somebody who did not answer is left alone."""

_MOST: Final = 256

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Fetched(Generic[Value]):
    """A list that was judged, and how long it may be remembered.

    Attributes:
        ttl: How long it is fresh; ``None`` when it does not say.
        end: When it ends; likewise.
    """

    value: Value
    ttl: timedelta | None = None
    end: datetime | None = None


class ForeignLists:
    """Remembers lists while they are fresh. Safe between threads."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        """Prepare.

        Args:
            clock: Now, in UTC.
        """
        self._clock = clock
        self._fresh = Kept[str, object](_MOST)
        self._lasting = Kept[str, object](_MOST)
        # By what was asked for too: some answer only with the kind of list that they have, and
        # whoever names their address for another kind must not keep others from asking.
        self._unreached = Kept[tuple[str, str], bool](_MOST)

    def get(
        self,
        url: str,
        kind: type[Value],
        read: Callable[[bytes, datetime], Fetched[Value]],
        *,
        accept: str,
        errand: Errand,
    ) -> Value:
        """Give the list at an address, fetched or remembered.

        Args:
            url: The address.
            kind: What sort of list is wanted.
            read: Judges what was fetched, at a moment.
            accept: The media types of such lists.
            errand: Asks those who publish lists.

        Raises:
            StatusNotReachedError: The address does not answer, and nothing that lasts is known.
            OutcomeUnknownError: What it answers says nothing.
        """
        now = self._clock()
        known = self._fresh.get(url, now)
        if isinstance(known, kind):
            return known
        try:
            data = self._fetched(url, now, accept, errand)
        except StatusNotReachedError:
            lasting = self._lasting.get(url, now)
            if isinstance(lasting, kind):
                return lasting
            raise
        found = read(data, now)
        fresh = now + min(FRESH if found.ttl is None else found.ttl, FRESH_AT_MOST)
        if found.end is not None:
            fresh = min(fresh, found.end)
            self._lasting.keep(url, found.value, until=min(found.end, now + KEPT))
        self._fresh.keep(url, found.value, until=fresh)
        return found.value

    def _fetched(self, url: str, now: datetime, accept: str, errand: Errand) -> bytes:
        if self._unreached.get((url, accept), now):
            raise StatusNotReachedError
        try:
            return errand.get(url, accept=accept)
        except EgressError as error:
            self._unreached.keep((url, accept), value=True, until=now + FORGIVEN)
            raise StatusNotReachedError from error
        except NotCheckedNowError as error:
            raise StatusNotReachedError from error
