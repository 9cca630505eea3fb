"""Who would be notified of a fact and why, and who not and why. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

from services.contracts.ticket_events import TicketDispatched
from services.notifier.app.posts_of_fact import Seats, seats_in_turn, seats_of
from services.notifier.app.recipients import Recipients, units_of
from services.notifier.domain.routing import Route
from services.notifier.domain.telling_rules import ChainStep, TellingRule, TellingRules
from services.notifier.domain.trigger import Fact, Trigger

Row = TypeVar("Row", bound=Trigger)


class RouteVerdict(NamedTuple):
    """What one route of the event makes of the fact. `misfits`: the filters that do not fit."""

    route: Route
    misfits: Sequence[str]
    units: Sequence[str]


class Turn(NamedTuple):
    step: ChainStep
    seats: Seats


class RuleVerdict(NamedTuple):
    """What one rule of the event makes of the fact. `misfits`: the filters that do not fit; it tells nobody then."""

    rule: TellingRule
    misfits: Sequence[str]
    seats: Seats
    chain: Sequence[Turn]


class Explanation(NamedTuple):
    """`version` is the rule set in force; None: there was none yet. `heard`: all units that hear of it.

    A ticket from the past tells nobody by name: `rules` is empty then.
    """

    version: int | None
    heard: Sequence[str]
    routes: Sequence[RouteVerdict]
    rules: Sequence[RuleVerdict]


@dataclass(frozen=True, slots=True)
class Explain:
    recipients: Recipients
    rules: TellingRules

    def __call__(self, fact: Fact, at: datetime) -> Explanation:
        """Raises Reject where our data has a gap, as the event itself would."""
        edition = self.rules.in_force(at)
        past = bool(getattr(fact, "history", None))
        return Explanation(
            edition.version if edition else None,
            self._heard(fact),
            [_route_verdict(route, fact) for route in _of_event(self.recipients.routing.routes, fact)],
            [_verdict(rule, fact) for rule in _of_event(edition.rules, fact)] if edition and not past else [],
        )

    def _heard(self, fact: Fact) -> Sequence[str]:
        if isinstance(fact, TicketDispatched):
            return [fact.lead, *fact.co_handlers]
        return self.recipients.of(fact)


def _of_event(rows: Sequence[Row], fact: Fact) -> list[Row]:
    return [row for row in rows if row.event == fact.type]


def _route_verdict(route: Route, fact: Fact) -> RouteVerdict:
    misfits = route.misfits(fact)
    units = [] if misfits else [unit for addressee in route.to for unit in units_of(addressee, fact)]
    return RouteVerdict(route, misfits, [*units, *([] if misfits else route.named)])


def _verdict(rule: TellingRule, fact: Fact) -> RuleVerdict:
    misfits = rule.misfits(fact)
    if misfits:
        return RuleVerdict(rule, misfits, Seats(), [])
    turns = [Turn(step, seats_in_turn(step.of, step.post, fact)) for step in rule.chain]
    return RuleVerdict(rule, misfits, seats_of(rule, fact), turns)
