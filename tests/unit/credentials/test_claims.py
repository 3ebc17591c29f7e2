import sys
import unicodedata

import pytest

from credhub.credentials.claims import check_text
from credhub.errors import InvalidClaimError

REFUSED = {"Cc", "Cs", "Co", "Zl", "Zp"}
TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}


def test_every_character_is_let_pass_or_refused_for_what_it_is() -> None:
    refused = {
        point
        for point in range(sys.maxunicode + 1)
        if unicodedata.category(chr(point)) in REFUSED or point in TURNING
    } - {0x09, 0x0A}
    passed = "".join(map(chr, sorted({*range(sys.maxunicode + 1)} - refused)))

    check_text("x", passed, limit=sys.maxunicode)
    # One of each run is enough: planes of private characters are long.
    for point in (point for point in refused if point - 1 not in refused or point < 0x3000):
        with pytest.raises(InvalidClaimError, match=f"U\\+{point:04X}"):
            check_text("x", f"a{chr(point)}b")
