"""Records which officers are to be notified of a batch of facts, and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from services.chassis.database.work import Work
from services.contracts.event import Envelope
from services.notifier.app.escalate import Escalate, reached_by
from services.notifier.app.ports import OfficerNotices, OfficersAtPosts, Sitting
from services.notifier.app.posts_of_fact import Seats, UnitPost, seats_in_turn, seats_of
from services.notifier.domain.escalation import ChainTurn, Escalation, Telling, escalation_id
from services.notifier.domain.notice_values import subject_of, values_of
from services.notifier.domain.officer import Post
from services.notifier.domain.officer_notice import OfficerNotice, notice_id
from services.notifier.domain.telling_rules import TellingRule, TellingRules, Together
from services.notifier.domain.trigger import Fact

PartsOf = Callable[[str], Collection[str]]
"""The parts of the fact that the sentence of a template names."""


@dataclass(frozen=True, slots=True)
class FittingRule:
    """A rule that fits a fact, the posts that it tells, and those of each step of its chain."""

    cause: Envelope
    rule: TellingRule
    version: int
    seats: Sequence[UnitPost]
    turns: Sequence[Seats]

    @property
    def fact(self) -> Fact:
        return cast(Fact, self.cause.event)

    @property
    def heard(self) -> bool:
        """Whether any post, now or at a later step, may hear of it."""
        return bool(self.seats) or any(turn.notified for turn in self.turns)


@dataclass(frozen=True, slots=True)
class TellOfficers:
    """Each officer is notified once of a fact, by the most pressing rule. The set in force when it was recorded counts.

    What is imported from the past tells nobody.
    """

    rules: TellingRules
    parts_of: PartsOf
    officers: OfficersAtPosts
    notices: OfficerNotices
    escalate: Escalate

    def __call__(self, work: Work, facts: Sequence[Envelope]) -> None:
        fitting_rules = [one for cause in facts for one in self._fitting_rules(cause)]
        units = {seat.unit for one in fitting_rules for seat in one.seats}
        officers = self.officers.at(work, units) if units else {}
        pressing: dict[tuple[UUID, UUID], tuple[FittingRule, UnitPost]] = {}
        for one in sorted(fitting_rules, key=lambda one: one.rule.presses):
            for seat in one.seats:
                for officer in officers.get(seat, ()):
                    pressing.setdefault((one.cause.id, officer.officer_id), (one, seat))
        self.notices.add(work, [self._notice(one, seat, officer) for (_, officer), (one, seat) in pressing.items()])
        won = {(one.cause.id, one.rule.rule) for one, _ in pressing.values()}
        self._move_chains(work, facts, [(one, _reached(one, officers)) for one in fitting_rules if one.rule.chain], won)

    def _move_chains(
        self,
        work: Work,
        facts: Sequence[Envelope],
        fitting_rules: Sequence[tuple[FittingRule, int]],
        won: Collection[tuple[UUID, str]],
    ) -> None:
        """Ends chains that a fact is the act for, and begins those of this batch that nothing later in it ends.

        A rule whose officers are all notified by another one with a chain begins none.
        """
        ending = {event for edition in self.rules.editions for rule in edition.rules for event in rule.done_by}
        acts = [(subject_of(cast(Fact, one.event)).subject_id, one) for one in facts if one.event.type in ending]
        if acts:
            self.escalate.end(work, {(subject, one.event.type) for subject, one in acts})
        now = work.clock.now()
        chains = []
        for one, reached in fitting_rules:
            subject, version = subject_of(one.fact).subject_id, one.cause.event.version
            later = {act.event.type for of, act in acts if of == subject and act.event.version > version}
            may_begin = (one.cause.id, one.rule.rule) in won or not reached
            if may_begin and one.heard and later.isdisjoint(one.rule.done_by):
                chains.append((self._chain(one, now, reached), reached))
        self.escalate.begin(work, chains)

    def _fitting_rules(self, cause: Envelope) -> Iterator[FittingRule]:
        fact = cast(Fact, cause.event)
        edition = self.rules.in_force(cause.time)
        if edition is None or getattr(fact, "history", None):
            return
        for rule in edition.fitting(fact):
            turns = [seats_in_turn(step.of, step.post, fact) for step in rule.chain]
            yield FittingRule(cause, rule, edition.version, seats_of(rule, fact).notified, turns)

    def _notice(self, fitting: FittingRule, seat: UnitPost, officer: UUID) -> OfficerNotice:
        rule = fitting.rule
        return OfficerNotice(
            notice_id(fitting.cause.id, officer, rule.template),
            officer,
            fitting.cause.id,
            seat.unit,
            subject_of(fitting.fact),
            rule.template,
            values_of(fitting.fact, self.parts_of(rule.template)),
            rule.pressure,
            digest_key(rule, fitting.fact),
            rule.rule,
            fitting.version,
            fitting.cause.time,
            read_within=rule.read_within,
            channels=rule.channels,
        )

    def _chain(self, fitting: FittingRule, now: datetime, reached: int) -> Escalation:
        """As the rule has it now: a later edition changes nothing. Nobody reached: the first step follows at once."""
        rule = fitting.rule
        values = values_of(fitting.fact, self.parts_of(rule.template))
        assert rule.read_within, "the file is refused otherwise"
        return Escalation(
            escalation_id(fitting.cause.id, rule.rule),
            fitting.cause.id,
            rule.rule,
            fitting.version,
            subject_of(fitting.fact),
            Telling(rule.template, values, rule.pressure, digest_key(rule, fitting.fact), rule.channels),
            [ChainTurn(turn.notified, step.within) for step, turn in zip(rule.chain, fitting.turns, strict=True)],
            done_by=rule.done_by,
            started_at=now,
            due_at=now + rule.read_within if reached else now,
        )


def _reached(fitting: FittingRule, officers: Mapping[tuple[str, Post], Sequence[Sitting]]) -> int:
    """How many officers its first notices reach."""
    return reached_by(fitting.rule.channels, list({one for seat in fitting.seats for one in officers.get(seat, ())}))


def digest_key(rule: TellingRule, fact: Fact) -> str:
    """Notices of one officer with the same key may go in one message."""
    match rule.together:
        case Together.RULE:
            return rule.rule
        case Together.SUBJECT:
            return f"{rule.rule}|{subject_of(fact).subject_id}"
        case Together.MATTER:
            place = getattr(fact, "place", None)
            where = (place.estate or place.sub_district) if place else None
            return f"{rule.rule}|{getattr(fact, 'type_code', None)}|{where}"
