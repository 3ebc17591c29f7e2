"""``credhub verify --offline``: a bundle, a policy, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from credhub import instants
from credhub.cli.verify_outcome import AnyReport, Verify
from credhub.errors import MalformedInstantError, PolicyError
from credhub.ledger.policy import MAX_LENGTH, Policy
from credhub.runtime_offline import open_offline
from credhub.services.trust import trust_files
from credhub.services.verifying_offline import OfflineVerifier


class Moment(click.ParamType[datetime]):
    """A moment as RFC 3339 writes it."""

    name = "time"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read it, or say that it is none."""
        try:
            return instants.parse(value)
        except MalformedInstantError:
            self.fail("must be a time such as 2026-11-22T15:04:05Z", param, ctx)


class PolicyFile(click.ParamType[Policy]):
    """A C2SP tlog-policy in a file."""

    name = "file"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> Policy:
        """Read the file, or say what is wrong with it."""
        try:
            return Policy.parse(_read(Path(value), MAX_LENGTH))
        except OSError as error:
            self.fail(f"{value} cannot be read: {error.strerror}.", param, ctx)
        except PolicyError as error:
            self.fail(f"{value} is not a policy. {error}", param, ctx)


@contextmanager
def verifying_offline(
    policy: Policy, *, trust: Path | None, as_of: datetime | None
) -> Iterator[Verify]:
    """Judge files by a policy and lists of issuers, now or at a moment in the past."""
    trust_lists = trust_files.read(trust)
    with open_offline() as offline:

        def verify_one(data: bytes) -> AnyReport:
            return OfflineVerifier(
                policy=policy,
                suites=offline.suites,
                schemas=offline.schemas,
                sandbox=offline.sandbox,
                now=as_of or offline.clock(),
                in_the_past=as_of is not None,
                trust_lists=trust_lists,
            ).verify_file(data)

        yield verify_one


def _read(file: Path, longest: int) -> bytes:
    # One byte more than is allowed tells that it is too long.
    with file.open("rb") as opened:
        return opened.read(longest + 1)
