"""The bodies of meetings about a project and of opinions on it, checked field by field."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt

from services.contracts.consultation_events import ItemCode
from services.contracts.works_events import Sha256
from services.projects.domain.consultation.meetings import Meeting, MeetingKind, ParticipantRole, ProjectOpinion
from services.projects.http.bodies import Day, Words


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _somebody(present: dict[ParticipantRole, int]) -> dict[ParticipantRole, int]:
    if not any(present.values()):
        raise ValueError("names nobody: say how many took part, by role")
    return present


class MeetingBody(_Body):
    """`id` is the client's own. `present`: how many took part, by role. `minutes`: of the minutes."""

    id: UUID
    kind: MeetingKind
    held_on: Day
    present: Annotated[
        dict[ParticipantRole, Annotated[int, Field(ge=0, le=10_000)]], Field(min_length=1), AfterValidator(_somebody)
    ]
    minutes: Sha256

    def meeting(self) -> Meeting:
        return Meeting(str(self.id), self.kind, self.held_on, self.present, self.minutes)


class OpinionBody(_Body):
    """`id` is the client's own. Without `item`: on the whole."""

    id: UUID
    role: ParticipantRole
    item: ItemCode | None = None
    words: Words

    def opinion(self) -> ProjectOpinion:
        return ProjectOpinion(str(self.id), self.role, self.item, self.words)


class OpinionAnswerBody(_Body):
    version: PositiveInt
    adopted: bool
    why: Words
