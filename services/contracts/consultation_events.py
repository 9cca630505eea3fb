"""Events of the consultations of a project (topic `projects`): docs/domain.md §4.1, ADR 42.

They carry what is public: what is asked, when, by which rule, and what came of it. Ballots, owners and interim counts
are in none of them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.contracts.event import Event, deterministic_id
from services.contracts.hot_issue_events import ProjectId
from services.contracts.works_events import BlockName, Sha256

ConsultationId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
ItemCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,19}(/[0-9A-Z甲乙丙丁东西南北]{1,6}){0,2}$"),
    Field(description="How the item is called on ballots: M16-A, M01-A/3, or a word for what is in no menu."),
]


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


def key_of(kind: str, id: str) -> str:
    """The key of an aggregate whose id is the client's own: another kind may bear the same."""
    return str(deterministic_id("consultation", id, kind))


class ConsultationEvent(Event):
    """Something about a consultation of one project. `actor`: who did it, `at`: when, by business time."""

    project_id: ProjectId
    actor: str
    at: AwareDatetime


class ItemPutToVote(_Facts):
    """What owners are shown of one item, and how it is decided. `text_hash` is over all that they are shown."""

    item: ItemCode
    menu_item: str | None = None
    menu_version: int | None = Field(None, ge=1)
    block: BlockName | None = None
    hallway: str | None = None
    rule: str
    rule_version: int = Field(ge=1)
    wording: str
    removed: str = Field(description="What will not be there afterwards.")
    material: str = ""
    colour: str = ""
    shown_version: str = Field("", description="The version of the menu item as it is printed on the ballot.")
    pictures: tuple[Sha256, ...] = ()
    text_hash: Sha256


class ElectorateSum(_Facts):
    """Who may vote, in sum; the hash is over parts, areas and heads."""

    hash: Sha256
    parts: int = Field(ge=1)
    heads: int = Field(ge=1)
    area: int = Field(ge=1, description="In 0.01 m².")


class HeldElsewhere(_Facts):
    """The vote is held in another system, a district's say; ballots come from there by import."""

    system: str
    number: str = Field(description="How that system calls the vote.")
    evidence: Sha256 = Field(description="Of its protocol, or of what it exported.")
    issued_on: date


class HeldAgainstRegister(_Facts):
    """The register that the electorate was taken from, or held against."""

    estate: str
    within: tuple[str, ...] = Field((), description="Buildings, and hallways as 3/2; none: the whole estate.")
    hash: Sha256 = Field(description="Of the electorate that the register gives.")
    differences: int = Field(0, ge=0)
    why: str | None = Field(None, description="Why the electorate stands although it differs.")


class ConsultationNoticed(ConsultationEvent):
    """A consultation was announced: from now on what is voted on stands."""

    type: ClassVar[str] = "consultation.noticed.v1"
    consultation_id: ConsultationId
    ordinal: int = Field(ge=1, description="Its number among the consultations of the project.")
    round: int = Field(ge=1)
    previous: ConsultationId | None = Field(None, description="The round before.")
    changed: tuple[ItemCode, ...] = Field((), description="What differs from the round before.")
    announced_at: AwareDatetime
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    evidence: Sha256 = Field(description="Of the notice as it was posted.")
    electorate: ElectorateSum
    items: tuple[ItemPutToVote, ...]
    held_in: HeldElsewhere | None = None
    held_against: HeldAgainstRegister | None = Field(None, description="None: the estate's parts are not registered.")

    @property
    def aggregate_id(self) -> str:
        return key_of("consultation", self.consultation_id)


class ConsultationAdvanced(ConsultationEvent):
    """A consultation was opened, closed, sealed, counted or annulled. What was counted is told when it is published."""

    type: ClassVar[str] = "consultation.advanced.v1"
    consultation_id: ConsultationId
    state: str
    previous_state: str
    reason: str | None = Field(None, description="Why it was annulled.")

    @property
    def aggregate_id(self) -> str:
        return key_of("consultation", self.consultation_id)


class CountedSums(_Facts):
    """By one way of counting: 0.01 m², heads or contracts."""

    all: int
    taking_part: int
    agreeing: int


class CountedElectorate(_Facts):
    """`split_heads`: owners of several parts who answered differently."""

    area: CountedSums
    heads: CountedSums
    contracts: CountedSums
    split_heads: int


class CountedCondition(_Facts):
    """`have` of `of`; `needed` would be enough. `missing`: how many more; absent where no number would do."""

    condition: str
    have: int
    of: int
    met: bool
    needed: int
    missing: int | None = None


class CountedOutcome(_Facts):
    passed: bool
    failed_conditions: tuple[str, ...]
    electorates: dict[str, CountedElectorate]
    conditions: tuple[CountedCondition, ...]


class CountedWeight(_Facts):
    """`heaviest`: the largest area in one hand, in 0.01 m², as `area` is."""

    parts: int
    heads: int
    area: int
    heaviest: int


class ItemResult(_Facts):
    """Both countings of one item, and which decided. `silent`: ballots that were delivered and not answered."""

    item: ItemCode
    passed: bool
    failed_conditions: tuple[str, ...]
    decided_by: str
    silence: str
    majority: str | None = None
    silent: int
    answers: dict[str, int]
    electorates: dict[str, CountedWeight]
    cast: CountedOutcome
    with_silence: CountedOutcome


class ConsultationPublished(ConsultationEvent):
    """The result was made public. `seal` binds it to the ballots: the record that is exported has the same."""

    type: ClassVar[str] = "consultation.published.v1"
    consultation_id: ConsultationId
    ballots: int = Field(ge=0)
    seal: Sha256
    results: tuple[ItemResult, ...]

    @property
    def aggregate_id(self) -> str:
        return key_of("consultation", self.consultation_id)


class ConsultationMeetingHeld(ConsultationEvent):
    """A meeting about the project was held: a hearing before, a coordination during, a review after."""

    type: ClassVar[str] = "consultation.meeting_held.v1"
    meeting_id: ConsultationId
    kind: str
    held_on: date
    present: dict[str, int] = Field(description="How many took part, by role.")
    minutes: Sha256

    @property
    def aggregate_id(self) -> str:
        return key_of("meeting", self.meeting_id)


class ConsultationOpinionChanged(ConsultationEvent):
    """An opinion was given, or answered: adopted or not, and why."""

    type: ClassVar[str] = "consultation.opinion_changed.v1"
    opinion_id: ConsultationId
    role: str
    item: ItemCode | None = None
    opinion: str
    adopted: bool | None = None
    why: str | None = None

    @property
    def aggregate_id(self) -> str:
        return key_of("opinion", self.opinion_id)
