"""What the use cases of needs ask of the outside. Each call works inside the transaction of `work`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from services.chassis.database.work import Work
from services.contracts.need_events import NeedsSurveyed, NeedsSurveyWithdrawn
from services.contracts.ticket_events import Place
from services.projects.app.own_ids import Named
from services.projects.domain.needs import Need
from services.projects.domain.surveys import NeedsSurvey


class NeedKey(NamedTuple):
    estate: str
    element: str | None


class NeedBook(Protocol):
    """Needs of one estate are changed by one transaction at a time. Locks come after those of projects and issues."""

    def named_by(self, work: Work, id: str) -> Named | None:
        """What has this id by now; nobody else takes it until the transaction ends."""

    def asked_by(self, work: Work, ref: str) -> list[Need]:
        """The needs that have this id among their sources."""

    def newest(self, work: Work, estates: Collection[str]) -> dict[NeedKey, Need]:
        """The need of the highest ordinal of each element, of these estates, which are locked in one order."""

    def lock(self, work: Work, need_ids: Collection[str]) -> dict[str, Need]:
        """Those of them that exist, by id; their estates are locked."""

    def of_project(self, work: Work, project_id: str) -> list[Need]:
        """The needs that a project is to meet, locked."""

    def save(self, work: Work, needs: Sequence[Need]) -> None:
        """Stores needs, new and changed."""

    def places(self, work: Work, estates: Collection[str]) -> Mapping[str, Place]:
        """Those of them that are registered, by id."""

    def survey(self, work: Work, survey_id: str) -> NeedsSurvey | None: ...

    def add_survey(self, work: Work, event: NeedsSurveyed) -> None:
        """Stores a survey that is not there."""

    def withdraw_survey(self, work: Work, event: NeedsSurveyWithdrawn) -> None:
        """Notes when a survey, which is there, was withdrawn."""
