"""The course of a stored consultation: one table of its states, and what each step asks for (ADR 42)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from services.contracts.districts import SHANGHAI
from services.projects.domain.consultation.admission import HeldIn, Opening
from services.projects.domain.consultation.register_check import RegisterBasis
from services.projects.domain.consultation.rounds import PeriodFault, Round, TextFrozen, days_of, period_faults
from services.projects.domain.consultation.voted_items import VotedItem


class ConsultationState(StrEnum):
    """`noticed`: what is voted on, by whom, how and when has been announced, and stands. `closed`: paper that was
    handed in before the end is still entered, and nobody sees how it stands. `sealed`: nothing is entered any more."""

    DRAFTED = "drafted"
    NOTICED = "noticed"
    OPEN = "open"
    CLOSED = "closed"
    SEALED = "sealed"
    COUNTED = "counted"
    PUBLISHED = "published"
    ANNULLED = "annulled"


_S = ConsultationState

CONSULTATION_STEPS: Mapping[ConsultationState, frozenset[ConsultationState]] = {
    _S.DRAFTED: frozenset({_S.NOTICED, _S.ANNULLED}),
    _S.NOTICED: frozenset({_S.OPEN, _S.ANNULLED}),
    _S.OPEN: frozenset({_S.CLOSED, _S.ANNULLED}),
    _S.CLOSED: frozenset({_S.SEALED, _S.COUNTED, _S.ANNULLED}),
    _S.SEALED: frozenset({_S.COUNTED, _S.ANNULLED}),
    _S.COUNTED: frozenset({_S.PUBLISHED, _S.ANNULLED}),
    _S.PUBLISHED: frozenset({_S.ANNULLED}),
    _S.ANNULLED: frozenset(),
}

ENDED = frozenset({_S.PUBLISHED, _S.ANNULLED})
TAKES_BALLOTS = frozenset({_S.OPEN, _S.CLOSED})
"""Paper that was handed in before the end may be entered after it; nothing once entering ended."""
NOTES_SALES = frozenset({_S.NOTICED, _S.OPEN, _S.CLOSED})
NOTES_DELIVERIES = NOTES_SALES
"""Ballots are handed out from the notice on."""
ISSUES_CODES = frozenset({_S.NOTICED, _S.OPEN})
STANDS = frozenset({_S.SEALED, _S.COUNTED, _S.PUBLISHED})
"""How it stands is seen then, and while voting is open; in between it could steer what is entered."""


class IllegalConsultationStep(ValueError):
    """The table has no such step from the state."""


class TooEarly(ValueError):
    """`field` is what has not come yet."""

    def __init__(self, field: str, moment: datetime) -> None:
        super().__init__(f"{field} is {moment.isoformat()}")
        self.field = field


class HeldAlready(ValueError):
    """It is over, or began, before it was announced here, and no other system is named in which it is held."""


class BadProtocol(ValueError):
    """The day of another system's protocol is before the notice, or still to come."""


class BadPeriods(ValueError):
    """The periods break the rule of an item. `days`: the limit that they break; None where the order alone is wrong."""

    def __init__(self, item: str, fault: PeriodFault, days: int | None) -> None:
        super().__init__(f"{item}: {fault}")
        self.item = item
        self.fault = fault
        self.days = days


@dataclass(frozen=True, slots=True)
class Voters:
    """The electorate in sum. `area` in 0.01 m²."""

    hash: str
    parts: int
    heads: int
    area: int


@dataclass(frozen=True, slots=True)
class Announced:
    """`evidence`: SHA-256 of the notice as it was posted. `held_in`: where the vote is held, if not here."""

    announced_at: datetime
    opens_at: datetime
    closes_at: datetime
    evidence: str
    held_in: HeldIn | None = None

    def in_utc(self) -> Announced:
        """As hashes are made of it."""
        return Announced(
            self.announced_at.astimezone(UTC),
            self.opens_at.astimezone(UTC),
            self.closes_at.astimezone(UTC),
            self.evidence,
            self.held_in,
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

    `announced` is there from the notice on. `register`: what the electorate was held against; None where the estate's
    parts are not registered.
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
    register: RegisterBasis | None = None
    state: ConsultationState = ConsultationState.DRAFTED
    version: int = 0
    entries: list[ConsultationEntry] = field(default_factory=list)

    @property
    def opening(self) -> Opening:
        assert self.announced
        return Opening(self.announced.opens_at, self.announced.closes_at, self.round, self.announced.held_in)

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

    def ask_others(self, voters: Voters, register: RegisterBasis | None, at: datetime, actor: str) -> None:
        """Other parts, or others of their owners. Raises TextFrozen once it was announced."""
        if self.state is not ConsultationState.DRAFTED:
            raise TextFrozen(("electorate",))
        self.voters, self.register = voters, register
        self._record(ConsultationState.DRAFTED, at, actor)

    def notice(self, announced: Announced, at: datetime, actor: str) -> None:
        """Raises IllegalConsultationStep, TooEarly for a notice still to come, BadPeriods, HeldAlready, BadProtocol."""
        self._may_become(ConsultationState.NOTICED)
        if announced.announced_at > at:
            raise TooEarly("announced_at", announced.announced_at)
        found = Round(self.round, self.texts, announced.announced_at, announced.opens_at, announced.closes_at)
        for item in self.items:
            for fault in period_faults(found, item.rule.periods):
                raise BadPeriods(item.item, fault, days_of(fault, item.rule.periods))
        if announced.held_in is None and announced.opens_at <= at:
            raise HeldAlready
        days = (moment.astimezone(SHANGHAI).date() for moment in (announced.announced_at, at))
        if (held := announced.held_in) and not next(days) <= held.issued_on <= next(days):
            raise BadProtocol
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

    def shows_standing(self, at: datetime) -> bool:
        """Whether the counting party may see how it stands."""
        if self.announced is None:
            return False
        return self.state in STANDS or (self.state is ConsultationState.OPEN and at <= self.announced.closes_at)

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
