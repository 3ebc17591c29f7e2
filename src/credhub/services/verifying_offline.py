"""Verify files on a machine that asks nobody: bundles by a policy, and the rest by themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from credhub.credentials.schema import Schemas
from credhub.errors import CredentialTooLargeError, LinkOfflineError, OlderOpenBadgeError
from credhub.ledger.policy import Policy
from credhub.proofs.suite import Suite
from credhub.sandbox.pool import Sandbox
from credhub.services import uploads
from credhub.uploads import links
from credhub.uploads.found import MAX_CREDENTIAL, What
from credhub.uploads.sniffing import Kind, kind_of
from credhub.verification import alone, presented
from credhub.verification.bundle import is_bundle
from credhub.verification.known_issuers import KnownIssuers
from credhub.verification.offline import verify_bundle
from credhub.verification.presentation_report import PresentationReport
from credhub.verification.presentations import verify_presentation
from credhub.verification.report import Report
from credhub.verification.trust_list import TrustList
from credhub.verification.verify import refuse_unread, verify


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineVerifier:
    """Judges files at one moment.

    Attributes:
        policy: The ledgers and hubs that whoever asks has chosen to believe.
        suites: The cryptosuites that count, by name.
        schemas: The schemas that we know.
        sandbox: Where files are looked into.
        in_the_past: Whether the moment is another than the present.
        trust_lists: Issuers that count beside the policy, where a file proves its issuer's key by
            itself. Of a bundle the policy alone says whose keys are in it.
    """

    policy: Policy
    suites: Mapping[str, Suite]
    schemas: Schemas
    sandbox: Sandbox
    now: datetime
    in_the_past: bool
    trust_lists: Sequence[TrustList] = ()

    def verify_file(self, data: bytes) -> Report | PresentationReport:
        """Verify what a file holds.

        Only a bundle brings what it takes to believe it. Of anything else it is found out whether
        it is forged or has ended, where the identifier of its issuer holds the key.

        Raises:
            MalformedJsonError: It is a text, and neither a token, strict JSON nor an address.
            UploadRefusedError: It is of another kind, damaged, or holds anything but one
                credential.
            PresentationTooLargeError: It is a presentation of too many credentials.
        """
        if kind_of(data) is Kind.TEXT:
            return self._verify_text(data)
        found = uploads.found_in(self.sandbox, data)
        if found.what is What.ADDRESS:
            return refuse_unread(LinkOfflineError(), now=self.now)
        if found.what is What.OPEN_BADGES_2:
            return refuse_unread(OlderOpenBadgeError(), now=self.now)
        return uploads.as_carried(self._verify(found.text.encode()), found.carrier)

    def _verify_text(self, data: bytes) -> Report | PresentationReport:
        if links.address_in(data) is not None:
            return refuse_unread(LinkOfflineError(), now=self.now)
        return self._verify(data)

    def _verify(self, data: bytes) -> Report | PresentationReport:
        uploaded = uploads.read(data)
        if isinstance(uploaded, dict) and is_bundle(uploaded):
            return self._verify_bundle(data)
        if len(data) > MAX_CREDENTIAL:
            raise CredentialTooLargeError
        known = KnownIssuers(lists=self.trust_lists, now=self.now)
        context = alone.context(self.suites, self.schemas, known, in_the_past=self.in_the_past)
        if presented.says_it_is_one(uploaded):
            return verify_presentation(uploaded, context=context, now=self.now)
        return verify(uploaded, context=context, now=self.now)

    def _verify_bundle(self, data: bytes) -> Report:
        return verify_bundle(
            data,
            policy=self.policy,
            suites=self.suites,
            schemas=self.schemas,
            now=self.now,
            in_the_past=self.in_the_past,
        )
