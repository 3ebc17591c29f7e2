"""Every cryptosuite that we know, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from credhub.proofs import ecdsa_jcs_2019, ecdsa_rdfc_2019, eddsa_jcs_2022, eddsa_rdfc_2022
from credhub.proofs.canonicalizer import Canonicalizer
from credhub.proofs.ecdsa_sd_2023.suite import VerifyingSuite
from credhub.proofs.suite import Suite


def suites(canonicalizer: Canonicalizer) -> Mapping[str, Suite]:
    """Make all cryptosuites with the canonicalizer that they use."""
    made: tuple[Suite, ...] = (
        eddsa_rdfc_2022.suite(canonicalizer),
        eddsa_jcs_2022.suite(),
        ecdsa_rdfc_2019.suite(canonicalizer),
        ecdsa_jcs_2019.suite(),
        VerifyingSuite(canonicalizer),
    )
    return MappingProxyType({suite.name: suite for suite in made})
