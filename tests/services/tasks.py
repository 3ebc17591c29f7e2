"""What the workers of these tests run."""

from credhub.errors import CertificateNotMadeError


def refuse_a_certificate(_: bytes) -> bytes:
    raise CertificateNotMadeError
