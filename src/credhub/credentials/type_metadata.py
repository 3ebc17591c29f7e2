"""What wallets may know of the credentials of an achievement: the Type Metadata of an SD-JWT VC."""

from typing import Final

from credhub.credentials.achievement import Achievement
from credhub.credentials.sd_jwt_claims import SUBJECT
from credhub.jsontypes import JsonObject

_LOCALE: Final = "en"
"""The language of a definition that does not say its own."""


def of(achievement: Achievement) -> JsonObject:
    """Describe the credentials of an achievement whose ``vct`` is its address.

    Of the claims those are listed that every one of them has.

    Source:
        draft-ietf-oauth-sd-jwt-vc, section 5.2 (Type Metadata Format).
    """
    display: JsonObject = {
        "locale": achievement.in_language or _LOCALE,
        "name": achievement.name,
        "description": achievement.description,
    }
    if achievement.image is not None and achievement.image.startswith("https://"):
        logo: JsonObject = {"uri": achievement.image, "alt_text": achievement.name}
        display["rendering"] = {"simple": {"logo": logo}}
    return {
        "vct": achievement.id,
        "name": achievement.name,
        "description": achievement.description,
        "display": [display],
        "claims": [
            {"path": [SUBJECT, "achievement"], "mandatory": True, "sd": "never"},
            {"path": [SUBJECT, "name"], "mandatory": True, "sd": "always"},
        ],
    }
