"""Writes down which officers are to be told of a batch of facts, and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from services.chassis.database.work import Work
from services.contracts.event import Envelope
from services.notifier.app.ports import OfficerNotices, OfficersAtPosts
from services.notifier.app.seats import UnitPost, seats_of
from services.notifier.domain.notice_values import subject_of, values_of
from services.notifier.domain.officer_notice import OfficerNotice, notice_id
from services.notifier.domain.telling_rules import TellingRule, TellingRules, Together
from services.notifier.domain.trigger import Fact

PartsOf = Callable[[str], Collection[str]]
"""The parts of the fact that the sentence of a template names."""


@dataclass(frozen=True, slots=True)
class Told:
    """A rule that fits a fact, and the posts that it tells."""

    cause: Envelope
    rule: TellingRule
    version: int
    seats: Sequence[UnitPost]

    @property
    def fact(self) -> Fact:
        return cast(Fact, self.cause.event)


@dataclass(frozen=True, slots=True)
class TellOfficers:
    """Each officer is told once of a fact, by the rule that presses most. The set in force when it was recorded counts.

    What is imported from the past tells nobody.
    """

    rules: TellingRules
    parts_of: PartsOf
    officers: OfficersAtPosts
    notices: OfficerNotices

    def __call__(self, work: Work, facts: Sequence[Envelope]) -> None:
        told = [one for cause in facts for one in self._told(cause)]
        units = {seat.unit for one in told for seat in one.seats}
        if not units:
            return
        officers = self.officers.at(work, units)
        pressing: dict[tuple[UUID, UUID], tuple[Told, UnitPost]] = {}
        for one in sorted(told, key=lambda one: one.rule.presses):
            for seat in one.seats:
                for officer in officers.get(seat, ()):
                    pressing.setdefault((one.cause.id, officer), (one, seat))
        self.notices.add(work, [self._notice(one, seat, officer) for (_, officer), (one, seat) in pressing.items()])

    def _told(self, cause: Envelope) -> Iterator[Told]:
        fact = cast(Fact, cause.event)
        edition = self.rules.in_force(cause.time)
        if edition is None or getattr(fact, "history", None):
            return
        for rule in edition.fitting(fact):
            yield Told(cause, rule, edition.version, seats_of(rule, fact).told)

    def _notice(self, told: Told, seat: UnitPost, officer: UUID) -> OfficerNotice:
        rule = told.rule
        return OfficerNotice(
            notice_id(told.cause.id, officer, rule.template),
            officer,
            told.cause.id,
            seat.unit,
            subject_of(told.fact),
            rule.template,
            values_of(told.fact, self.parts_of(rule.template)),
            rule.pressure,
            digest_key(rule, told.fact),
            rule.rule,
            told.version,
            told.cause.time,
            read_within=rule.read_within,
            channels=rule.channels,
        )


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
