"""What the use cases of standards ask of the outside. Each call works inside the transaction of `work`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from services.chassis.database.work import Work
from services.projects.domain.standards.clause_checks import StandardCheck
from services.projects.domain.standards.opinions import StandardOpinion
from services.projects.domain.standards.rollout import Rollout
from services.projects.domain.standards.standard import Standard


class StandardBook(Protocol):
    """Locks come after those of cases, save for a draft that is dropped: who holds a case waits for no draft."""

    def lock(self, work: Work, standard_id: str) -> Standard | None:
        """With all its versions. Nobody else changes it, its opinions, roll-out or checks meanwhile."""

    def save(self, work: Work, standard: Standard) -> None:
        """Stores the standard and all its versions."""

    def stands(self, work: Work, standard_id: str) -> bool:
        """Whether a version of it was issued, and it is not retired."""

    def issued_on(self, work: Work, types: Collection[str]) -> list[Standard]:
        """Those that were issued for any of these types, retired ones, too. Nobody else issues meanwhile."""

    def lock_menu(self, work: Work) -> Mapping[str, int]:
        """The highest version that an issued standard gave each row of the menu. Nobody else issues meanwhile."""

    def opinions(self, work: Work, standard_id: str) -> list[StandardOpinion]:
        """The oldest first."""

    def save_opinion(self, work: Work, standard_id: str, opinion: StandardOpinion) -> bool:
        """False, and nothing is stored, where the id is another standard's opinion."""

    def rollouts(self, work: Work, standard_id: str) -> list[Rollout]:
        """By sub-district."""

    def save_rollouts(self, work: Work, rollouts: Sequence[Rollout]) -> None: ...

    def checks(self, work: Work, standard_id: str) -> list[tuple[StandardCheck, int, bool]]:
        """Each with its version, and whether its finding is overdue."""

    def save_check(
        self, work: Work, standard_id: str, check: StandardCheck, version: int = 1, overdue: bool = False
    ) -> bool:
        """False, and nothing is stored, where the id is another standard's check."""
