"""did:webvh: a web address, and the hash of the first version of what is published there."""

import re
from dataclasses import dataclass
from typing import Final

from credhub.dids import did_web
from credhub.errors import DidSyntaxError

PREFIX: Final = "did:webvh:"

_DID: Final = re.compile(r"did:webvh:(?P<scid>[1-9A-HJ-NP-Za-km-z]{46}):(?P<place>.+)")
_OF_DID_WEB: Final = "did.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebvhDid:
    """What a did:webvh says.

    Attributes:
        text: The identifier itself.
        scid: The hash that its first version must have.
        log_url: Where its versions are published.
        witness_url: Where those who watched them being made say so.
    """

    text: str
    scid: str
    log_url: str
    witness_url: str

    @classmethod
    def parse(cls, did: str) -> "WebvhDid":
        """Read an identifier. Its place is as strictly spelled as that of a did:web.

        Raises:
            DidSyntaxError: The text is not a did:webvh with a host name.

        Source:
            did:webvh 1.0, "Method-Specific Identifier" and "The DID to HTTPS Transformation".
        """
        match = _DID.fullmatch(did)
        if match is None:
            raise DidSyntaxError("The identifier is not a did:webvh.")
        folder = did_web.url_of(did_web.PREFIX + match["place"]).removesuffix(_OF_DID_WEB)
        return cls(
            text=did,
            scid=match["scid"],
            log_url=f"{folder}did.jsonl",
            witness_url=f"{folder}did-witness.json",
        )
