"""Whether a process is busy: its loops rest longer while nothing happens and wake as soon as something does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

QUIET_AFTER_S = 2.0


class Activity:
    """Shared by the loops of one process. Thread-safe.

    `stir` is called for each request and each batch of records: from then on the process counts as busy for
    `QUIET_AFTER_S`, and resting loops wake up.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._stirred_at = monotonic()
        self._resting = 0
        self._wake = threading.Condition()

    def stir(self) -> None:
        self._stirred_at = self._monotonic()
        if self._resting:
            with self._wake:
                self._wake.notify_all()

    @property
    def quiet(self) -> bool:
        """Nothing has happened for `QUIET_AFTER_S`."""
        return self._monotonic() - self._stirred_at > QUIET_AFTER_S

    def hurry(self) -> None:
        """Ends every pause and rest: somebody waits for what comes after it."""
        with self._wake:
            self._wake.notify_all()

    def pause(self, seconds: float) -> None:
        """Returns after `seconds`, or earlier; not when the process is to end, so pause briefly."""
        with self._wake:
            self._wake.wait(seconds)

    def rest(self, seconds: float) -> None:
        """Returns after `seconds`, or as soon as something happens; not when the process is to end, so rest briefly."""
        with self._wake:
            self._resting += 1
            try:
                if self.quiet:
                    self._wake.wait(seconds)
            finally:
                self._resting -= 1
