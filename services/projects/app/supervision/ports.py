"""What the use cases of supervision ask of the outside. Each call works inside the transaction of `work`."""

from __future__ import annotations

from typing import Protocol

from services.chassis.database.work import Work
from services.contracts.supervision_events import (
    SupervisionInspected,
    SupervisionOpinionChanged,
    SupervisionSuggested,
    SupervisionTopicChanged,
)
from services.projects.domain.supervision.opinions import SupervisionOpinion
from services.projects.domain.supervision.topics import SiteInspection, Suggestion, SupervisionTopic


class SupervisionBook(Protocol):
    """A topic is locked before its opinions, an opinion before its suggestion. The published event is what is saved."""

    def topic(self, work: Work, topic_id: str) -> SupervisionTopic | None:
        """Locked."""

    def save_topic(self, work: Work, event: SupervisionTopicChanged) -> None: ...

    def inspection(self, work: Work, inspection_id: str) -> SiteInspection | None: ...

    def add_inspection(self, work: Work, event: SupervisionInspected) -> None:
        """Stores an inspection that is not there."""

    def opinion(self, work: Work, opinion_id: str) -> SupervisionOpinion | None:
        """Locked."""

    def opinions_of(self, work: Work, topic_id: str) -> list[SupervisionOpinion]:
        """In the order of their numbers, locked."""

    def returns(self, work: Work, opinion_id: str) -> int:
        """How often its units have returned it."""

    def running(self, work: Work, after: str, most: int) -> list[SupervisionOpinion]:
        """The next ones, by id, that have a clock; not locked."""

    def save_opinion(self, work: Work, event: SupervisionOpinionChanged) -> None:
        """Stores the opinion and its step."""

    def suggestion(self, work: Work, suggestion_id: str) -> Suggestion | None:
        """Locked."""

    def save_suggestion(self, work: Work, event: SupervisionSuggested) -> None: ...
