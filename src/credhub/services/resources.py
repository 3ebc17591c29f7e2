"""What services work with: made once per process by ``runtime``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from credhub.credentials.code import RANDOM_BYTES, PublicCode
from credhub.credentials.schema import Schemas
from credhub.egress.client import Egress
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.policy import Policy
from credhub.proofs.forms import DEFAULT
from credhub.proofs.shaped import ShapedCanonicalizer
from credhub.proofs.suite import Suite
from credhub.recent import Recent
from credhub.sandbox.pool import Sandbox
from credhub.services.cosigning import Cosigner
from credhub.services.fetching import Fetcher
from credhub.services.foreign_dids import ForeignDids
from credhub.services.foreign_lists import ForeignLists
from credhub.services.keyring import Keyring
from credhub.services.unmet_quorums import UnmetQuorums
from credhub.store.hubs import HubNumber
from credhub.store.second_store.protocol import SecondStore
from credhub.store.sequencer import Sequencer
from credhub.store.store import Store
from credhub.verification.trust_list import TrustList

Clock = Callable[[], datetime]
Randomness = Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """Everything that a service may use.

    Attributes:
        store: The database.
        second_store: The last checkpoints, outside the database.
        sequencer: The only writer of ledgered changes.
        keyring: The private keys of the hubs.
        suites: Every cryptosuite by name, in this process, for what we make ourselves.
        guarded_suites: The same in a worker process with limits, for what strangers send.
        shapes: What the credentials of an achievement share, for the suites of our own.
        schemas: The JSON Schemas that we publish.
        sandbox: Worker processes.
        witness_policy: The witnesses that we ask, and what is a quorum of them.
        checkpoints: Those of ours that were verified a moment ago, by vkey and note.
        unmet_quorums: Checkpoints that a quorum had not seen a moment ago.
        cosigner: This service as a witness of others.
        trust_lists: The operator's lists of issuers, in the order in which they count.
        fetcher: Asks strangers for what they publish.
        receivers: Sends to the webhooks of hubs.
        foreign_dids: The DID documents of strangers.
        foreign_lists: The status lists of strangers.
        new_key_wait: How long a new key of a hub is published before it signs.
        batch_results_kept: How long the results of rows that gave nothing new are kept.
        clock: Now, in UTC.
        random: That many bytes from a secure source.
    """

    store: Store
    second_store: SecondStore
    sequencer: Sequencer
    keyring: Keyring
    suites: Mapping[str, Suite]
    guarded_suites: Mapping[str, Suite]
    shapes: ShapedCanonicalizer
    schemas: Schemas
    sandbox: Sandbox
    witness_policy: Policy
    checkpoints: Recent[tuple[str, str], Checkpoint]
    unmet_quorums: UnmetQuorums
    cosigner: Cosigner
    trust_lists: tuple[TrustList, ...]
    fetcher: Fetcher
    receivers: Egress
    foreign_dids: ForeignDids
    foreign_lists: ForeignLists
    new_key_wait: timedelta
    batch_results_kept: timedelta
    clock: Clock
    random: Randomness

    @property
    def suite(self) -> Suite:
        """The cryptosuite of our own documents, in this process."""
        return self.suites[DEFAULT]

    def new_code(self, hub: HubNumber) -> str:
        """Make an unguessable public code."""
        return PublicCode.make(hub, self.random(RANDOM_BYTES)).text

    def new_id(self) -> str:
        """Make an internal id that sorts by time.

        Source:
            RFC 9562, section 5.7 (UUID version 7).
        """
        milliseconds = int(self.clock().timestamp() * 1000)
        random = int.from_bytes(self.random(10), "big")
        value = (milliseconds & (2**48 - 1)) << 80 | random
        value = value & ~(0xF << 76) | 0x7 << 76
        value = value & ~(0x3 << 62) | 0x2 << 62
        return str(UUID(int=value))
