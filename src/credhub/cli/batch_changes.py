"""``credhub batch revoke``, ``suspend``, ``lift``, ``reissue``, ``correct``: many at once."""

import sys
from typing import Final

import click

from credhub.cli import change_telling
from credhub.cli.batch_work import WORDS, faults_told, tell, tell_failures, work
from credhub.cli.change_options import Asked, asking
from credhub.cli.changes_meant import Meant, meant_by
from credhub.cli.session import chosen_hub, opened_runtime
from credhub.services.bulk import batches, change_receiving
from credhub.services.bulk.batches import BatchStanding
from credhub.services.bulk.change_receiving import ArrivingChanges
from credhub.services.idempotency import Once, key_of
from credhub.services.resources import Resources
from credhub.store.batches import BatchKind
from credhub.store.hubs import Hub


@click.command()
@asking(filtered=True, final="A revocation is final.")
def revoke(asked: Asked) -> None:
    """Revoke the credentials that FILE names, or that options find, for good.

    FILE is a list of addresses, codes or ids, a table with a column of them (.csv), what "credhub
    batch results" wrote, or JSON. All are checked first; with one fault nothing is changed. What
    is revoked already is left as it is. Interrupted, the same command goes on where it ended.
    """
    _change(BatchKind.REVOCATION, asked)


@click.command()
@asking(filtered=True, final=None)
def suspend(asked: Asked) -> None:
    """Put the credentials on hold that FILE names, or that options find.

    FILE is as for "credhub batch revoke". Their achievements must be marked as suspendable.
    """
    _change(BatchKind.SUSPENSION, asked)


@click.command()
@asking(filtered=True, final=None)
def lift(asked: Asked) -> None:
    """Lift the suspensions of the credentials that FILE names, or that options find.

    FILE is as for "credhub batch revoke".
    """
    _change(BatchKind.LIFT, asked)


@click.command()
@asking(filtered=True, final="Each is revoked for good, and replaced by a new one.")
def reissue(asked: Asked) -> None:
    """Replace credentials by new ones, by the newest version of their achievement.

    FILE is as for "credhub batch revoke". New ones claim what the old ones claim, which are
    revoked, and whose addresses lead to the new ones.
    """
    _change(BatchKind.REISSUE, asked)


@click.command()
@asking(filtered=False, final="Each is revoked for good, and replaced by a corrected one.")
def correct(asked: Asked) -> None:
    """Correct the credentials that FILE names: it says what they should have said.

    One column of FILE holds addresses, codes or ids; others the name, or the given and the family
    name, the day of the award, the end, the address of evidence, the result. What is blank, or is
    right already, stays as it is: the table may hold everybody. Old ones are revoked, and their
    addresses lead to the new ones.
    """
    _change(BatchKind.CORRECTION, asked)


COMMANDS: Final = (revoke, suspend, lift, reissue, correct)


def _change(kind: BatchKind, asked: Asked) -> None:
    with opened_runtime() as runtime:
        resources = runtime.resources
        hub = chosen_hub(resources, asked.slug)
        meant = meant_by(resources, hub, kind, asked)
        if asked.dry_run:
            found = change_receiving.try_out(
                resources, hub.number, kind, meant.rows, column_of=meant.column_of
            )
            change_telling.tell_trial(found, meant, asked.fault_path)
            sys.exit(1 if found.faults else 0)
        standing = work(resources, hub, _sent(resources, hub, kind, meant))
        tell_failures(resources, standing)
    change_telling.tell_passed_over(meant)
    tell(standing)
    sys.exit(0 if standing.state == "finished" and not standing.failed else 1)


def _sent(resources: Resources, hub: Hub, kind: BatchKind, meant: Meant) -> BatchStanding:
    """Take a batch in; what was interrupted is the batch that it was."""
    route = f"credhub batch {kind.value}"
    key = key_of(resources, hub.number, meant.identity)
    once = Once(resources, hub.number, route=route, key=key, body=meant.identity)
    arriving = ArrivingChanges(
        kind=kind, rows=meant.rows, actor=route, reading=meant.reading, column_of=meant.column_of
    )
    with faults_told(WORDS[kind].done, change_telling.fault_text):
        sent = change_receiving.receive(
            resources, hub.number, arriving, batches.in_turn(resources, once)
        )
    return batches.find(resources, hub.number, sent.batch_id)
