"""The bodies of what people do at consultations, checked field by field."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
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
from services.contracts.estate_events import EstateCode
from services.contracts.works_events import Sha256
from services.contracts.writing import plain
from services.projects.app.consultation.drafting import Draft, DraftItem
from services.projects.app.consultation.electors import AskedElectors
from services.projects.app.consultation.note_sales import SoldPart
from services.projects.app.consultation.ports import DeliveredBy, Delivery
from services.projects.domain.consultation.admission import HeldIn
from services.projects.domain.consultation.ballots import Ballot, BallotChoice
from services.projects.domain.consultation.codes import Keyed
from services.projects.domain.consultation.course import Announced
from services.projects.domain.consultation.electorate import PART_ID, OwnedPart
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
    StringConstraints(pattern=PART_ID),
    Field(description="The part as the register calls it: 3-2-501. Never a name or a number to call."),
]
Building = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z甲乙丙丁东西南北]{0,8}$"), BeforeValidator(_building)]
Hallway = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z甲乙丙丁东西南北]{0,6}$"), BeforeValidator(_hallway)]
WithinEstate = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9A-Z甲乙丙丁东西南北]{1,8}(/[0-9A-Z甲乙丙丁东西南北]{1,6})?$"),
    BeforeValidator(_building),
]
Short = Annotated[Words, StringConstraints(max_length=200)]
Evidence = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Field(description="SHA-256 of the sheet, or of the export.")
]


RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PartBody(_Body):
    """`owner` distinguishes owners: it is hashed at once, and stored nowhere. For unsold parts: builder."""

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


class _Electors(_Body):
    """Without `parts`: those of the register. `estate`: which one of the project's. `within`: buildings (3) and
    hallways (3/2) that are asked, none: all. `why_differs`: why the parts may differ from the register.
    `total_area_m2`: what they must add up to."""

    parts: Annotated[list[PartBody], Field(max_length=20_000)] = []
    estate: EstateCode | None = None
    within: Annotated[list[WithinEstate], Field(max_length=500)] = []
    total_area_m2: Area | None = None
    why_differs: Words | None = None

    def electors(self, keyed: Keyed) -> AskedElectors:
        owned = [one.owned(keyed) for one in self.parts]
        return AskedElectors(owned, self.estate, tuple(self.within), self.total_area_m2, self.why_differs)


class ConsultationBody(_Electors):
    """`id` is the client's own: sent again, it drafts nothing."""

    id: UUID
    items: AskedItems

    def draft(self, keyed: Keyed) -> Draft:
        return Draft(str(self.id), [one.asked() for one in self.items], self.electors(keyed))


class ElectorateBody(_Electors):
    version: PositiveInt


class TextsBody(_Body):
    version: PositiveInt
    items: AskedItems


class RoundBody(_Electors):
    """Without parts: those who could vote in the round before, or `by_register` those of the register."""

    version: PositiveInt
    items: AskedItems
    by_register: bool = False

    def other_electors(self, keyed: Keyed) -> AskedElectors | None:
        return self.electors(keyed) if self.parts or self.by_register else None


class HeldInBody(_Body):
    """`number`: how that system calls the vote. `evidence`: of its protocol or export, with the day on it."""

    system: Short
    number: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,8}([-/_.][0-9A-Za-z]{1,8}){0,5}$")]
    evidence: Evidence
    issued_on: Day

    def held_in(self) -> HeldIn:
        return HeldIn(self.system, self.number, self.evidence, self.issued_on)


class NoticeBody(_Body):
    """`evidence`: of the notice as it was posted. `held_in`: the other system in which the vote is held; without it the
    notice is entered before voting opens."""

    version: PositiveInt
    announced_at: Moment
    opens_at: Moment
    closes_at: Moment
    evidence: Evidence
    held_in: HeldInBody | None = None

    def announced(self) -> Announced:
        held = self.held_in.held_in() if self.held_in else None
        return Announced(self.announced_at, self.opens_at, self.closes_at, self.evidence, held)


class ConsultationStepBody(_Body):
    version: PositiveInt
    to: Literal["open", "closed", "sealed", "counted", "published"]


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
    """`warned`: the ballot said what silence means. `how` it reached the owner."""

    part_id: PartId
    at: Moment
    warned: bool
    evidence: Evidence
    how: DeliveredBy = DeliveredBy.HAND


class DeliveriesBody(_Body):
    deliveries: Annotated[list[DeliveryBody], Field(min_length=1, max_length=20_000)]

    def handed(self) -> list[Delivery]:
        return [Delivery(one.part_id, one.at, one.warned, one.evidence, one.how) for one in self.deliveries]


class SaleBody(_Body):
    """`id` is the client's own. `at`: when the part was sold. `evidence`: of the contract or the register's answer."""

    id: UUID
    part_id: PartId
    at: Moment
    evidence: Evidence

    def sold(self) -> SoldPart:
        return SoldPart(str(self.id), self.part_id, self.at, self.evidence)


class CodesBody(_Body):
    """Nothing: to everybody who has none yet. With `why` once more: to the holders of `parts`, or to all."""

    parts: Annotated[list[PartId], Field(max_length=20_000)] = []
    why: Words | None = None
