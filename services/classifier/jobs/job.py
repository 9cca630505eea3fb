"""What every job of the classifier shares: how it fails and how it reports progress."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager


class JobFailed(Exception):
    """The job cannot be done. The message says what is wrong and what to do about it."""


ShowSteps = Callable[[str, int], AbstractContextManager[Callable[[], None]]]
"""Shows the progress of so many steps under a title; yields what is to be called after each step."""
