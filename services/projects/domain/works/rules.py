"""The rules of works as data: inspections, warranties, papers, what is made public. Values: data/works.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, StringConstraints, model_validator

from services.contracts.elements import ElementCode
from services.projects.domain.works import inspections
from services.projects.domain.works.defects import WorksParty
from services.projects.domain.works.gates import Gated
from services.projects.domain.works.impact import ImpactKind
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


class TermRow(_Rule):
    id: Code
    elements: frozenset[ElementCode]
    years: PositiveInt | None
    source: str


class WorksRules(_Rule):
    """`papers`: the kinds without which a step is not taken. `disclosed`: codes of what is made public before works.

    `parties`: the roles without a unit for which works do not start.
    """

    version: PositiveInt
    gated_from: date
    templates: tuple[TemplateRow, ...]
    warranty: tuple[TermRow, ...]
    disclosed: frozenset[Code]
    parties: frozenset[WorksParty]
    papers: Mapping[Gated, frozenset[PaperKind]]
    notice_days: Mapping[ImpactKind, Annotated[int, Field(ge=0, le=60)]]
    noise_hours: tuple[time, time]
    scaffold_days: PositiveInt

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for name, rows in (("templates", self.templates), ("warranty", self.warranty)):
            seen = [element for row in rows for element in row.elements if not self._is_superseded(row)]
            if twice := {element for element in seen if seen.count(element) > 1}:
                raise ValueError(f"{name}: {', '.join(sorted(twice))} in two rows; leave each in one")
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

    def terms(self) -> Mapping[ElementCode, WarrantyTerm]:
        return {
            element: WarrantyTerm(row.id, row.elements, row.years, row.source)
            for row in self.warranty
            for element in row.elements
        }
