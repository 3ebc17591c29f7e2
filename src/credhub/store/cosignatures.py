"""The lines with which witnesses cosigned checkpoints. A line that is there stays."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from credhub.errors import ConflictError
from credhub.store.hubs import HubNumber
from credhub.store.streaming import stream
from credhub.store.tables import ledger_checkpoint
from credhub.store.tables import ledger_cosignature as table

_OF_LOG: Final = (table.c.hub_id == bindparam("hub"), table.c.log == bindparam("log"))
_LINES: Final = (
    select(table.c.line)
    .where(*_OF_LOG, table.c.size == bindparam("size"))
    .order_by(table.c.witness)
)
_NEWEST_OF_EACH: Final = (
    select(table.c.witness, func.max(table.c.size)).where(*_OF_LOG).group_by(table.c.witness)
)
_WITH_NOTES: Final = (
    select(table.c.size, table.c.witness, table.c.line, ledger_checkpoint.c.note)
    .select_from(
        table.outerjoin(
            ledger_checkpoint,
            (ledger_checkpoint.c.hub_id == table.c.hub_id)
            & (ledger_checkpoint.c.log == table.c.log)
            & (ledger_checkpoint.c.size == table.c.size),
        )
    )
    .where(*_OF_LOG)
    .order_by(table.c.size, table.c.witness)
)
_SIZES: Final = select(table.c.size).distinct().where(*_OF_LOG).limit(bindparam("most"))
_SIZES_ABOVE: Final = _SIZES.where(table.c.size > bindparam("above")).order_by(table.c.size)
_NEWEST_SIZES: Final = _SIZES.order_by(table.c.size.desc())


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCosignature:
    """One line.

    Attributes:
        hub: Whose log it is about.
        log: The label of the log.
        size: The size of the tree.
        witness: The vkey of the witness.
        line: Its signature line, with the newline.
    """

    hub: HubNumber
    log: str
    size: int
    witness: str
    line: str


class CosignedRow(NamedTuple):
    """A line beside the checkpoint that it is about; no note where that is missing."""

    size: int
    witness: str
    line: str
    note: str | None


class Cosignatures:
    """The table ``ledger_cosignature``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, cosignature: StoredCosignature) -> None:
        """Record a line about a checkpoint that is recorded.

        Raises:
            ConflictError: There is one of this witness, or there is no such checkpoint.
        """
        values = {
            "hub_id": cosignature.hub,
            "log": cosignature.log,
            "size": cosignature.size,
            "witness": cosignature.witness,
            "line": cosignature.line,
        }
        try:
            self._connection.execute(insert(table), values)
        except IntegrityError as error:
            raise ConflictError(table.name) from error

    def with_notes(self, hub: HubNumber, log: str) -> Iterator[CosignedRow]:
        """Read every line with its checkpoint, by size."""
        rows = stream(self._connection, _WITH_NOTES, {"hub": hub, "log": log})
        return map(CosignedRow._make, rows)

    def lines(self, hub: HubNumber, log: str, size: int) -> tuple[str, ...]:
        """Read the lines about one checkpoint."""
        values = {"hub": hub, "log": log, "size": size}
        return tuple(self._connection.execute(_LINES, values).scalars())

    def newest_of_each(self, hub: HubNumber, log: str) -> Mapping[str, int]:
        """Tell the largest size that each witness cosigned, by its vkey."""
        rows = self._connection.execute(_NEWEST_OF_EACH, {"hub": hub, "log": log})
        return {str(witness): int(size) for witness, size in rows}

    def sizes_above(self, hub: HubNumber, log: str, above: int, *, most: int) -> Iterator[int]:
        """Give the smallest cosigned sizes above one."""
        values = {"hub": hub, "log": log, "above": above, "most": most}
        return iter(self._connection.execute(_SIZES_ABOVE, values).scalars().all())

    def newest_sizes(self, hub: HubNumber, log: str, *, most: int) -> Iterator[int]:
        """Give the largest cosigned sizes, the largest first."""
        values = {"hub": hub, "log": log, "most": most}
        return iter(self._connection.execute(_NEWEST_SIZES, values).scalars().all())
