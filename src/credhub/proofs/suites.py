"""Every cryptosuite that we know, by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from credhub.proofs import (
    ecdsa_jcs_2019,
    ecdsa_rdfc_2019,
    ed25519_signature_2020,
    eddsa_jcs_2022,
    eddsa_rdfc_2022,
)
from credhub.proofs.canonicalizer import Canonicalizer
from credhub.proofs.ecdsa_sd_2023.grouping import Grouping
from credhub.proofs.ecdsa_sd_2023.suite import IssuingSuite, VerifyingSuite
from credhub.proofs.suite import Suite


def suites(canonicalizer: Canonicalizer) -> Mapping[str, Suite]:
    """Make all cryptosuites, for whoever checks what others signed or show.

    Args:
        canonicalizer: What those over canonical N-Quads use.
    """
    made: tuple[Suite, ...] = (
        eddsa_rdfc_2022.suite(canonicalizer),
        eddsa_jcs_2022.suite(),
        ecdsa_rdfc_2019.suite(canonicalizer),
        ecdsa_jcs_2019.suite(),
        ed25519_signature_2020.suite(canonicalizer),
        VerifyingSuite(canonicalizer),
    )
    return MappingProxyType({suite.name: suite for suite in made})


def issuing_suites(
    canonicalizer: Canonicalizer, grouping: Grouping, *, random: Callable[[int], bytes]
) -> Mapping[str, Suite]:
    """Make all cryptosuites, for whoever signs, and keeps what was signed.

    Args:
        canonicalizer: What those over canonical N-Quads use.
        grouping: Divides documents for the one of which parts can be shown.
        random: Gives as many random bytes as it is asked for.
    """
    selective = IssuingSuite(canonicalizer, grouping, random=random)
    return MappingProxyType({**suites(canonicalizer), selective.name: selective})
