"""What is built where: a menu item in a block, as it was contracted (docs/domain.md §4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.contracts.elements import Choice, ElementCode
from services.projects.domain.works.papers import PaperKind

CONFIRMED_BY: Mapping[Choice, frozenset[PaperKind]] = {
    Choice.MUST: frozenset({PaperKind.CONSULTATION_RESULT, PaperKind.APPROVAL}),
    Choice.BEFORE_WORKS: frozenset({PaperKind.CONSULTATION_RESULT, PaperKind.APPROVAL}),
    Choice.CHOOSE: frozenset(),
    Choice.OWN_VOTE: frozenset(),
}
"""By which papers an item is confirmed. What residents choose is confirmed by a published result alone (ADR 42)."""

CONFIRMED_BEFORE_GATES = frozenset({PaperKind.CONSULTATION_RESULT})
"""By which papers a project from before there were gates confirms what residents choose."""


@dataclass(frozen=True, slots=True)
class WorksItem:
    """`block` None: in the grounds of the estate. `contracted` is in the unit of the menu item, `unit_cost` in fen.

    `before` and `after`: what it adds to, as the menu item counts it (bicycles); None where nothing is counted.
    `menu_version`: of the menu item, as the scheme was frozen on it. `confirmed_by`: the paper or the consultation
    that confirms it. `dropped`: why it is not built after all; such an item counts nowhere, and is named everywhere.
    `spent`: what confirmed the same works, or was voted on them, before they were dropped; it confirms them no more.
    """

    id: str
    menu_item: str
    menu_version: int
    element: ElementCode
    choice: Choice
    block: str | None
    contracted: Decimal
    unit_cost: int
    confirmed_by: str | None = None
    dropped: str | None = None
    version: int = 1
    before: int | None = None
    after: int | None = None
    spent: tuple[str, ...] = ()

    @property
    def confirmed(self) -> bool:
        return self.confirmed_by is not None

    @property
    def cost(self) -> Decimal:
        return self.contracted * self.unit_cost
