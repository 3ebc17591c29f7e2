"""The forms in which a credential is signed, by the names that the ledger knows them by."""

from enum import StrEnum
from typing import Final

from credhub.public_key import KeyType

VC: Final = "application/vc"


class Form(StrEnum):
    """One way of signing a credential: a cryptosuite, or a kind of token.

    The values are permanent: entries of ledgers hold them.
    """

    EDDSA_RDFC_2022 = "eddsa-rdfc-2022"
    EDDSA_JCS_2022 = "eddsa-jcs-2022"
    ECDSA_RDFC_2019 = "ecdsa-rdfc-2019"
    ECDSA_JCS_2019 = "ecdsa-jcs-2019"
    ECDSA_SD_2023 = "ecdsa-sd-2023"
    VC_JWT = "vc+jwt"
    VC_SD_JWT = "vc+sd-jwt"
    DC_SD_JWT = "dc+sd-jwt"

    @property
    def media_type(self) -> str:
        """What the signed bytes are, as HTTP says it."""
        return f"application/{self}" if self in TOKENS else VC

    @property
    def key_type(self) -> KeyType:
        """The kind of key that a hub signs this form with.

        Tokens are signed with ES256, which every JOSE library knows.
        """
        return KeyType.ED25519 if self in _EDDSA else KeyType.P256


TOKENS: Final = frozenset({Form.VC_JWT, Form.VC_SD_JWT, Form.DC_SD_JWT})
"""The forms that are text of JOSE; the others are JSON with a ``proof``."""

_EDDSA: Final = frozenset({Form.EDDSA_RDFC_2022, Form.EDDSA_JCS_2022})

DEFAULT: Final = Form.EDDSA_RDFC_2022
"""What every hub issues."""
