"""Opens a project for needs, with or without a hot issue: of one estate or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.chassis.commands import Conflict, Unfit, admitted, must_be_at
from services.chassis.database.work import Work
from services.projects.app.needs.ports import NeedBook
from services.projects.app.repair import Repair
from services.projects.app.works.desk import Who
from services.projects.domain.needs import ANYTHING, PLANNABLE, Need
from services.projects.domain.works.repair_project import Plan, RepairProject


class Wanted(NamedTuple):
    """A need as somebody saw it."""

    id: str
    version: int


class Begun(NamedTuple):
    """`left`: the needs that stay open, as the project has other elements."""

    project: RepairProject
    left: Sequence[Need]


@dataclass(frozen=True, slots=True)
class OpenForNeeds:
    book: NeedBook
    repair: Repair

    def __call__(self, work: Work, wanted: Sequence[Wanted], plan: Plan, who: Who) -> Begun:
        """Raises Unfit, Forbidden, and Conflict for a need that changed since or that others meet already."""
        locked = self.book.lock(work, {one.id for one in wanted})
        needs = []
        for number, one in enumerate(wanted):
            nothing = Unfit(f"needs.{number}.id", "is no need: take one of GET /needs")
            need = admitted(locked.get(one.id), who.authority.act_on, nothing)
            must_be_at(one.version, need.version, need.state)
            if need.state not in PLANNABLE:
                raise Conflict(
                    f"it is {need.state}: no project can be opened for it", need.version, need.state, "need_settled"
                )
            needs.append(need)
        return self.begin(work, needs, plan, who.actor)

    def begin(self, work: Work, needs: Sequence[Need], plan: Plan, actor: str) -> Begun:
        """The needs are locked and plannable. Of those whose elements are planned, which is all where the plan names no
        elements, the estates and elements are the project's, in the order given. Raises Unfit where there are none.
        """
        taken = [need for need in needs if plan.elements is None or need.element in (ANYTHING, *plan.elements)]
        if not taken:
            asked = ", ".join(sorted({need.element for need in needs if need.element}))
            raise Unfit("project.elements", f"has none of what the needs ask for: add of {asked}, or take other needs")
        places = {need.place.estate: need.place for need in taken}
        elements = dict.fromkeys(need.element for need in taken if need.element)
        project = self.repair.begin(work, tuple(places.values()), tuple(elements), plan, actor)
        self.repair.needs.begin(work, taken, project)
        return Begun(project, [need for need in needs if need not in taken])
