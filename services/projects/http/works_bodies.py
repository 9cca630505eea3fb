"""The bodies of what people do at works, checked field by field."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, Self
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
    model_validator,
)

from services.contracts.elements import ElementCode
from services.contracts.works_events import BlockName, Sha256
from services.contracts.writing import plain
from services.projects.app.works.accept_block import BlockAcceptance
from services.projects.app.works.contract_items import Change, Picked
from services.projects.app.works.inspect_item import Inspected
from services.projects.app.works.mend_defect import DefectStep, FoundDefect
from services.projects.domain.menu import MenuCode
from services.projects.domain.works.defects import DefectState, Severity, WorksParty
from services.projects.domain.works.papers import Paper, PaperKind
from services.projects.domain.works.rules import Code
from services.projects.http.bodies import Day, Department, Moment, Words


def _block(said: object) -> object:
    """3, 3号 and ３ 号楼 are one block."""
    return plain(said).replace(" ", "").upper().rstrip("号幢栋楼座") if isinstance(said, str) else said


def _reading(said: object) -> bool | Decimal:
    if isinstance(said, bool):
        return said
    try:
        number = Decimal(str(said))
    except InvalidOperation:
        raise ValueError("is neither yes or no nor a number") from None
    if not number.is_finite() or abs(number) >= 10**6 or number != round(number, 3):
        raise ValueError("is no number with at most six digits and three decimals")
    return number


Block = Annotated[BlockName, BeforeValidator(_block)]
ReadingValue = Annotated[
    bool | Decimal,
    PlainValidator(_reading),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": r"^-?[0-9.]{1,10}$"}]}),
]
Quantity = Annotated[Decimal, Field(max_digits=12, decimal_places=2, allow_inf_nan=False)]
Contracted = Annotated[Quantity, Field(gt=0, description="In the unit of the menu item.")]
Places = Annotated[int, Field(ge=0, le=100_000)]
Fen = Annotated[int, Field(strict=True, ge=0, le=10**12)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PickedBody(_Body):
    """Without `block`: in the grounds of the estate. `capacity_…`: both, where the menu counts."""

    menu_item: MenuCode
    block: Block | None = None
    contracted: Contracted
    unit_cost_fen: Fen
    capacity_before: Places | None = None
    capacity_after: Places | None = None


class ItemsBody(_Body):
    """`change_order`: the paper that allows it once works have started."""

    items: Annotated[list[PickedBody], Field(min_length=1, max_length=400)]
    change_order: UUID | None = None

    def picked(self) -> list[Picked]:
        return [
            Picked(one.menu_item, one.block, one.contracted, one.unit_cost_fen, one.capacity_before, one.capacity_after)
            for one in self.items
        ]


class ConfirmationBody(_Body):
    """By a paper of the project, or by the published result of one of its consultations."""

    items: Annotated[list[UUID], Field(min_length=1, max_length=400)]
    paper_id: UUID | None = None
    consultation_id: UUID | None = None

    @model_validator(mode="after")
    def _by_one(self) -> Self:
        if (self.paper_id is None) == (self.consultation_id is None):
            raise ValueError("give either paper_id or consultation_id")
        return self


class ChangeBody(_Body):
    """`dropped`: why it is not built after all. `capacity_…`: both, where the menu counts."""

    version: PositiveInt
    contracted: Contracted | None = None
    unit_cost_fen: Fen | None = None
    dropped: Words | None = None
    change_order: UUID | None = None
    capacity_before: Places | None = None
    capacity_after: Places | None = None

    def change(self) -> Change:
        return Change(
            self.version,
            self.contracted,
            self.unit_cost_fen,
            self.dropped,
            str(self.change_order) if self.change_order else None,
            self.capacity_before,
            self.capacity_after,
        )


class TemplateBody(_Body):
    code: Code
    version: PositiveInt


class InspectionBody(_Body):
    """`id` is the inspector's own. `bases`: the inspections of this item that the inspector had seen."""

    id: UUID
    item_id: UUID
    bases: Annotated[list[UUID], Field(max_length=50)] = []
    template: TemplateBody
    readings: Annotated[dict[Code, ReadingValue], Field(max_length=50)] = {}
    accepted: Annotated[Quantity, Field(ge=0, description="How much of the item is good by it, all in all.")]
    inspected_at: Moment
    photographs: Annotated[list[Sha256], Field(max_length=20)] = []

    def inspected(self) -> Inspected:
        return Inspected(
            str(self.id),
            str(self.item_id),
            frozenset(map(str, self.bases)),
            (self.template.code, self.template.version),
            self.readings,
            self.accepted,
            self.inspected_at,
            tuple(self.photographs),
        )


class DefectBody(_Body):
    id: UUID
    item_id: UUID
    severity: Severity
    note: Words
    ticket_id: UUID | None = None

    def found(self) -> FoundDefect:
        ticket = str(self.ticket_id) if self.ticket_id else None
        return FoundDefect(str(self.id), str(self.item_id), self.severity, self.note, ticket)


class DefectStepBody(_Body):
    """`state`: as it was read. `party`: for whom the person acts."""

    state: DefectState
    to: DefectState
    party: WorksParty
    note: Words

    def step(self) -> DefectStep:
        return DefectStep(self.state, self.to, self.party, self.note)


class PaperBody(_Body):
    """`sha256`: of the file, which stays where the unit keeps its files. `issued_by`: who gave an approval."""

    id: UUID
    kind: PaperKind
    name: Annotated[Words, StringConstraints(max_length=200)]
    sha256: Sha256
    issued_by: Department | None = None

    def paper(self) -> Paper:
        return Paper(str(self.id), self.kind, self.name, self.sha256, self.issued_by)


class DisclosureBody(_Body):
    what: Annotated[list[Code], Field(min_length=1, max_length=40)]


class AcceptanceBody(_Body):
    """Without `block`: the grounds. `years`: agreed warranties longer than the law's, and design lives, by element."""

    block: Block | None = None
    accepted_on: Day
    residents: Annotated[int, Field(ge=1, le=1000)]
    years: Annotated[dict[ElementCode, Annotated[int, Field(ge=1, le=100)]], Field(max_length=40)] = {}

    def acceptance(self) -> BlockAcceptance:
        return BlockAcceptance(self.block, self.accepted_on, self.residents, self.years)
