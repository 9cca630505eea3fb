"""Waiting for a condition instead of sleeping."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def eventually(condition: Callable[[], Value], within: float, every: float = 0.05, what: str = "") -> Value:
    """Returns the first truthy value of `condition`; fails after `within` seconds, naming the last value.

    An AssertionError inside counts as "not yet", so a condition may assert; any other error is the test's own.
    """
    deadline = time.monotonic() + within
    last: object = None
    while True:
        try:
            if value := condition():
                return value
            last = value
        except AssertionError as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"{what or 'the condition'} did not come within {within} s; last seen: {last!r}")
        time.sleep(every)
