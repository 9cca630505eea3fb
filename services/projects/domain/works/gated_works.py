"""What the gates look at: the works of a project, and the steps that have gates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from services.projects.domain.consultation.meetings import MeetingKind
from services.projects.domain.works.consulted import NOT_CONSULTED, Consulted
from services.projects.domain.works.contracts import Contract
from services.projects.domain.works.defects import Defect, WorksParty
from services.projects.domain.works.inspections import ItemStanding
from services.projects.domain.works.items import WorksItem
from services.projects.domain.works.papers import Paper, PaperKind
from services.projects.domain.works.parties import WorksUnit
from services.projects.domain.works.warranty import Warranty


class Gated(StrEnum):
    """The steps that have gates: those of a project, and the acceptance of one block."""

    CONSULT = "consult"
    APPROVE = "approve"
    CONFIRM_SCHEME = "confirm_scheme"
    TENDER = "tender"
    CONTRACT = "contract"
    START = "start"
    ACCEPT_BLOCK = "accept_block"
    ACCEPT = "accept"
    AUDIT = "audit"
    HAND_OVER = "hand_over"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class Works:
    """Everything the gates look at. `block` is that of the step, where it is a step of one block.

    `accepted`: the blocks that were accepted. `inspected_by_residents`: the blocks where residents took part in the
    acceptance. `approvers`: the units that may approve works of this size. `to_disclose` and `disclosed`: of the list
    of what is made public on site. `consulted`: what residents said. `required_meetings`: those that a step asks for.
    """

    items: tuple[WorksItem, ...] = ()
    standings: Mapping[str, ItemStanding] = field(default_factory=dict)
    defects: tuple[Defect, ...] = ()
    papers: tuple[Paper, ...] = ()
    required_papers: Mapping[Gated, frozenset[PaperKind]] = field(default_factory=dict)
    approvers: frozenset[str] = frozenset()
    to_disclose: frozenset[str] = frozenset()
    disclosed: frozenset[str] = frozenset()
    accepted: frozenset[str | None] = frozenset()
    inspected_by_residents: frozenset[str | None] = frozenset()
    warranties: tuple[Warranty, ...] = ()
    parties: tuple[WorksUnit, ...] = ()
    required_parties: frozenset[WorksParty] = frozenset()
    contracts: tuple[Contract, ...] = ()
    consulted: Consulted = NOT_CONSULTED
    required_meetings: Mapping[Gated, frozenset[MeetingKind]] = field(default_factory=dict)
    impacts_planned: bool = False

    def built(self) -> list[WorksItem]:
        return [item for item in self.items if item.dropped is None]

    def cost_fen(self, planned: int | None) -> int | None:
        """The size of the works: what is contracted, or what was planned where that is more; None: not known yet."""
        built = self.built()
        known = ([int(sum(item.cost for item in built))] if built else []) + ([] if planned is None else [planned])
        return max(known, default=None)

    def lost(self, item: WorksItem) -> bool:
        """Whether what confirmed it stands no more: residents are to be asked again, or it is dropped."""
        return item.confirmed_by in self.consulted.annulled or self.refused(item)

    def refused(self, item: WorksItem) -> bool:
        """Whether residents refused, by their last published result, what is confirmed. What an authority approved
        needs no residents' consent."""
        result = self.consulted.result_of(item.menu_item, item.block)
        approved = {paper.id for paper in self.papers if paper.kind is PaperKind.APPROVAL}
        return item.confirmed and item.confirmed_by not in approved and result is not None and not result.passed

    def paper_kinds(self) -> set[PaperKind]:
        return {paper.kind for paper in self.papers}

    def of_block(self, block: str | None) -> Works:
        """The same of one block alone."""
        items = tuple(item for item in self.items if item.block == block)
        ids = {item.id for item in items}
        return replace(
            self,
            items=items,
            standings={id: standing for id, standing in self.standings.items() if id in ids},
            defects=tuple(defect for defect in self.defects if defect.item in ids),
            accepted=self.accepted & {block},
            inspected_by_residents=self.inspected_by_residents & {block},
            warranties=tuple(warranty for warranty in self.warranties if warranty.item in ids),
        )
