"""Derive what a holder shows to others from what an issuer gave, for whoever asks."""

from collections.abc import Collection

from credhub.errors import CanonicalizationError, NotJsonLdError
from credhub.jsontypes import JsonObject
from credhub.proofs.ecdsa_sd_2023 import derived
from credhub.sandbox.pool import Sandbox
from credhub.services.guarded import GuardedGrouping


def derive(sandbox: Sandbox, document: JsonObject, pointers: Collection[str]) -> JsonObject:
    """Derive a part of a document; what it costs is spent in a worker process with limits.

    Args:
        sandbox: Where the worker is.
        document: A document with an ecdsa-sd-2023 base proof.
        pointers: What is shown beside what is mandatory.

    Raises:
        PointerError: A pointer leads nowhere, or nothing would be shown.
        VerificationError: The document has no base proof, is not JSON-LD or takes too long.
    """
    try:
        return derived.derive(document, pointers, grouping=GuardedGrouping(sandbox))
    except CanonicalizationError as error:
        raise NotJsonLdError("The document is not JSON-LD.") from error
