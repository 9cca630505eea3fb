"""What projects do to needs: a decided hot issue asks for its elements, and works meet what they were opened for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.chassis.database.work import Work
from services.contracts.ticket_events import Place
from services.projects.app.needs.gather import GatherNeeds
from services.projects.domain.needs import ANYTHING, Need, NeedOrigin, NeedState, Source, state_by
from services.projects.domain.works.repair_project import RepairProject


@dataclass(frozen=True, slots=True)
class MeetNeeds:
    """In the transaction of the step, after the locks of the project and its issues."""

    gather: GatherNeeds
    built: Callable[[Work, RepairProject], frozenset[str] | None]
    """The elements that the works built; None where works had no items yet, so that they build what they name."""

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
        """What the works leave out when they end is open again. Where nothing asks, nothing is counted."""
        assert project.state
        needs = self.gather.book.of_project(work, project.id)
        built = self.built(work, project) if needs and state_by(project.state) is NeedState.MET else None
        followed = [need for need in needs if need.follow(project.state, _is_built(need, built))]
        self.gather.keep(work, followed)


def _is_built(need: Need, built: frozenset[str] | None) -> bool:
    return built is None or (bool(built) if need.element is ANYTHING else need.element in built)
