"""The rules of works as data: inspections, warranties, papers, what is made public. Values: data/works.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, StringConstraints, model_validator

from services.contracts.elements import ElementCode
from services.contracts.ticket_events import TypeCode
from services.projects.domain.consultation.meetings import MeetingKind
from services.projects.domain.works import inspections
from services.projects.domain.works.complaints import ComplaintRule, Edge
from services.projects.domain.works.defects import Severity, WorksParty
from services.projects.domain.works.gated_works import Gated
from services.projects.domain.works.impact import BanPeriod, ImpactKind, ImpactPlan
from services.projects.domain.works.papers import PaperKind
from services.projects.domain.works.warranty import WarrantyTerm

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CheckRow(_Rule):
    code: Code
    unit: str | None = None
    least: Decimal | None = None
    most: Decimal | None = None


class TemplateRow(_Rule):
    code: Code
    version: PositiveInt
    elements: frozenset[ElementCode]
    checks: tuple[CheckRow, ...] = Field(min_length=1)

    def template(self) -> inspections.Template:
        return inspections.Template(
            self.code, self.version, tuple(inspections.Check(**row.model_dump()) for row in self.checks)
        )


class PartyRow(_Rule):
    """Works of this cost and more need a unit of the role."""

    role: WorksParty
    from_fen: int = Field(ge=0)


class TermRow(_Rule):
    id: Code
    elements: frozenset[ElementCode]
    years: PositiveInt | None
    source: str


class BanRow(_Rule):
    first: date
    last: date
    reason: Code
    nights: bool = False
    yearly: bool = False
    source: str

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("last is before first; correct one of them")
        if self.yearly and self.last.year != self.first.year:
            raise ValueError("a yearly ban lies within one year; make it two")
        return self

    def ban(self) -> BanPeriod:
        return BanPeriod(self.first, self.last, self.reason, self.nights, self.yearly)


class ComplaintRow(_Rule):
    type: TypeCode
    since: Edge
    until: Edge
    yellow_days: PositiveInt
    red_days: PositiveInt

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.red_days <= self.yellow_days:
            raise ValueError("red_days is not after yellow_days; correct one of them")
        return self


class WorksRules(_Rule):
    """`papers`, `meetings`: the kinds without which a step is not taken. `disclosed`: codes of what is made public
    before works.

    `parties`: the roles that works of a size need a unit for.
    `defect_complaints`: types of complaints that show a defect. `cure_days`: working days until a defect is cured.
    `visit_days`: how many days before the end of a warranty residents are visited; `visit_late_days`: and until when.
    """

    version: PositiveInt
    gated_from: date
    templates: tuple[TemplateRow, ...]
    warranty: tuple[TermRow, ...]
    disclosed: frozenset[Code]
    parties: tuple[PartyRow, ...]
    papers: Mapping[Gated, frozenset[PaperKind]]
    meetings: Mapping[Gated, frozenset[MeetingKind]]
    notice_days: Mapping[ImpactKind, Annotated[int, Field(ge=0, le=60)]]
    noise_hours: tuple[time, time]
    scaffold_days: PositiveInt
    bans: tuple[BanRow, ...] = ()
    complaints: tuple[ComplaintRow, ...] = ()
    defect_complaints: frozenset[TypeCode] = frozenset()
    cure_days: Mapping[Severity, PositiveInt]
    visit_days: PositiveInt
    visit_late_days: PositiveInt

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for name, rows in (("templates", self.templates), ("warranty", self.warranty)):
            seen = [element for row in rows for element in row.elements if not self._is_superseded(row)]
            if twice := {element for element in seen if seen.count(element) > 1}:
                raise ValueError(f"{name}: {', '.join(sorted(twice))} in two rows; leave each in one")
        if len({row.role for row in self.parties}) != len(self.parties):
            raise ValueError("parties: a role in two rows; leave each in one")
        return self

    def _is_superseded(self, row: TemplateRow | TermRow) -> bool:
        return isinstance(row, TemplateRow) and any(
            other.code == row.code and other.version > row.version for other in self.templates
        )

    def template_of(self, element: ElementCode) -> inspections.Template | None:
        """The newest template by which an element is inspected."""
        rows = [row for row in self.templates if element in row.elements]
        return max(rows, key=lambda row: row.version).template() if rows else None

    def template(self, code: str, version: int) -> inspections.Template | None:
        rows = [row for row in self.templates if (row.code, row.version) == (code, version)]
        return rows[0].template() if rows else None

    def parties_of(self, cost_fen: int | None) -> frozenset[WorksParty]:
        """The roles that works of this cost need; where it is not known, those that any works need."""
        return frozenset(row.role for row in self.parties if row.from_fen <= (cost_fen or 0))

    def usual_plan(self) -> ImpactPlan:
        """What a project promises of disturbance where it says nothing else."""
        begin, end = self.noise_hours
        return ImpactPlan(self.notice_days, begin, end, self.scaffold_days)

    def bans_in_force(self) -> tuple[BanPeriod, ...]:
        return tuple(row.ban() for row in self.bans)

    @cached_property
    def complaint_rules(self) -> dict[str, ComplaintRule]:
        return {
            row.type: ComplaintRule(row.type, row.since, row.until, row.yellow_days, row.red_days)
            for row in self.complaints
        }

    def terms(self) -> Mapping[ElementCode, WarrantyTerm]:
        return {
            element: WarrantyTerm(row.id, row.elements, row.years, row.source)
            for row in self.warranty
            for element in row.elements
        }
