"""Scores as other systems export them: with a point or a comma, and perhaps as percentages."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from credhub.documents.imports.faults import ImportCode, credential_refused

# In some places 1,000 is a thousand and 1.000 is one; in others it is the other way round.
_ONE_OR_A_THOUSAND: Final = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}(?![0-9])")


def number(text: str) -> Decimal:
    """Read a score.

    Raises:
        RowRefusedError: It is no number, or could be two.
    """
    plain = text.removesuffix("%").strip()
    try:
        found = Decimal(plain.replace(",", "."))
    except InvalidOperation as error:
        raise credential_refused(ImportCode.SCORE_MALFORMED, value=text) from error
    if not found.is_finite() or _ONE_OR_A_THOUSAND.match(plain):
        raise credential_refused(ImportCode.SCORE_MALFORMED, value=text)
    return found
