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
from services.projects.domain.needs import PLANNABLE, Need
from services.projects.domain.repair_project import Plan, RepairProject


class Wanted(NamedTuple):
    """A need as somebody saw it."""

    id: str
    version: int


@dataclass(frozen=True, slots=True)
class OpenForNeeds:
    book: NeedBook
    repair: Repair

    def __call__(self, work: Work, wanted: Sequence[Wanted], plan: Plan, who: Who) -> RepairProject:
        """Raises Unfit, Forbidden, and Conflict for a need that changed since or that others meet already."""
        locked = self.book.lock(work, {one.id for one in wanted})
        needs = []
        for number, one in enumerate(wanted):
            nothing = Unfit(f"needs.{number}.id", "is no need: take one of GET /needs")
            need = admitted(locked.get(one.id), who.authority.act_on, nothing)
            must_be_at(one.version, need.version, need.state)
            if need.state not in PLANNABLE:
                raise Conflict(f"it is {need.state}: no project can be opened for it", need.version, need.state)
            needs.append(need)
        return self.begin(work, needs, plan, who.actor)

    def begin(self, work: Work, needs: Sequence[Need], plan: Plan, actor: str) -> RepairProject:
        """The needs are locked and plannable. Their estates and elements are the project's, in the order given."""
        places = {need.place.estate: need.place for need in needs}
        elements = dict.fromkeys(need.element for need in needs if need.element)
        project = self.repair.begin(work, tuple(places.values()), tuple(elements), plan, actor)
        self.repair.needs.begin(work, needs, project)
        return project
