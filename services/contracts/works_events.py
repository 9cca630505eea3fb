"""Events of the works of a repair project (topic `projects`): docs/domain.md §4.2 and §4.3.

Each item, inspection, defect and paper is an aggregate of its own: inspections made off line arrive in any order.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from services.contracts.elements import ElementCode
from services.contracts.event import Event, deterministic_id
from services.contracts.hot_issue_events import ProjectId
from services.contracts.ticket_events import DepartmentCode, Place

WorksId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
BlockName = Annotated[
    str,
    StringConstraints(pattern=r"^([0-9]{1,4}[A-Z]?[甲乙丙丁东西南北]?|[A-Z甲乙丙丁东西南北])$"),
    Field(description="A block of the estate, as 12, 5甲 or B; without 号, 幢, 栋, 楼 or 座."),
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Quantity = Annotated[
    Decimal,
    Field(ge=0, max_digits=12, decimal_places=2),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,10}(\.[0-9]{1,2})?$"}),
]
Measured = Annotated[
    Decimal,
    Field(max_digits=9, decimal_places=3),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]{1,6}(\.[0-9]{1,3})?$"}),
]
"""A number as text: as JSON's own it would come back as a float."""


class WorksEvent(Event):
    """Something about the works of one project. `actor`: who did it, `at`: when, by business time."""

    project_id: ProjectId
    actor: str
    at: AwareDatetime


class WorksItemChanged(WorksEvent):
    """An item was contracted, confirmed, changed or dropped: a menu item in a block, or in the estate's grounds."""

    type: ClassVar[str] = "works.item_changed.v1"
    item_id: WorksId
    menu_item: str = Field(description="Its code in the menu.")
    menu_version: int = Field(ge=1, description="The version of the menu item that the scheme was frozen on.")
    element: ElementCode
    choice: str
    block: BlockName | None = Field(None, description="Absent: in the grounds of the estate.")
    contracted: Quantity = Field(description="In the unit of the menu item.")
    unit_cost_fen: int = Field(ge=0)
    confirmed_by: WorksId | None = Field(
        None, description="The paper or the consultation that confirms it; absent: not confirmed yet."
    )
    dropped: str | None = Field(None, description="Why it is not built after all.")
    capacity_before: int | None = Field(None, ge=0, description="What it adds to, as the menu item counts it.")
    capacity_after: int | None = Field(None, ge=0)
    spent: tuple[WorksId, ...] | None = Field(
        None, description="Confirmations and consultations from before it was dropped; they confirm it no more."
    )

    @property
    def aggregate_id(self) -> str:
        return self.item_id


class WorksItemInspected(WorksEvent):
    """An item was inspected. Never changed; the next inspection names this one in its `bases`."""

    type: ClassVar[str] = "works.item_inspected.v1"
    inspection_id: WorksId
    item_id: WorksId
    bases: tuple[WorksId, ...]
    template: str
    template_version: int = Field(ge=1)
    readings: dict[str, bool | Measured]
    verdict: str
    accepted: Quantity = Field(description="How much of the item is good by it, all in all.")
    photographs: tuple[Sha256, ...] = ()
    inspected_at: AwareDatetime = Field(description="By the inspector's clock; `at` is when it arrived.")

    @property
    def aggregate_id(self) -> str:
        return self.inspection_id


class WorksDefectChanged(WorksEvent):
    """A defect was found, cured, closed by somebody else than who cured it, or opened again."""

    type: ClassVar[str] = "works.defect_changed.v1"
    defect_id: WorksId
    item_id: WorksId
    severity: str
    state: str
    cured_by: str | None = None
    ticket_id: str | None = Field(None, description="The complaint that showed it.")
    inspection_id: WorksId | None = Field(None, description="The inspection after the acceptance that showed it.")
    cure_by: AwareDatetime | None = Field(None, description="The end of the cure clock (docs/domain.md §4.2).")
    overdue: bool | None = Field(None, description="The clock ended before anybody cured it.")
    lead: DepartmentCode | None = Field(None, description="The project's.")
    place: Place | None = Field(None, description="The project's.")
    note: str | None = None

    @property
    def aggregate_id(self) -> str:
        return self.defect_id


class WorksPaperFiled(WorksEvent):
    """A paper was filed. The next one of its kind does not replace it: both stay."""

    type: ClassVar[str] = "works.paper_filed.v1"
    paper_id: WorksId
    kind: str
    title: str
    sha256: Sha256
    issued_by: DepartmentCode | None = Field(None, description="Of an approval: the unit that gave it.")

    @property
    def aggregate_id(self) -> str:
        return self.paper_id


class WorksDisclosed(WorksEvent):
    """Something was made public on site."""

    type: ClassVar[str] = "works.disclosed.v1"
    what: str

    @property
    def aggregate_id(self) -> str:
        return str(deterministic_id("works", self.project_id, self.type + self.what))


class WarrantyGiven(BaseModel):
    """The warranty of an accepted item, from the day of its acceptance to its last day. The terms are copied then."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    item_id: WorksId
    starts: date
    ends: date
    term: str = Field(description="The rule that says how long; `agreed`: longer than any asks.")


class WorksBlockAccepted(WorksEvent):
    """A block, or the grounds, was accepted: residents took part, and its items have their warranties."""

    type: ClassVar[str] = "works.block_accepted.v1"
    block: BlockName | None = None
    accepted_on: date
    residents: int = Field(ge=1, description="How many residents took part in the acceptance.")
    warranties: tuple[WarrantyGiven, ...]

    @property
    def aggregate_id(self) -> str:
        return str(deterministic_id("works", self.project_id, f"{self.type}{self.block or ''}"))


class WorksPartyNamed(WorksEvent):
    """A unit was named as a party of the works, or took the place of another."""

    type: ClassVar[str] = "works.party_named.v1"
    role: str
    unit: str = Field(description="Its name.")
    code: str = Field(description="Its unified social credit code.")

    @property
    def aggregate_id(self) -> str:
        return str(deterministic_id("works", self.project_id, self.type + self.role))


class ContractSumChange(BaseModel):
    """What a change order adds to a contract, or takes from it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    order: WorksId = Field(description="The paper.")
    fen: int


class ContractAudit(BaseModel):
    """What the audit found to be due."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    report: WorksId = Field(description="The paper.")
    fen: int = Field(ge=0)


class WorksContractChanged(WorksEvent):
    """A contract was signed, changed by a change order, or closed by its audit."""

    type: ClassVar[str] = "works.contract_changed.v1"
    contract_id: WorksId
    party: str
    paper_id: WorksId
    sum_fen: int = Field(gt=0, description="As signed, without the changes.")
    starts: date
    ends: date
    changes: tuple[ContractSumChange, ...] = ()
    audit: ContractAudit | None = None

    @property
    def aggregate_id(self) -> str:
        return self.contract_id
