"""What one line of a ballot asks: a menu item in a block, or another question, with its rule and its frozen text."""

from __future__ import annotations

from dataclasses import dataclass

from services.projects.domain.consultation.admission import ItemOnBallot
from services.projects.domain.consultation.electorate import Level
from services.projects.domain.consultation.rounds import ItemText
from services.projects.domain.consultation.rules import ConsultationRule


@dataclass(frozen=True, slots=True)
class VotedItem:
    """`menu_item`, `menu_version`: of the menu, as it was when the item was drafted; None: no works are asked about.

    `block` None: the whole estate. `hallway`: of the block, where those of one hallway decide.
    """

    text: ItemText
    rule: ConsultationRule
    menu_item: str | None = None
    menu_version: int | None = None
    block: str | None = None
    hallway: str | None = None

    @property
    def item(self) -> str:
        return self.text.item

    @property
    def on_ballot(self) -> ItemOnBallot:
        levels = self.rule.levels
        building = self.block if Level.BUILDING in levels or Level.HALLWAY in levels else None
        hallway = self.hallway if Level.HALLWAY in levels else None
        return ItemOnBallot(self.item, self.rule, building, hallway, self.text.hash)


def code_of(menu_item: str, block: str | None, hallway: str | None) -> str:
    """How an item of the menu is called on ballots: M16-A, M01-A/3, M03-A/3/2."""
    return "/".join(part for part in (menu_item, block, hallway) if part)
