"""A signed credential as a member of a JSON answer."""

import orjson

from credhub.jsontypes import JsonObject
from credhub.proofs.contexts import VC
from credhub.proofs.forms import TOKENS, Form


def written(form: Form, signed: bytes) -> orjson.Fragment | JsonObject:
    """Write a document as it was signed, or an envelope around a token.

    Source:
        W3C VCDM 2.0, section 4.13.2 (enveloped verifiable credentials).
    """
    if form not in TOKENS:
        return orjson.Fragment(signed)
    return {
        "@context": [VC],
        "id": f"data:{form.media_type},{signed.decode('ascii')}",
        "type": "EnvelopedVerifiableCredential",
    }
