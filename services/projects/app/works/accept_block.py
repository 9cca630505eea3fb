"""Accepts one block of works with its residents, and gives its items their warranties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from services.chassis.commands import Unfit
from services.chassis.database.work import Work
from services.contracts.works_events import WarrantyGiven, WorksBlockAccepted
from services.projects.app.works.desk import TOPIC, Site, Who, WorksDesk
from services.projects.app.works.ports import Acceptance
from services.projects.app.works.visit_residents import new_rounds, start_visit_clocks
from services.projects.domain.works.acts import Act
from services.projects.domain.works.gated_works import Gated
from services.projects.domain.works.gates import GatesShut, holds
from services.projects.domain.works.warranty import NoTerm, TooShort, Warranty, warranty


@dataclass(frozen=True, slots=True)
class BlockAcceptance:
    """`years`: what was agreed for elements beyond the law's terms, and the design life of structures."""

    block: str | None
    accepted_on: date
    residents: int
    years: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AcceptBlock:
    desk: WorksDesk

    def __call__(self, work: Work, project_id: str, said: BlockAcceptance, who: Who) -> Acceptance:
        """Raises Unfit, and GatesShut while an item is not accepted or a defect holds the block up."""
        site = self.desk.open(work, project_id, who, Act.ACCEPT_BLOCK)
        items = replace(site.works.of_block(said.block), inspected_by_residents=frozenset({said.block}))
        if not items.built():
            raise Unfit("block", "has no item of these works; take a block of GET /projects/{id}/works")
        if said.block in site.works.accepted:
            raise Unfit("block", "is accepted already")
        if site.project.started_at and said.accepted_on < site.project.started_at.date():
            raise Unfit("accepted_on", "is before the works started")
        if said.accepted_on > site.done.at.date():
            raise Unfit("accepted_on", "is still to come")
        if shut := holds(Gated.ACCEPT_BLOCK, items):
            raise GatesShut(Gated.ACCEPT_BLOCK, shut)
        acceptance = Acceptance(said.block, said.accepted_on, said.residents, self._warranties(site, said))
        self.desk.book.accept(work, project_id, acceptance, site.done)
        start_visit_clocks(work, new_rounds(project_id, acceptance.warranties), self.desk.rules.visit_late_days)
        work.publish(
            TOPIC,
            WorksBlockAccepted(
                version=1,
                project_id=project_id,
                block=said.block,
                accepted_on=said.accepted_on,
                residents=said.residents,
                warranties=tuple(
                    WarrantyGiven(item_id=one.item, starts=one.starts, ends=one.ends, term=one.term)
                    for one in acceptance.warranties
                ),
                **site.done._asdict(),
            ),
        )
        return acceptance

    def _warranties(self, site: Site, said: BlockAcceptance) -> tuple[Warranty, ...]:
        terms = self.desk.rules.terms()
        given = []
        for item in site.works.of_block(said.block).built():
            term, agreed = terms.get(item.element), said.years.get(item.element)
            by_design = agreed if term and term.years is None else None
            try:
                given.append(warranty(item, said.accepted_on, terms, None if by_design else agreed, by_design))
            except (NoTerm, TooShort) as error:
                raise Unfit(f"years.{item.element}", str(error)) from None
        return tuple(given)
