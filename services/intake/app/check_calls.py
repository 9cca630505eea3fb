"""Removes calls that are no longer needed from the call list, where they may have waited for days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from services.chassis.database.work import Work
from services.intake.app.sending_ports import Addressees, StillTrue, Telling
from services.intake.domain.sending import NotSentCause

BATCH: Final = 100


class OpenCalls(Protocol):
    def lock_open(self, work: Work, after: str | None, most: int) -> Sequence[Telling]:
        """Messages that wait for a call, by their ids from the one after `after` on, locked."""

    def close(self, work: Work, telling: Telling, cause: str) -> None:
        """Nobody calls; the caller holds the lock."""


@dataclass(frozen=True, slots=True)
class CheckCalls:
    calls: OpenCalls
    still_true: StillTrue
    addressees: Addressees

    def __call__(self, work: Work, after: str | None) -> str | None:
        """Checks a batch; returns the last id, None when there are none left (see `Sweep`)."""
        found = self.calls.lock_open(work, after, BATCH)
        for telling in found:
            erased = self.addressees(work, telling) is None
            if cause := NotSentCause.ERASED if erased else self.still_true(work, telling):
                self.calls.close(work, telling, cause)
        return found[-1].id if len(found) == BATCH else None
