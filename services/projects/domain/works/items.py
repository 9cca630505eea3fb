"""What is built where: a menu item in a block, as it was contracted (docs/domain.md §4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from services.contracts.elements import Choice, ElementCode


@dataclass(frozen=True, slots=True)
class WorksItem:
    """`block` None: in the grounds of the estate. `contracted` is in the unit of the menu item, `unit_cost` in fen.

    `confirmed`: by the consultation of its item, or by the record that it must be done. `dropped`: why it is not built
    after all; such an item counts nowhere, and is named everywhere.
    """

    id: str
    menu_item: str
    element: ElementCode
    choice: Choice
    block: str | None
    contracted: Decimal
    unit_cost: int
    confirmed: bool = False
    dropped: str | None = None

    @property
    def cost(self) -> Decimal:
        return self.contracted * self.unit_cost
