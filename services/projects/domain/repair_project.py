"""The repair project (修缮项目) and the steps it may take. One table says all (domain.md §4.2, §10.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.contracts.ticket_events import Place


class State(StrEnum):
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


_STOP = frozenset({State.SUSPENDED, State.CANCELLED})

TRANSITIONS: Mapping[State | None, frozenset[State]] = {
    None: frozenset({State.NEED}),
    State.NEED: frozenset({State.CONSULTED}) | _STOP,
    State.CONSULTED: frozenset({State.LISTED}) | _STOP,
    State.LISTED: frozenset({State.APPROVED}) | _STOP,
    State.APPROVED: frozenset({State.DESIGNED}) | _STOP,
    State.DESIGNED: frozenset({State.SCHEME_PUBLIC}) | _STOP,
    State.SCHEME_PUBLIC: frozenset({State.SCHEME_CONFIRMED}) | _STOP,
    State.SCHEME_CONFIRMED: frozenset({State.TENDERED}) | _STOP,
    State.TENDERED: frozenset({State.CONTRACTED}) | _STOP,
    State.CONTRACTED: frozenset({State.STARTED}) | _STOP,
    State.STARTED: frozenset({State.BUILDING}) | _STOP,
    State.BUILDING: frozenset({State.ACCEPTED}) | _STOP,
    State.ACCEPTED: frozenset({State.AUDITED}),
    State.AUDITED: frozenset({State.HANDED_OVER}),
    State.HANDED_OVER: frozenset({State.WARRANTY}),
    State.WARRANTY: frozenset({State.VERIFIED}),
    State.VERIFIED: frozenset(),
    State.SUSPENDED: frozenset({State.CANCELLED}),  # and back to where it was suspended
    State.CANCELLED: frozenset(),
}

REQUIRED: Mapping[State, tuple[str, ...]] = {
    State.APPROVED: ("lead",),
    State.SCHEME_CONFIRMED: ("note",),
    State.STARTED: ("floor_area_m2", "planned_end"),
    State.ACCEPTED: ("started_at",),
    State.VERIFIED: ("effect_shown",),
    State.CANCELLED: ("note",),
}
"""The facts without which a state cannot be reached."""

FACTS: Mapping[str, str] = {
    "lead": "a department must lead the project",
    "note": "say what the consultation came to, or why the project is cancelled",
    "floor_area_m2": "give the floor area that is repaired, in m²",
    "planned_end": "give the day on which the works are to end",
    "started_at": "the works must have been started",
    "effect_shown": "each of its hot issues must be verified first",
}
"""What each of them means, for whoever is refused."""

WORKS_TO_COME = frozenset(State) - {
    State.ACCEPTED,
    State.AUDITED,
    State.HANDED_OVER,
    State.WARRANTY,
    State.VERIFIED,
    State.CANCELLED,
}
"""A further hot issue may still join."""


class IllegalStep(ValueError):
    """The table has no such step from the project's state."""


class PlanFault(ValueError):
    """What is planned cannot be."""


class MissingFacts(ValueError):
    """Facts that `state` requires are not there; `facts` names them."""

    def __init__(self, state: State, facts: tuple[str, ...]) -> None:
        super().__init__(f"{state} needs {', '.join(facts)}")
        self.state = state
        self.facts = facts


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Who took which step when; `version` is the project's after it."""

    version: int
    at: datetime
    from_state: State | None
    state: State
    actor: str
    note: str | None = None


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
    """Works that are to cure the causes of its hot issues. Every step, and every issue that joins, raises `version`."""

    id: str
    place: Place
    lead: str
    opened_at: datetime
    hot_issues: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    floor_area_m2: float | None = None
    planned_start: date | None = None
    planned_end: date | None = None
    started_at: datetime | None = None
    accepted_at: datetime | None = None
    resume_to: State | None = None
    version: int = 0
    state: State | None = None
    steps: list[HistoryEntry] = field(default_factory=list)

    def may_become(self) -> frozenset[State]:
        return TRANSITIONS[self.state] | ({self.resume_to} if self.resume_to else set())

    def take(
        self, state: State, at: datetime, actor: str, note: str | None = None, *, effect_shown: bool = False
    ) -> None:
        """One step of the table. Raises IllegalStep or MissingFacts, and then changes nothing."""
        if state not in self.may_become():
            raise IllegalStep(f"a project that is {self.state or 'new'} cannot become {state}")
        if state is not self.resume_to:  # where it was suspended it had been with all that was required
            facts = {"note": note, "effect_shown": effect_shown}
            required = REQUIRED.get(state, ())
            missing = tuple(fact for fact in required if not (facts.get(fact) or getattr(self, fact, None)))
            if missing:
                raise MissingFacts(state, missing)
        self.resume_to = self.state if state is State.SUSPENDED else None
        if state is State.STARTED:
            self.started_at = self.started_at or at
        if state is State.ACCEPTED:
            self.accepted_at = at
        self._record(state, at, actor, note)

    def join(self, hot_issue_id: str, at: datetime, actor: str) -> None:
        """A further hot issue of the estate is to be cured by the same works."""
        if self.state not in WORKS_TO_COME:
            raise IllegalStep(f"a project that is {self.state} takes no further hot issue")
        self.hot_issues = (*self.hot_issues, hot_issue_id)
        self._record(self.state, at, actor, f"hot issue {hot_issue_id} joined")

    def plan(self, plan: Plan) -> None:
        """Takes over what the plan gives; raises PlanFault when the works would end before they start."""
        given = plan.given()
        start, end = (given.get(name, getattr(self, name)) for name in ("planned_start", "planned_end"))
        if start and end and end < start:
            raise PlanFault("planned_end is before planned_start")
        for name, value in given.items():
            setattr(self, name, value)

    def _record(self, state: State, at: datetime, actor: str, note: str | None) -> None:
        self.version += 1
        self.steps.append(HistoryEntry(self.version, at, self.state, state, actor, note))
        self.state = state
