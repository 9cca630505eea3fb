"""The repair project (修缮项目) and the steps it may take. One table holds them all (docs/domain.md §4.2, §10.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.contracts.districts import SHANGHAI
from services.contracts.ticket_events import Place


class ProjectState(StrEnum):
    NEED = "need"
    CONSULTED = "consulted"
    LISTED = "listed"
    APPROVED = "approved"
    DESIGNED = "designed"
    SCHEME_PUBLIC = "scheme_public"
    SCHEME_CONFIRMED = "scheme_confirmed"
    TENDERED = "tendered"
    CONTRACTED = "contracted"
    STARTED = "started"
    BUILDING = "building"
    ACCEPTED = "accepted"
    AUDITED = "audited"
    HANDED_OVER = "handed_over"
    WARRANTY = "warranty"
    VERIFIED = "verified"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


_STOP = frozenset({ProjectState.SUSPENDED, ProjectState.CANCELLED})

TRANSITIONS: Mapping[ProjectState | None, frozenset[ProjectState]] = {
    None: frozenset({ProjectState.NEED}),
    ProjectState.NEED: frozenset({ProjectState.CONSULTED}) | _STOP,
    ProjectState.CONSULTED: frozenset({ProjectState.LISTED}) | _STOP,
    ProjectState.LISTED: frozenset({ProjectState.APPROVED}) | _STOP,
    ProjectState.APPROVED: frozenset({ProjectState.DESIGNED}) | _STOP,
    ProjectState.DESIGNED: frozenset({ProjectState.SCHEME_PUBLIC}) | _STOP,
    ProjectState.SCHEME_PUBLIC: frozenset({ProjectState.SCHEME_CONFIRMED}) | _STOP,
    ProjectState.SCHEME_CONFIRMED: frozenset({ProjectState.TENDERED}) | _STOP,
    ProjectState.TENDERED: frozenset({ProjectState.CONTRACTED}) | _STOP,
    ProjectState.CONTRACTED: frozenset({ProjectState.STARTED}) | _STOP,
    ProjectState.STARTED: frozenset({ProjectState.BUILDING}) | _STOP,
    ProjectState.BUILDING: frozenset({ProjectState.ACCEPTED}) | _STOP,
    ProjectState.ACCEPTED: frozenset({ProjectState.AUDITED}),
    ProjectState.AUDITED: frozenset({ProjectState.HANDED_OVER}),
    ProjectState.HANDED_OVER: frozenset({ProjectState.WARRANTY}),
    ProjectState.WARRANTY: frozenset({ProjectState.VERIFIED}),
    ProjectState.VERIFIED: frozenset(),
    ProjectState.SUSPENDED: frozenset({ProjectState.CANCELLED}),  # and back to where it was suspended
    ProjectState.CANCELLED: frozenset(),
}

REQUIRED: Mapping[ProjectState, tuple[str, ...]] = {
    ProjectState.APPROVED: ("lead",),
    ProjectState.SCHEME_CONFIRMED: ("note",),
    ProjectState.STARTED: ("floor_area_m2", "planned_end"),
    ProjectState.ACCEPTED: ("started_at",),
    ProjectState.VERIFIED: ("effect_shown",),
    ProjectState.SUSPENDED: ("note", "responsible", "review_on"),
    ProjectState.CANCELLED: ("note",),
}
"""The facts without which a state cannot be reached."""

WORKS_TO_COME = frozenset(ProjectState) - {
    ProjectState.ACCEPTED,
    ProjectState.AUDITED,
    ProjectState.HANDED_OVER,
    ProjectState.WARRANTY,
    ProjectState.VERIFIED,
    ProjectState.CANCELLED,
}
"""A further hot issue may still join."""


class IllegalProjectStep(ValueError):
    """The table has no such step from the project's state."""


class PlanFault(ValueError):
    """A day that cannot be; `fact` names it."""

    def __init__(self, fact: str, fault: str) -> None:
        super().__init__(fault)
        self.fact = fact


class MissingFacts(ValueError):
    """Facts that `state` requires are not there; `facts` names them."""

    def __init__(self, state: ProjectState, facts: tuple[str, ...]) -> None:
        super().__init__(f"{state} needs {', '.join(facts)}")
        self.state = state
        self.facts = facts


@dataclass(frozen=True, slots=True)
class ProjectEntry:
    """Who took which step when; `version` is the project's after it. `joined`: the hot issue that joined by it.

    `reverses`: the version of the wrong step that this one takes back. `responsible`, `review_on`: of a suspension.
    """

    version: int
    at: datetime
    from_state: ProjectState | None
    state: ProjectState
    actor: str
    note: str | None = None
    joined: str | None = None
    reverses: int | None = None
    responsible: str | None = None
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Who must remove what stopped the works, and the day on which it is looked at again."""

    responsible: str | None = None
    review_on: date | None = None


NO_PAUSE = Pause()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned, as far as it is known; None leaves what was planned before."""

    floor_area_m2: float | None = None
    elements: tuple[str, ...] | None = None
    planned_start: date | None = None
    planned_end: date | None = None

    def given(self) -> dict[str, Any]:
        known = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in known.items() if value is not None}


NO_PLAN = Plan()


@dataclass(slots=True)
class RepairProject:
    """Works that are to cure the causes of its hot issues. Every step, and every issue that joins, raises `version`.

    `estates`: all of them where they are several; `place` is the first.
    `responsible` and `review_on` are there while it is suspended.
    """

    id: str
    number: str
    place: Place
    lead: str
    opened_at: datetime
    hot_issues: tuple[str, ...] = ()
    estates: tuple[Place, ...] = ()
    elements: tuple[str, ...] = ()
    floor_area_m2: float | None = None
    planned_start: date | None = None
    planned_end: date | None = None
    started_at: datetime | None = None
    accepted_at: datetime | None = None
    resume_to: ProjectState | None = None
    responsible: str | None = None
    review_on: date | None = None
    version: int = 0
    state: ProjectState | None = None
    steps: list[ProjectEntry] = field(default_factory=list)

    def may_become(self) -> frozenset[ProjectState]:
        return TRANSITIONS[self.state] | ({self.resume_to} if self.resume_to else set())

    def take(
        self,
        state: ProjectState,
        at: datetime,
        actor: str,
        note: str | None = None,
        *,
        effect_shown: bool = False,
        pause: Pause = NO_PAUSE,
    ) -> None:
        """One step of the table. Raises IllegalProjectStep, MissingFacts or PlanFault, and then changes nothing."""
        if state not in self.may_become():
            raise IllegalProjectStep(f"a project that is {self.state or 'new'} cannot become {state}")
        if state is not self.resume_to:  # it met all requirements before it was suspended
            facts = {
                "note": note,
                "effect_shown": effect_shown,
                "responsible": pause.responsible,
                "review_on": pause.review_on,
            }
            required = REQUIRED.get(state, ())
            missing = tuple(fact for fact in required if not (facts.get(fact) or getattr(self, fact, None)))
            if missing:
                raise MissingFacts(state, missing)
            self._days_fit(state, at.astimezone(SHANGHAI).date(), pause)
        stopped = state is ProjectState.SUSPENDED
        self.resume_to = self.state if stopped else None
        self.responsible, self.review_on = (pause.responsible, pause.review_on) if stopped else (None, None)
        if state is ProjectState.STARTED:
            self.started_at = self.started_at or at
        if state is ProjectState.ACCEPTED:
            self.accepted_at = at
        self._record(state, at, actor, note, pause=pause if stopped else NO_PAUSE)

    def reverse(self, step: ProjectEntry, at: datetime, actor: str, note: str) -> None:
        """Takes back a step that `last_standing` gave: the project is where it was before it, and the history shows
        both. Days that the wrong step set are gone, so nothing counts by them."""
        assert step.from_state
        if step.state is ProjectState.STARTED:
            self.started_at = None
        if step.state is ProjectState.ACCEPTED:
            self.accepted_at = None
        self._record(step.from_state, at, actor, note, reverses=step.version)

    def remark(self, at: datetime, actor: str) -> None:
        """A line of the history that is no step."""
        assert self.state
        self._record(self.state, at, actor, None)

    def join(self, hot_issue_id: str, at: datetime, actor: str) -> None:
        """A further hot issue of the estate is to be cured by the same works."""
        if self.state not in WORKS_TO_COME:
            raise IllegalProjectStep(f"a project that is {self.state} takes no further hot issue")
        self.hot_issues = (*self.hot_issues, hot_issue_id)
        self._record(self.state, at, actor, None, hot_issue_id)

    def plan(self, plan: Plan) -> None:
        """Takes over what the plan gives; raises PlanFault when the works would end before they start."""
        given = plan.given()
        start, end = (given.get(name, getattr(self, name)) for name in ("planned_start", "planned_end"))
        if start and end and end < start:
            raise PlanFault("planned_end", "planned_end is before planned_start; correct one of them")
        for name, value in given.items():
            setattr(self, name, value)

    def _days_fit(self, state: ProjectState, today: date, pause: Pause) -> None:
        """Raises PlanFault where what is planned and what happens contradict each other."""
        if state is ProjectState.SUSPENDED and pause.review_on and pause.review_on <= today:
            raise PlanFault("review_on", "must be a day to come")
        if state in (ProjectState.STARTED, ProjectState.ACCEPTED) and self.planned_start and self.planned_start > today:
            raise PlanFault(
                "planned_start", f"is after the day on which the works are {state}; give the day they began"
            )
        if state is ProjectState.STARTED and self.planned_end and self.planned_end < today:
            raise PlanFault("planned_end", "is before the works begin; give the day on which they are to end")

    def _record(
        self,
        state: ProjectState,
        at: datetime,
        actor: str,
        note: str | None,
        joined: str | None = None,
        reverses: int | None = None,
        pause: Pause = NO_PAUSE,
    ) -> None:
        self.version += 1
        stop = (pause.responsible, pause.review_on)
        self.steps.append(ProjectEntry(self.version, at, self.state, state, actor, note, joined, reverses, *stop))
        self.state = state
