"""The course of a stored consultation: one table of its states, and what each step asks for (ADR 42)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from services.projects.domain.consultation.admission import Opening
from services.projects.domain.consultation.rounds import PeriodFault, Round, TextFrozen, period_faults
from services.projects.domain.consultation.voted_items import VotedItem


class ConsultationState(StrEnum):
    """`noticed`: what is voted on, by whom, how and when has been announced, and stands."""

    DRAFTED = "drafted"
    NOTICED = "noticed"
    OPEN = "open"
    CLOSED = "closed"
    COUNTED = "counted"
    PUBLISHED = "published"
    ANNULLED = "annulled"


_S = ConsultationState

CONSULTATION_STEPS: Mapping[ConsultationState, frozenset[ConsultationState]] = {
    _S.DRAFTED: frozenset({_S.NOTICED, _S.ANNULLED}),
    _S.NOTICED: frozenset({_S.OPEN, _S.ANNULLED}),
    _S.OPEN: frozenset({_S.CLOSED, _S.ANNULLED}),
    _S.CLOSED: frozenset({_S.COUNTED, _S.ANNULLED}),
    _S.COUNTED: frozenset({_S.PUBLISHED, _S.ANNULLED}),
    _S.PUBLISHED: frozenset({_S.ANNULLED}),
    _S.ANNULLED: frozenset(),
}

ENDED = frozenset({_S.PUBLISHED, _S.ANNULLED})
TAKES_BALLOTS = frozenset({_S.OPEN, _S.CLOSED})
"""Paper that was handed in before the end may be entered after it; nothing once it was counted."""


class IllegalConsultationStep(ValueError):
    """The table has no such step from the state."""


class TooEarly(ValueError):
    """`field` is what has not come yet."""

    def __init__(self, field: str, moment: datetime) -> None:
        super().__init__(f"{field} is {moment.isoformat()}")
        self.field = field


class BadPeriods(ValueError):
    """The periods break the rule of an item."""

    def __init__(self, item: str, fault: PeriodFault) -> None:
        super().__init__(f"{item}: {fault}")
        self.item = item
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Voters:
    """The electorate in sum. `area` in 0.01 m²."""

    hash: str
    parts: int
    heads: int
    area: int


@dataclass(frozen=True, slots=True)
class Announced:
    """`evidence`: SHA-256 of the notice as it was posted."""

    announced_at: datetime
    opens_at: datetime
    closes_at: datetime
    evidence: str

    def in_utc(self) -> Announced:
        """As hashes are made of it."""
        return Announced(
            self.announced_at.astimezone(UTC),
            self.opens_at.astimezone(UTC),
            self.closes_at.astimezone(UTC),
            self.evidence,
        )


@dataclass(frozen=True, slots=True)
class ConsultationEntry:
    version: int
    at: datetime
    state: ConsultationState
    actor: str
    reason: str | None = None


@dataclass(slots=True)
class Consultation:
    """One round of one consultation of a project, its `ordinal`-th. `changed`: the items that differ from the round
    before.

    `announced` is there from the notice on.
    """

    id: str
    project_id: str
    voters: Voters
    items: tuple[VotedItem, ...]
    ordinal: int
    round: int = 1
    previous: str | None = None
    changed: tuple[str, ...] = ()
    announced: Announced | None = None
    seal: str | None = None
    state: ConsultationState = ConsultationState.DRAFTED
    version: int = 0
    entries: list[ConsultationEntry] = field(default_factory=list)

    @property
    def opening(self) -> Opening:
        assert self.announced
        return Opening(self.announced.opens_at, self.announced.closes_at, self.round)

    @property
    def texts(self) -> dict[str, str]:
        return {one.item: one.text.hash for one in self.items}

    def draft(self, at: datetime, actor: str) -> None:
        self._record(ConsultationState.DRAFTED, at, actor)

    def rewrite(self, items: Sequence[VotedItem], at: datetime, actor: str) -> None:
        """Raises TextFrozen once it was announced: who wants something else opens a new round."""
        if self.state is not ConsultationState.DRAFTED:
            other = {one.item: one.text.hash for one in items}
            names = sorted(self.texts.keys() | other.keys())
            raise TextFrozen(tuple(name for name in names if self.texts.get(name) != other.get(name)))
        self.items = tuple(items)
        self._record(ConsultationState.DRAFTED, at, actor)

    def notice(self, announced: Announced, at: datetime, actor: str) -> None:
        """Raises IllegalConsultationStep, TooEarly for a notice still to come, and BadPeriods."""
        self._may_become(ConsultationState.NOTICED)
        if announced.announced_at > at:
            raise TooEarly("announced_at", announced.announced_at)
        found = Round(self.round, self.texts, announced.announced_at, announced.opens_at, announced.closes_at)
        for item in self.items:
            for fault in period_faults(found, item.rule.periods):
                raise BadPeriods(item.item, fault)
        self.announced = announced.in_utc()
        self._record(ConsultationState.NOTICED, at, actor)

    def take(self, state: ConsultationState, at: datetime, actor: str, reason: str | None = None) -> None:
        """One step of the table after the notice. Raises IllegalConsultationStep and TooEarly."""
        self._may_become(state)
        if self.announced and state is ConsultationState.OPEN and at < self.announced.opens_at:
            raise TooEarly("opens_at", self.announced.opens_at)
        if self.announced and state is ConsultationState.CLOSED and at <= self.announced.closes_at:
            raise TooEarly("closes_at", self.announced.closes_at)
        self._record(state, at, actor, reason)

    def again(self, items: Sequence[VotedItem]) -> tuple[str, ...]:
        """The items that a further round changes. Raises IllegalConsultationStep, and NothingChanged for none."""
        if self.state not in ENDED:
            raise IllegalConsultationStep(f"it is {self.state}; a further round comes after one that has ended")
        texts = {one.item: one.text.hash for one in items}
        moment = self.announced.closes_at if self.announced else datetime.max
        return Round(self.round, self.texts, moment, moment, moment).again(texts, moment, moment, moment).changed

    def _may_become(self, state: ConsultationState) -> None:
        if state not in CONSULTATION_STEPS[self.state]:
            allowed = ", ".join(sorted(CONSULTATION_STEPS[self.state])) or "nothing"
            raise IllegalConsultationStep(f"a consultation that is {self.state} can become {allowed}, not {state}")

    def _record(self, state: ConsultationState, at: datetime, actor: str, reason: str | None = None) -> None:
        self.version += 1
        self.state = state
        self.entries.append(ConsultationEntry(self.version, at, state, actor, reason))
