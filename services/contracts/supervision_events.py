"""Events of supervision (topic `projects`): topics, inspections, opinions clause by clause, suggestions.

docs/domain.md §3.5. Each clause of an opinion is an aggregate of its own: it is answered, rated and followed by itself.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.contracts.event import Event, deterministic_id
from services.contracts.ticket_events import DepartmentCode, Place, TypeCode
from services.contracts.works_events import Sha256

SupervisionId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
Area = Literal["estate", "home", "market"]


class SupervisingParty(StrEnum):
    """Who supervises (docs/domain.md §1): the Standing Committee of the People's Congress, the district government,
    the discipline body."""

    CONGRESS = "congress"
    GOVERNMENT = "government"
    DISCIPLINE = "discipline"


class SupervisionEvent(Event):
    """The public state of something that one party supervises."""

    party: SupervisingParty
    actor: str
    at: AwareDatetime


class SupervisionTopicChanged(SupervisionEvent):
    """A party set a topic of supervision, or it went on: inspected, with opinions, closed."""

    type: ClassVar[str] = "supervision.topic_changed.v1"
    topic_id: SupervisionId
    area: Area = Field(description="One of the three areas: estate management, old housing, market order.")
    title: str
    why: str
    type_code: TypeCode | None = Field(None, description="The type of complaint that it is about, if it is about one.")
    state: Literal["set", "inspected", "opined", "closed"]
    opened_at: AwareDatetime
    closed_because: str | None = None

    @property
    def aggregate_id(self) -> str:
        return key_of("topic", self.topic_id)


class Inspectors(BaseModel):
    """How many of one role took part, and of which department if of one. Never who."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: Literal["deputy", "official", "expert", "resident"]
    unit: DepartmentCode | None = None
    number: int = Field(ge=1, le=1000)


class InspectionFinding(BaseModel):
    """What was found, shown by photographs: hashes of their files."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    note: str
    photographs: tuple[Sha256, ...] = ()


class SupervisionInspected(SupervisionEvent):
    """A party inspected units on site. Never changed."""

    type: ClassVar[str] = "supervision.inspected.v1"
    inspection_id: SupervisionId
    topic_id: SupervisionId
    place: Place
    units: tuple[DepartmentCode, ...] = Field(description="The inspected ones; nobody of them took part.")
    people: tuple[Inspectors, ...]
    made_at: AwareDatetime
    findings: tuple[InspectionFinding, ...]

    @property
    def aggregate_id(self) -> str:
        return key_of("inspection", self.inspection_id)


class SupervisionClock(BaseModel):
    """A running limit and how it was computed: since when, how long by which unit, to when."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["hand_over", "return", "answer", "redo", "promise"]
    since: AwareDatetime
    working_days: int | None = None
    months: int | None = None
    due: AwareDatetime
    warn_at: AwareDatetime | None = None
    calendar_known: bool = True
    warned: bool = False
    overdue: bool = False
    moved_from: AwareDatetime | None = Field(None, description="Its end before holidays were announced.")


class SupervisionReply(BaseModel):
    """An answer of the unit, signed by its head. `on`: solved on (A), or promised for (B, C)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    reply_class: Literal["A", "B", "C", "D"]
    on: date | None = None
    answer: str
    signed_on: date
    signature: Sha256 = Field(description="Hash of the paper that the head of the unit signed.")
    lead: DepartmentCode
    answered_at: AwareDatetime
    in_time: bool
    kept: bool | None = Field(None, description="Whether its promise was kept; absent: not known yet, or none.")


class SupervisionRating(BaseModel):
    """What the supervisor says of an answer: manner and result apart."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    manner: Literal["satisfied", "mostly", "dissatisfied"]
    result: Literal["satisfied", "mostly", "dissatisfied"]
    why: str | None = None
    by: Literal["party", "deputy"]
    at: AwareDatetime


class ReplyExtension(BaseModel):
    """More time to answer: approved once, or not."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    reason: str
    until: date
    granted: bool | None = None


class SupervisionOpinionChanged(SupervisionEvent):
    """One clause of an opinion took a step: given, handed over, returned, answered, rated, followed, carried out."""

    type: ClassVar[str] = "supervision.opinion_changed.v1"
    opinion_id: SupervisionId
    topic_id: SupervisionId
    number: int = Field(ge=1, description="Clauses of a topic count from 1.")
    clause: str
    lead: DepartmentCode = Field(description="The unit that answers.")
    suggestion_id: SupervisionId | None = None
    state: Literal[
        "given", "handed_over", "returned", "replied", "redo", "tracking", "carried_out", "not_possible", "withdrawn"
    ]
    given_at: AwareDatetime
    agreed: bool | None = Field(None, description="Whether the unit agrees; says nothing of whether it did it.")
    carried_out_on: date | None = Field(None, description="Set by the supervisor alone.")
    clocks: tuple[SupervisionClock, ...] = ()
    replies: tuple[SupervisionReply, ...] = ()
    ratings: tuple[SupervisionRating, ...] = ()
    extension: ReplyExtension | None = None
    previous_state: str | None = Field(None, description="Before this step; absent when it was given.")
    step: str = Field(description="Which step brought it here.")
    note: str | None = None

    @property
    def aggregate_id(self) -> str:
        return key_of("opinion", self.opinion_id)

    @property
    def place(self) -> Place | None:
        return None

    @property
    def overdue(self) -> bool:
        return any(clock.overdue for clock in self.clocks)


class SupervisionSuggested(SupervisionEvent):
    """A deputy or a resident suggested something: subject, reason, countermeasure; it became a topic, or did not."""

    type: ClassVar[str] = "supervision.suggestion_changed.v1"
    suggestion_id: SupervisionId
    origin: Literal["deputy", "resident"]
    subject: str
    reason: str
    countermeasure: str
    state: Literal["received", "taken_up", "declined"]
    received_at: AwareDatetime
    deputy: str | None = Field(None, description="The subject of the deputy's token, who may rate what comes of it.")
    topic_id: SupervisionId | None = None
    declined_because: str | None = None

    @property
    def aggregate_id(self) -> str:
        return key_of("suggestion", self.suggestion_id)


def key_of(kind: str, chosen: str) -> str:
    """Ids are chosen by clients, so that one of each kind may be the same."""
    return str(deterministic_id("supervision", chosen, kind))
