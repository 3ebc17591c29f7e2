"""Logging: one JSON line per event on standard error, of members that hold nobody's data.

Our own events have constant names, and members from one list. Of what libraries say, the text is
kept and the values that they put into it are not, because they may be anything that was sent to us;
of an exception the kind and the places are kept, and not its message.
"""

import logging
import sys
import traceback
from types import TracebackType
from typing import TYPE_CHECKING, Final

import structlog
from structlog.stdlib import ProcessorFormatter

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

MEMBERS: Final = frozenset(
    {
        *("event", "level", "timestamp", "logger"),
        *("request_id", "method", "route", "status", "milliseconds"),
        *("error", "code", "frames"),
        *("address", "batch", "endpoint", "hub", "list", "log", "rows", "size", "witness"),
    }
)
"""Every member that a line may have."""

MAX_FRAMES: Final = 12

_NOTHING: Final = (None, None, None)


def configure(level: str) -> None:
    """Set up logging for the process: our own events, and the warnings of libraries."""
    shared: tuple[Processor, ...] = (
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        fault,
        only_members,
    )
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(
            processors=[
                structlog.stdlib.add_logger_name,
                ProcessorFormatter.remove_processors_meta,
                *shared,
                structlog.processors.JSONRenderer(),
            ],
            use_get_message=False,  # The text alone: what would be put into it may be anybody's.
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)


def only_members(_logger: "WrappedLogger", _method: str, event: "EventDict") -> "EventDict":
    """Leave out of a line whatever is not on the list."""
    return {name: value for name, value in event.items() if name in MEMBERS}


def fault(_logger: "WrappedLogger", _method: str, event: "EventDict") -> "EventDict":
    """Say the kind of an exception and where it came from, without its message."""
    given = event.pop("exc_info", None)
    kind, _, trace = given if isinstance(given, tuple) else sys.exc_info() if given else _NOTHING
    if kind is not None:
        event["error"], event["frames"] = kind.__name__, _places(trace)
    return event


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-MAX_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
