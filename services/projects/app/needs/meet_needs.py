"""What projects do to needs: a decided hot issue asks for its elements, and works meet what they were opened for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.database.work import Work
from services.contracts.ticket_events import Place
from services.projects.app.needs.gather import GatherNeeds
from services.projects.domain.needs import ANYTHING, Need, NeedOrigin, NeedState, Source
from services.projects.domain.repair_project import RepairProject


@dataclass(frozen=True, slots=True)
class MeetNeeds:
    """In the transaction of the step, after the locks of the project and its issues."""

    gather: GatherNeeds

    def issue(self, work: Work, place: Place, issue_id: str, elements: Sequence[str], project: RepairProject) -> None:
        """A hot issue was decided as works: it asks for its type's elements, and the project meets them."""
        source = Source(work.clock.now(), NeedOrigin.HOT_ISSUE, issue_id)
        changed = []
        for need, is_new in self.gather.joined(work, place, elements or (ANYTHING,), source):
            if is_free := need.state is not NeedState.IN_PROJECT:  # else other works meet it
                need.begin(project.id)
            if is_new or is_free:
                changed.append(need)
        self.gather.keep(work, changed)

    def begin(self, work: Work, needs: Sequence[Need], project: RepairProject) -> None:
        """The project meets these needs, which no other works meet."""
        for need in needs:
            need.begin(project.id)
        self.gather.keep(work, needs)

    def step(self, work: Work, project: RepairProject) -> None:
        assert project.state
        needs = self.gather.book.of_project(work, project.id)
        self.gather.keep(work, [need for need in needs if need.follow(project.state)])
