"""Whether a credential stood when it was exported, in the words that systems have for it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from credhub.documents.imports.faults import ImportCode, credential_refused
from credhub.documents.imports.outcome import Why
from credhub.documents.rows.folding import fold

_STATES: Final[Mapping[Why | None, str]] = MappingProxyType(
    {
        # A badge that is pending was issued; only its learner has not looked at it yet.
        None: "accepted pending issued active valid published awarded complete completed claimed"
        " passed sent delivered current approved",
        Why.REVOKED: "revoked cancelled canceled withdrawn replaced superseded suspended",
        Why.REJECTED: "rejected declined",
        Why.EXPIRED: "expired",
        Why.NOT_ISSUED: "draft unpublished scheduled failed notissued unissued error",
        Why.NOT_COMPLETED: "incomplete inprogress notcompleted notstarted enrolled",
    }
)
_WORDS: Final = {word: why for why, words in _STATES.items() for word in words.split()}
_YES: Final = frozenset({"true", "yes", "y", "1", "revoked", "expired"})
_NO: Final = frozenset({"", "false", "no", "n", "0"})


def why_not(text: str) -> Why | None:
    """Say why a credential in this state is not taken over; none if it stands.

    Raises:
        RowRefusedError: Nobody knows the word.
    """
    folded = fold(text)
    if folded and folded not in _WORDS:
        raise credential_refused(ImportCode.STATE_UNKNOWN, value=text)
    return _WORDS.get(folded)


def says_yes(text: str) -> bool:
    """Read a column that says yes or no.

    Raises:
        RowRefusedError: It says neither.
    """
    folded = fold(text)
    if folded not in _YES | _NO:
        raise credential_refused(ImportCode.STATE_UNKNOWN, value=text)
    return folded in _YES
