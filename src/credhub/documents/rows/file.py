"""A file of rows that can be read from its beginning more than once."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from credhub.documents.rows.choices import Choices, Form
from credhub.documents.rows.faults import Code
from credhub.documents.rows.outcome import ReadRow, Summary
from credhub.documents.rows.reader import RowReader, settled
from credhub.errors import RowFault


class RowFile:
    """Rows in a file, of which the last may tell how the dates of the first are meant."""

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
        self._open_chunks = open_chunks
        self._form = form
        self._choices = choices or Choices()
        self._reader = self._opened(self._choices)

    def __iter__(self) -> Iterator[ReadRow | RowFault]:
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

    def _opened(self, choices: Choices) -> RowReader:
        return RowReader(self._open_chunks(), self._form, choices)
