"""What judging effects needs from the outside. Each call works inside the transaction of `work` and changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from services.chassis.database.work import Work
from services.projects.domain.effect.controls import RegisteredKind, Treated
from services.projects.domain.effect.panel import Callers
from services.projects.domain.months import Month


class CallerBook(Protocol):
    def callers(
        self, work: Work, types: Collection[str], begin: Month, end: Month, among: Collection[str] | None = None
    ) -> Mapping[str, Callers]:
        """Distinct callers of valid complaints of these types, by estate and month; anonymous calls have none.

        `among`: of these estates alone.
        """

    def of_matters(self, work: Work, matters: Collection[str], begin: Month, end: Month) -> Mapping[str, Callers]:
        """The same of matters, which stand for places without a registered estate."""

    def register(self, work: Work) -> Mapping[str, RegisteredKind]:
        """All estates of the register."""

    def treated(self, work: Work, types: Collection[str]) -> list[Treated]:
        """Works of any kind, and what else was done against these types, with the months in which it was."""
