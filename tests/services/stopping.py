"""What stops in the middle of something, as a process that ends does."""

from credhub.errors import SequencerClosedError
from credhub.store.sequencer import Sequencer
from credhub.store.unit import Placement, Unit


class Stopping:
    """A sequencer that stops for good when it is given what begins a log."""

    def __init__(self, sequencer: Sequencer) -> None:
        self._sequencer = sequencer

    def check_can_record(self) -> None:
        self._sequencer.check_can_record()

    def submit(self, unit: Unit) -> Placement:
        if unit.begins_log is not None:
            raise SequencerClosedError
        return self._sequencer.submit(unit)
