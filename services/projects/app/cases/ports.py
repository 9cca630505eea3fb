"""What the use cases of typical cases ask of the outside. Each call works inside the transaction of `work`."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple, Protocol

from services.chassis.database.work import Work
from services.projects.domain.cases.proposal import Standing
from services.projects.domain.cases.typical_case import TypicalCase


class HeldIssue(NamedTuple):
    """A hot issue that a case is made of."""

    id: str
    type_code: str
    lead: str
    estate: str
    sub_district: str | None


class CaseBook(Protocol):
    """Locks come after those of projects and issues, and before those of standards."""

    def lock_type(self, work: Work, type_code: str) -> TypicalCase | None:
        """The newest case of a type; nobody else looks at this type until the transaction ends."""

    def lock(self, work: Work, case_id: str) -> TypicalCase | None:
        """The case, and its type, as above."""

    def standing(self, work: Work, type_code: str) -> list[Standing]:
        """The hot issues of a type that are confirmed and not withdrawn, whatever was decided on them."""

    def issues(self, work: Work, ids: Collection[str]) -> list[HeldIssue]:
        """Those of these hot issues that there are, by their ids."""

    def tickets_of_type(self, work: Work, type_code: str, ids: Collection[str]) -> set[str]:
        """Those of these tickets that are of the type."""

    def of_pilot(self, work: Work, project_id: str) -> list[str]:
        """The ids of the cases whose pilot this project is, in order."""

    def save(self, work: Work, case: TypicalCase) -> None:
        """Stores the case."""
