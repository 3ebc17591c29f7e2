"""Derive what a holder shows to others from what an issuer gave, for whoever asks."""

from collections.abc import Collection

from credhub.errors import CanonicalizationError, NotJsonLdError
from credhub.jsontypes import JsonObject, canonical, parse_object
from credhub.proofs.ecdsa_sd_2023.suite import IssuingSuite
from credhub.proofs.forms import Form
from credhub.services.guarded import GuardedCanonicalizer, GuardedGrouping
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources


def selective_suite(resources: Resources) -> IssuingSuite:
    """Make the cryptosuite for what clients send; what it costs is spent in a worker process."""
    sandbox = resources.sandbox
    return IssuingSuite(
        GuardedCanonicalizer(sandbox), GuardedGrouping(sandbox), random=resources.random
    )


def derive(document: JsonObject, pointers: Collection[str], suite: IssuingSuite) -> JsonObject:
    """Derive a part of a document.

    Args:
        document: A document with an ecdsa-sd-2023 base proof.
        pointers: What is shown beside what is mandatory.
        suite: What divides documents.

    Raises:
        PointerError: A pointer leads nowhere, or nothing would be shown.
        VerificationError: The document has no base proof, is not JSON-LD or takes too long.
    """
    try:
        return suite.derive(document, pointers)
    except CanonicalizationError as error:
        raise NotJsonLdError("The document is not JSON-LD.") from error


def presented(resources: Resources, opened: OpenedCredential) -> bytes:
    """Give what verifiers can be shown of a credential of ours: all of it, in its form."""
    if opened.form.form != Form.ECDSA_SD_2023:
        return opened.signed
    document = parse_object(opened.signed)
    members = [f"/{name}" for name in document if name not in ("@context", "proof")]
    return canonical(derive(document, members, selective_suite(resources)))
