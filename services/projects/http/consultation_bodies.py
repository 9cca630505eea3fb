"""The bodies of what people do at consultations, checked field by field."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    PositiveInt,
    StringConstraints,
    WithJsonSchema,
)

from services.contracts.consultation_events import ItemCode
from services.contracts.works_events import Sha256
from services.contracts.writing import plain
from services.projects.app.consultation.drafting import Draft, DraftItem
from services.projects.app.consultation.ports import Delivery
from services.projects.domain.consultation.ballots import Ballot, BallotChoice
from services.projects.domain.consultation.codes import Keyed
from services.projects.domain.consultation.course import Announced
from services.projects.domain.consultation.electorate import OwnedPart
from services.projects.domain.consultation.meetings import HeardOpinion, Meeting, MeetingKind, ParticipantRole
from services.projects.domain.menu import MenuCode
from services.projects.http.bodies import Day, Moment, Words
from services.projects.http.works_bodies import Block
from services.projects.jobs.consultation.parts import area_of

OWNER_HASH = "owner"
"""The purpose under which owners are hashed: one owner has one reference in all consultations of the district."""


def _area(said: object) -> int:
    """0.01 m²."""
    return area_of(str(said))


def _building(said: object) -> object:
    return plain(said).replace(" ", "").upper().rstrip("号幢栋楼座") if isinstance(said, str) else said


def _hallway(said: object) -> object:
    return plain(said).replace(" ", "").upper().removesuffix("单元").rstrip("号门") if isinstance(said, str) else said


Area = Annotated[
    int,
    PlainValidator(_area),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,2})?$"}),
    Field(description="m², with at most two decimals."),
]
PartId = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9A-Za-z甲乙丙丁东西南北号幢室]{1,8}([-/_#.][0-9A-Za-z甲乙丙丁东西南北号幢室]{1,8}){0,4}$"
    ),
    Field(description="The part as the register calls it: 3-2-501. Never a name or a number to call."),
]
Building = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z甲乙丙丁东西南北]{0,8}$"), BeforeValidator(_building)]
Hallway = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z甲乙丙丁东西南北]{0,6}$"), BeforeValidator(_hallway)]
Short = Annotated[Words, StringConstraints(max_length=200)]
Evidence = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Field(description="SHA-256 of the sheet, or of the export.")
]


RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PartBody(_Body):
    """`owner` tells owners apart: it is hashed at once, and kept nowhere. Of what the builder has not sold: builder."""

    part_id: PartId
    building: Building = ""
    hallway: Hallway = ""
    area_m2: Area
    owner: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]

    def owned(self, keyed: Keyed) -> OwnedPart:
        return OwnedPart(self.part_id, self.building, self.hallway, self.area_m2, keyed(OWNER_HASH, plain(self.owner)))


class AskedBody(_Body):
    """An item of the menu, by `menu_item`, or a question of its own, by `item`. `removed`: what will be gone."""

    rule: RuleName
    wording: Words
    removed: Words
    item: Annotated[ItemCode, StringConstraints(max_length=20)] | None = None
    menu_item: MenuCode | None = None
    block: Block | None = None
    hallway: Hallway | None = None
    material: Short | None = None
    colour: Short | None = None
    pictures: Annotated[list[Sha256], Field(max_length=20)] = []

    def asked(self) -> DraftItem:
        return DraftItem(
            rule=self.rule,
            wording=self.wording,
            removed=self.removed,
            item=self.item,
            menu_item=self.menu_item,
            block=self.block,
            hallway=self.hallway,
            material=self.material or "",
            colour=self.colour or "",
            pictures=tuple(self.pictures),
        )


AskedItems = Annotated[list[AskedBody], Field(min_length=1, max_length=200)]


class ConsultationBody(_Body):
    """`id` is the client's own: sent again, it drafts nothing. `total_area_m2`: what the parts must add up to."""

    id: UUID
    items: AskedItems
    parts: Annotated[list[PartBody], Field(min_length=1, max_length=20_000)]
    total_area_m2: Area | None = None

    def draft(self, keyed: Keyed) -> Draft:
        return Draft(
            str(self.id),
            [one.asked() for one in self.items],
            [one.owned(keyed) for one in self.parts],
            self.total_area_m2,
        )


class TextsBody(_Body):
    version: PositiveInt
    items: AskedItems


class RoundBody(_Body):
    """Without `parts`: those who could vote in the round before."""

    version: PositiveInt
    items: AskedItems
    parts: Annotated[list[PartBody], Field(max_length=20_000)] = []

    def owned(self, keyed: Keyed) -> list[OwnedPart]:
        return [one.owned(keyed) for one in self.parts]


class NoticeBody(_Body):
    """`evidence`: of the notice as it was posted."""

    version: PositiveInt
    announced_at: Moment
    opens_at: Moment
    closes_at: Moment
    evidence: Evidence

    def announced(self) -> Announced:
        return Announced(self.announced_at, self.opens_at, self.closes_at, self.evidence)


class ConsultationStepBody(_Body):
    version: PositiveInt
    to: Literal["open", "closed", "counted", "published"]


class AnnulmentBody(_Body):
    version: PositiveInt
    reason: Words


class BallotBody(_Body):
    """`evidence`: of its own sheet; without it that of the whole import. `proxy`: of the written authority."""

    part_id: PartId
    item: ItemCode
    choice: BallotChoice
    origin: Literal["paper", "electronic"]
    at: Moment | None = None
    delivered: bool = False
    text_hash: Sha256 | None = None
    evidence: Evidence | None = None
    proxy: Evidence | None = None

    def ballot(self, evidence: str) -> Ballot:
        return Ballot(
            number=0,
            part_id=self.part_id,
            item=self.item,
            choice=self.choice,
            origin=self.origin,
            at=self.at and self.at.astimezone(UTC),
            delivered=self.delivered,
            text_hash=self.text_hash,
            evidence=self.evidence or evidence,
            proxy=self.proxy,
        )


class BallotsBody(_Body):
    """`id` is the client's own: the same import sent again adds nothing. `evidence`: of what the rows come from."""

    id: UUID
    evidence: Evidence
    ballots: Annotated[list[BallotBody], Field(min_length=1, max_length=10_000)]

    def rows(self) -> list[Ballot]:
        return [one.ballot(self.evidence) for one in self.ballots]


class DeliveryBody(_Body):
    """`warned`: the ballot said what silence means."""

    part_id: PartId
    at: Moment
    warned: bool
    evidence: Evidence


class DeliveriesBody(_Body):
    deliveries: Annotated[list[DeliveryBody], Field(min_length=1, max_length=20_000)]

    def handed(self) -> list[Delivery]:
        return [Delivery(one.part_id, one.at, one.warned, one.evidence) for one in self.deliveries]


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

    def opinion(self) -> HeardOpinion:
        return HeardOpinion(str(self.id), self.role, self.item, self.words)


class OpinionAnswerBody(_Body):
    version: PositiveInt
    adopted: bool
    why: Words
