"""A file of rows that can be read from its beginning more than once."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Generic, TypeVar

from credhub.documents.rows.choices import Choices, Form
from credhub.documents.rows.faults import Code
from credhub.documents.rows.outcome import ReadRow, Summary
from credhub.documents.rows.reader import Reader, RowReader, settled
from credhub.errors import RowFault

_Row = TypeVar("_Row")


class TableFile(Generic[_Row]):
    """Rows in a file, of which the last may tell how the dates of the first are meant."""

    def __init__(
        self, opened: Callable[[Choices], Reader[_Row]], choices: Choices | None = None
    ) -> None:
        """Begin to read.

        Args:
            opened: Begins to read the file from its beginning.
            choices: What the sender says about it.
        """
        self._opened = opened
        self._choices = choices or Choices()
        self._reader = opened(self._choices)

    def __iter__(self) -> Iterator[_Row | RowFault]:
        """Give each row, or what is wrong with it.

        At the first date that could be two days, the rest is looked through for one that settles
        the order; then the file is read again, from there.

        Raises:
            RowsError: The file cannot be read, or not any further.
        """
        self._reader = self._opened(self._choices)
        items = iter(self._reader)
        passed = 0
        for item in items:
            if isinstance(item, RowFault) and item.code == Code.DATE_AMBIGUOUS:
                break
            passed += 1
            yield item
        else:
            return
        for _ in items:
            pass
        self._reader = self._opened(settled(self._choices, self._reader.summary()))
        yield from islice(iter(self._reader), passed, None)

    def summary(self) -> Summary:
        """Say what was found so far: about the whole file once ``ended``."""
        return self._reader.summary()


class RowFile(TableFile[ReadRow]):
    """Learners in a file."""

    def __init__(
        self,
        open_chunks: Callable[[], Iterable[bytes]],
        form: Form,
        choices: Choices | None = None,
    ) -> None:
        """Begin to read.

        Args:
            open_chunks: Gives the bytes from the beginning, cut anywhere.
            form: How they are written.
            choices: What the sender says about them.
        """
        super().__init__(lambda said: RowReader(open_chunks(), form, said), choices)
