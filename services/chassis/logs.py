"""Logs: one JSON object a line on stderr, from our code and the libraries alike, without telephone numbers.
Of an exception it says where and what kind, never what it quotes.

What a line belongs to (event id, topic, partition, offset, ticket id, traceparent) is bound by the code that
handles it: `with structlog.contextvars.bound_contextvars(event_id=…):`. Start uvicorn with `log_config=None`.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from services.chassis.messaging.errors import cause_of

QUIET: dict[str, int] = {
    "aiokafka": logging.WARNING,
    "asyncio": logging.WARNING,
    "faust": logging.WARNING,
    "httpx": logging.WARNING,
    "kafka": logging.WARNING,
    "mode": logging.WARNING,
    "uvicorn": logging.WARNING,
    "uvicorn.access": logging.CRITICAL,  # the metrics count requests, and a path could hold what a caller typed
}
"""Lowest level shown, for libraries that log too much."""

REPEATING = ("aiokafka", "kafka")
REPEAT_AFTER_S = 10.0
"""A broker that is away or refuses us makes these libraries log each try, some in a second. Each place in their code
speaks once in this time, so that our own line, which says the cause, is seen."""

_PERSONAL = re.compile(
    r"""
    (?P<kept>\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b)    # a UUID may look like anything
    | (?<![0-9A-Za-z])(?:
        (?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}       # mobile
      | (?:(?:\+|00)?86[ -]?)?\(?0?[1-9]\d{1,2}\)?[ -]\d{3,4}[ -]?\d{4}   # landline, area code set apart
      | 0[1-9]\d{1,2}\d{7,8}                                     # landline, area code run on
      | [356]\d{3}[ -]?\d{4}                                     # landline of Shanghai
      | \d{17}[\dXx]                                             # resident identity number
    )(?![0-9A-Za-z])
    """,
    re.VERBOSE | re.ASCII,
)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９－＋（）", "0123456789-+()")
MASK = "***"


def configure(service: str, instance: str, level: str = "info") -> None:
    """Sets up logging for the process; may be called again. `level` is a name of `logging`'s, any case."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
    ]

    def origin(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {"service": service, "instance": instance, **event}

    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _say_exception,
                origin,
                _mask_all,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    handler.addFilter(_once_in_a_while(time.monotonic))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name, lowest in QUIET.items():
        logging.getLogger(name).setLevel(lowest)


def _once_in_a_while(monotonic: Callable[[], float]) -> Callable[[logging.LogRecord], bool]:
    last: dict[tuple[str, int], float] = {}

    def passes(record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] not in REPEATING:
            return True
        place, now = (record.name, record.lineno), monotonic()
        if now - last.get(place, float("-inf")) < REPEAT_AFTER_S:
            return False
        last[place] = now
        return True

    return passes


def mask(text: str) -> str:
    """`text` with everything that looks like a telephone or identity number replaced. UUIDs stay."""
    return _PERSONAL.sub(lambda match: match["kept"] or MASK, text.translate(_FULL_WIDTH))


def _say_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Where it was raised, and its cause without what it quotes: an error's own text has people in it."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else sys.exc_info()[1]
    if given and error is not None:
        event["exception"] = "\n".join(_trace(error))
    return event


def _trace(error: BaseException) -> list[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    frames = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    return [
        *([*_trace(before), "which led to"] if before else []),
        "Traceback (most recent call last):",
        *([frames] if frames else []),
        cause_of(error),
    ]


def _mask_all(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: _masked(value) for key, value in event.items()}


def _masked(value: Any) -> Any:
    """`value` as JSON can hold it, masked; other types are shown by their `repr`."""
    if isinstance(value, bool | float | None):
        return value
    if isinstance(value, int):
        return value if mask(str(value)) == str(value) else MASK
    if isinstance(value, dict):
        return {mask(str(key)): _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(item) for item in value]
    text = value if isinstance(value, str) else repr(value)
    return mask(text.encode("utf-8", "backslashreplace").decode())
