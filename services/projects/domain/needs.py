"""What an estate needs (修缮需求): one for each estate and element, however many ask for it. One table holds its steps.

docs/domain.md §4.2: needs are gathered, planned, met by a project, or refused with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from services.contracts.event import deterministic_id
from services.contracts.ticket_events import Place
from services.projects.domain.sighting import Sighting
from services.projects.domain.works.repair_project import WORKS_TO_COME, ProjectState

ANYTHING = None
"""The element of a need that names none: the estate asks to be repaired at all."""


class NeedState(StrEnum):
    OPEN = "open"
    IN_PLAN = "in_plan"
    IN_PROJECT = "in_project"
    MET = "met"
    REFUSED = "refused"


class NeedOrigin(StrEnum):
    HOT_ISSUE = "hot_issue"
    TICKET = "ticket"
    SURVEY = "survey"
    COMMITTEE = "committee"
    FILE = "file"


class NeedReason(StrEnum):
    """Why a need is not planned, or not now."""

    NO_MONEY = "no_money"
    LOWER_RANK = "lower_rank"
    NO_WILL = "no_will"
    REPAIRED_LATELY = "repaired_lately"
    OTHER_PROGRAMME = "other_programme"
    NOT_SHOWN = "not_shown"
    NOBODY_ASKS = "nobody_asks"
    NOT_BUILT = "not_built"
    """Works that were to meet it ended without its element; it is open again."""


TRANSITIONS: Mapping[NeedState | None, frozenset[NeedState]] = {
    None: frozenset({NeedState.OPEN}),
    NeedState.OPEN: frozenset({NeedState.IN_PLAN, NeedState.IN_PROJECT, NeedState.REFUSED}),
    NeedState.IN_PLAN: frozenset({NeedState.OPEN, NeedState.IN_PROJECT, NeedState.REFUSED}),
    NeedState.IN_PROJECT: frozenset({NeedState.OPEN, NeedState.MET}),
    NeedState.MET: frozenset({NeedState.IN_PROJECT}),  # an acceptance is taken back
    NeedState.REFUSED: frozenset(),
}
TAKES_SOURCES = frozenset({NeedState.OPEN, NeedState.IN_PLAN, NeedState.IN_PROJECT})
"""Who asks once it is met or refused begins another need."""
ASKED_BY_HAND = frozenset({NeedOrigin.COMMITTEE, NeedOrigin.FILE})
"""What people enter, and may take back."""
PLANNABLE = frozenset({NeedState.OPEN, NeedState.IN_PLAN})


class IllegalNeedStep(ValueError):
    """The table has no such step from the need's state."""


class Source(NamedTuple):
    """`ref` is the id of what asks; in the order of their times."""

    at: datetime
    kind: NeedOrigin
    ref: str


@dataclass(slots=True)
class Need:
    """Every change raises `version`."""

    id: str
    place: Place
    element: str | None
    ordinal: int
    lead: str
    opened_at: datetime
    sources: tuple[Source, ...] = ()
    version: int = 0
    state: NeedState = NeedState.OPEN
    plan_id: str | None = None
    project_id: str | None = None
    reason: NeedReason | None = None

    @property
    def tickets(self) -> tuple[str, ...]:
        return tuple(one.ref for one in self.sources if one.kind is NeedOrigin.TICKET)

    def join(self, source: Source) -> bool:
        """Whether it is one more; who asked before changes nothing by asking again."""
        if any((one.kind, one.ref) == (source.kind, source.ref) for one in self.sources):
            return False
        self.sources = tuple(sorted((*self.sources, source)))
        self.version += 1
        return True

    def leave(self, kind: NeedOrigin, ref: str) -> bool:
        """Takes back what asks no more; with nobody left an open need is refused. Whether it was a source."""
        left = tuple(one for one in self.sources if (one.kind, one.ref) != (kind, ref))
        if left == self.sources:
            return False
        self.sources = left
        self.version += 1
        if not left and self.state is NeedState.OPEN:
            self.state, self.reason = NeedState.REFUSED, NeedReason.NOBODY_ASKS
        return True

    def plan(self, plan_id: str) -> None:
        """Another version of the plan may list what one lists already."""
        if self.state is NeedState.IN_PLAN:
            self.version += 1
        else:
            self._take(NeedState.IN_PLAN)
        self.plan_id, self.reason = plan_id, None

    def unplan(self) -> None:
        """The plan that listed it does so no more."""
        self._take(NeedState.OPEN)
        self.plan_id = None

    def begin(self, project_id: str) -> None:
        self._take(NeedState.IN_PROJECT)
        self.project_id, self.reason = project_id, None

    def refuse(self, reason: NeedReason) -> None:
        self._take(NeedState.REFUSED)
        self.reason = reason

    def follow(self, project: ProjectState, is_built: bool) -> bool:
        """Becomes what its project's state makes of it; whether that changed it.

        `is_built`: whether the works built its element, or anything where it names none.
        """
        state, is_left = state_by(project), False
        if state is NeedState.MET and self.state is NeedState.IN_PROJECT and not is_built:
            state, is_left = NeedState.OPEN, True
        if state is self.state:
            return False
        self._take(state)
        if state is NeedState.OPEN:
            self.plan_id = self.project_id = None
            self.reason = NeedReason.NOT_BUILT if is_left else None
        return True

    def _take(self, state: NeedState) -> None:
        if state not in TRANSITIONS[self.state]:
            raise IllegalNeedStep(f"a need that is {self.state} cannot become {state}")
        self.state = state
        self.version += 1


def state_by(project: ProjectState) -> NeedState:
    """What a project's state makes of the needs that it is to meet."""
    if project is ProjectState.CANCELLED:
        return NeedState.OPEN
    return NeedState.IN_PROJECT if project in WORKS_TO_COME else NeedState.MET


def need_id(estate: str, element: str | None, ordinal: int) -> str:
    return str(deterministic_id("projects", f"{estate}|{element or ''}", "need", ordinal))


def wish_of(sighting: Sighting, types: frozenset[str]) -> Place | None:
    """The estate for which a ticket asks to be repaired, whatever kind of call it is; None for any other ticket."""
    found = sighting.found
    if sighting.rejected or sighting.merged or sighting.occurred_at is None or found.estate is None:
        return None
    if found.type_code not in types:
        return None
    return Place(sub_district=found.sub_district, estate=found.estate, estate_name=found.estate_name)
