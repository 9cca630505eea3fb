"""What intake knows of works, in order to notify callers of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from services.chassis.database.work import Work
from services.contracts.complaint_events import WorksComplaintChanged
from services.intake.domain.works_news import KnownWorks, Of


class WorksBook(Protocol):
    def known(self, work: Work, of: Of, id: str) -> KnownWorks | None:
        """The newest known; None for what nothing is known of."""

    def keep(self, work: Work, of: Of, id: str, known: KnownWorks) -> bool:
        """Stores a disturbance or a defect; False, and nothing is stored, if this version or a newer one is known."""

    def keep_complaint(self, work: Work, complaint: WorksComplaintChanged) -> None:
        """The newest version counts."""

    def complaints_about(self, work: Work, project_ids: Collection[str]) -> set[str]:
        """The tickets that complain of the works of these projects."""

    def issues_of(self, work: Work, project_ids: Collection[str]) -> set[str]:
        """The hot issues that these projects are to cure, as far as they are known."""
