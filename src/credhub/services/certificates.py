"""Certificates: the printed document of a credential, rendered in a worker process."""

from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources


def render(resources: Resources, opened: OpenedCredential) -> bytes:
    """TODO(#1): pending."""
    return b""
