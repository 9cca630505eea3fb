"""Where visits before a warranty ends are kept. A call works inside the transaction of `work`, whose project is
locked."""

from __future__ import annotations

from typing import Protocol

from services.chassis.database.work import Work
from services.contracts.visit_events import WorksWarrantyVisited
from services.projects.domain.works.visits import RoundKey, VisitRound


class VisitBook(Protocol):
    def round(self, work: Work, key: RoundKey) -> VisitRound:
        """An empty one where nobody was there yet."""

    def save(self, work: Work, event: WorksWarrantyVisited) -> None:
        """As in its event, in place of the one before."""
