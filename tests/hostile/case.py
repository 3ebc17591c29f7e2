"""One named case of the corpus."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A file that must be refused with this code, and one like it that must be read.

    Attributes:
        threat: The threat that it belongs to, such as T39.
    """

    name: str
    threat: str
    hostile: bytes
    code: str
    twin: bytes
