"""What an operator keeps in files, as the settings name them: the master key, policies, marks."""

import os
from pathlib import Path

from credhub.config import Settings
from credhub.errors import PolicyError
from credhub.keys.master import MasterKey
from credhub.ledger.policy import Policy
from credhub.services import witnessing
from credhub.store.disk_faults import MARK, AuditMark, Ending
from credhub.store.second_store.opening import file_of


def audit_mark(settings: Settings) -> AuditMark:
    """Find where a process that a failing disk ended says so, for the next start."""
    second = file_of(settings.second_store_url)
    beside = () if second is None else (second.with_name(f"{second.name}.{MARK}"),)
    return AuditMark((settings.data / MARK, *beside))


def ending(settings: Settings) -> Ending:
    """Make what ends this process when the disk fails under SQLite."""
    return Ending(audit_mark(settings), os._exit)


def master_key(settings: Settings, *, create: bool = True) -> MasterKey:
    """Find the master key, or make it at first start.

    Raises:
        KeyStoreError: It is weak, or its file is not safe.
    """
    if settings.master_key is not None:
        return MasterKey.from_text(settings.master_key.get_secret_value())
    return MasterKey.from_file(settings.master_key_file, create=create)


def read_witness_policy(settings: Settings) -> Policy:
    """Read which witnesses to ask; without a file there are none.

    Raises:
        PolicyError: There is no such file, it is not a policy, or names too many.
    """
    policy = read_policy(settings.witness_policy)
    try:
        witnessing.check_number(policy)
    except PolicyError as error:
        raise PolicyError(f"CREDHUB_WITNESS_POLICY: {settings.witness_policy}: {error}") from error
    return policy


def read_policy(path: Path | None) -> Policy:
    """Read a policy file; without one there are no logs and no witnesses.

    Raises:
        PolicyError: There is no such file, or it is not a policy.
    """
    if path is None:
        return Policy()
    try:
        return Policy.parse(path.read_bytes())
    except OSError as error:
        raise PolicyError(f"The policy {path} cannot be read.") from error
    except PolicyError as error:
        raise PolicyError(f"{path}: {error}") from error
