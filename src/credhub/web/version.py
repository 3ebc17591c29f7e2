"""The version of this software, from its package."""

from importlib.metadata import version
from typing import Final

VERSION: Final = version("credhub")
