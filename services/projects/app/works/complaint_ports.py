"""Where complaints about works are kept. Each call is one statement a table, however many it is about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from services.chassis.database.work import Work
from services.projects.domain.sighting import Sighting
from services.projects.domain.works.complaints import Complaint, Span


class Answer(NamedTuple):
    """When a ticket was answered; None: it is to be done again. `version`: of the ticket."""

    ticket_id: str
    version: int
    answered_at: datetime | None


class ComplaintBook(Protocol):
    def spans(self, work: Work, estates: Collection[str]) -> Mapping[str, Sequence[Span]]:
        """The projects of each estate."""

    def estates_of(self, work: Work, project_ids: Collection[str]) -> set[str]:
        """Where these projects are."""

    def kept(self, work: Work, ticket_ids: Collection[str]) -> Mapping[str, Complaint]:
        """What is known of these tickets."""

    def in_estates(self, work: Work, estates: Collection[str], types: Collection[str]) -> Sequence[Sighting]:
        """The tickets of these types that count there."""

    def save(self, work: Work, complaints: Sequence[Complaint]) -> None:
        """New ones, and others in place of older versions."""

    def keep_answers(self, work: Work, answers: Sequence[Answer]) -> None:
        """Of each ticket the newest counts, whatever the order."""
