"""What every act at works begins with: the project, locked; the right to act; the state that allows it; the works."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from services.chassis.commands import Conflict, Unfit, admitted
from services.chassis.database.work import Work
from services.projects.app.authority import Authority
from services.projects.app.own_ids import NamedBy
from services.projects.app.ports import RepairProjects
from services.projects.app.works.ports import Done, KnownSite, StandingRules, WorksBook
from services.projects.domain.plan_rules import PlanRules
from services.projects.domain.standards.demands_on_works import joined
from services.projects.domain.works.acts import POSSIBLE, Act
from services.projects.domain.works.consulted import Consulted
from services.projects.domain.works.gated_works import Gated, Works
from services.projects.domain.works.gates import STEPS, GatesShut, Hold, holds
from services.projects.domain.works.items import WorksItem
from services.projects.domain.works.repair_project import RepairProject
from services.projects.domain.works.rules import WorksRules

TOPIC = "projects"


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts, and what they may act on."""

    actor: str
    authority: Authority


@dataclass(frozen=True, slots=True)
class Site:
    """The works of one project, for one act."""

    project: RepairProject
    works: Works
    done: Done
    blocks: frozenset[str] = frozenset()
    """Those registered in the project's estates; empty where any is taken."""

    def item(self, item_id: str, field: str) -> WorksItem:
        """Raises Unfit, which names the field, for an item of other works or none."""
        for item in self.works.items:
            if item.id == item_id:
                return item
        raise Unfit(field, "is no item of these works; take an id of GET /projects/{id}/works")

    def has_block(self, block: str | None, field: str) -> None:
        """Raises Unfit, which names the field and the blocks, for one that is not registered. None: the grounds."""
        if block is not None and self.blocks and block not in self.blocks:
            raise Unfit(field, f"is no block that is registered there; known are {', '.join(in_order(self.blocks))}")


@dataclass(frozen=True, slots=True)
class WorksDesk:
    projects: RepairProjects
    book: WorksBook
    rules: WorksRules
    plan_rules: PlanRules
    consulted: Callable[[Work, str], Consulted]
    known_site: Callable[[Work, str], KnownSite]
    named_by: NamedBy
    standing: StandingRules

    def open(self, work: Work, project_id: str, who: Who, act: Act) -> Site:
        """Raises Unknown, Forbidden, and Conflict where the project's state does not allow the act."""
        project = admitted(self.projects.lock(work, project_id), who.authority.act_on)
        allowed(project, act)
        known = self.known_site(work, project_id)
        return Site(project, self._works(work, project_id, known), Done(who.actor, work.clock.now()), known.blocks)

    def works_of(self, work: Work, project_id: str) -> Works:
        return self._works(work, project_id, self.known_site(work, project_id))

    def _works(self, work: Work, project_id: str, known: KnownSite) -> Works:
        works = self.book.works_of(work, project_id)
        asked = self.standing.asked(work, project_id)
        cost = works.cost_fen(known.planned_fen)
        return replace(
            works,
            required_papers=joined((self.rules.papers, asked.papers)),
            approvers=self.plan_rules.may_approve(cost, known.sub_district),
            required_parties=self.rules.parties_of(cost),
            to_disclose=self.rules.disclosed,
            consulted=self.consulted(work, project_id),
            required_meetings=joined((self.rules.meetings, asked.meetings)),
        )

    def shut(self, project: RepairProject, works: Works, step: Gated) -> list[Hold]:
        """The gates of a step that are shut for these works. A project from before there were gates has none."""
        return holds(step, works) if self.gated(project) else []

    def gated(self, project: RepairProject) -> bool:
        return project.opened_at.date() >= self.rules.gated_from

    def built(self, work: Work, project: RepairProject) -> frozenset[str] | None:
        """The elements that its items build; None for a project from before works had items to end with."""
        if not self.gated(project):
            return None
        return frozenset(item.element for item in self.book.works_of(work, project.id).built())

    def pass_gates(self, work: Work, project: RepairProject) -> None:
        """Raises GatesShut when what the project just became is not open to it yet; the transaction is rolled back."""
        step = project.state and STEPS.get(project.state)
        if step and (shut := self.shut(project, self.works_of(work, project.id), step)):
            raise GatesShut(step, shut)


def in_order(blocks: Iterable[str]) -> list[str]:
    """3 before 12."""
    return sorted(blocks, key=lambda one: (len(one), one))


def allowed(project: RepairProject, act: Act) -> None:
    """Raises Conflict where the project's state does not allow the act."""
    assert project.state
    if project.state not in POSSIBLE[act]:
        states = ", ".join(sorted(POSSIBLE[act]))
        raise Conflict(f"it is {project.state}; this is done while it is {states}", project.version, project.state)
