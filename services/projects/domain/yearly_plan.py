"""The yearly plan (年度修缮计划): estates with needs, ranked, and listed, postponed or refused with a reason.

A version is drafted, published and superseded; what is published never changes (docs/domain.md §4.2, step 3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from services.contracts.ticket_events import Place
from services.projects.domain.needs import NeedReason
from services.projects.domain.plan_rules import Funding, PlanRules, RankPart, RankRule


class PlanState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class PlanDecision(StrEnum):
    LISTED = "listed"
    POSTPONED = "postponed"
    REFUSED = "refused"


class Share(NamedTuple):
    """One part of a rank: the value found (None: not known), and what it gives in tenths of a point."""

    part: RankPart
    value: int | None
    tenths: int


class Payers(NamedTuple):
    """Who pays how much, in fen."""

    city: int
    district: int
    sub_district: int
    owners: int

    @property
    def public(self) -> int:
        return self.city + self.district + self.sub_district


@dataclass(slots=True)
class PlanEntry:
    """An estate in a version of the plan.

    `needs`: those that could be planned when it was ranked. `projects`: the works that were begun for needs which an
    earlier version of the year's plan listed; with any the estate stays listed.
    """

    plan_id: str
    place: Place
    property_kind: str | None
    values: Mapping[RankPart, int | None]
    needs: tuple[str, ...]
    shares: tuple[Share, ...] = ()
    cost_fen: int | None = None
    payers: Payers | None = None
    decided_by: str | None = None
    decision: PlanDecision | None = None
    reason: NeedReason | None = None
    version: int = 0
    projects: tuple[str, ...] = ()

    @property
    def rank(self) -> int:
        """In tenths of a point: the sum of its parts as they are shown."""
        return sum(share.tenths for share in self.shares)

    @property
    def agreement(self) -> int | None:
        """Per cent of the residents, as it was reported."""
        return self.values.get(RankPart.AGREEMENT)


@dataclass(slots=True)
class YearlyPlan:
    """One version of a year's plan. `number` says which, from 1; `version` counts the changes of this record."""

    id: str
    year: int
    number: int
    lead: str
    budget_fen: int
    rules_version: int
    opened_at: datetime
    state: PlanState = PlanState.DRAFT
    supersedes: str | None = None
    published_at: datetime | None = None
    version: int = 0


def shares_of(values: Mapping[RankPart, int | None], rules: Sequence[RankRule]) -> tuple[Share, ...]:
    """In the order of the rules. Never more than the weight of each, and rounded down: the parts add up to the rank."""
    return tuple(Share(rule.part, value := values.get(rule.part), _tenths(value, rule)) for rule in rules)


def payers_of(cost_fen: int, funding: Funding) -> Payers:
    """To the fen; the district pays what rounding leaves."""
    city, sub_district, owners = (
        cost_fen * share // 100 for share in (funding.city, funding.sub_district, funding.owners)
    )
    return Payers(city, cost_fen - city - sub_district - owners, sub_district, owners)


def in_order(entries: Sequence[PlanEntry]) -> list[PlanEntry]:
    """The most pressing first; of the same rank by the estate's id."""
    return sorted(entries, key=lambda entry: (-entry.rank, entry.place.estate or ""))


def public_money(entries: Sequence[PlanEntry]) -> int:
    """What the listed works take of public money, in fen."""
    return sum(entry.payers.public for entry in entries if entry.payers and entry.decision is PlanDecision.LISTED)


def undecided(entries: Sequence[PlanEntry]) -> list[PlanEntry]:
    """Those without which a plan cannot be published; what has neither needs nor works left needs no decision."""
    return [entry for entry in entries if (entry.needs or entry.projects) and entry.decision is None]


def running(entry: PlanEntry, projects: tuple[str, ...]) -> PlanEntry:
    """The entry with the works that were begun: everything else is to be decided again."""
    if projects and entry.decision is not PlanDecision.LISTED:
        return replace(entry, projects=projects, decision=None, reason=None)
    return replace(entry, projects=projects)


def without_needs(entry: PlanEntry) -> PlanEntry:
    """An estate that asks for nothing any more: there is nothing to decide on, and nothing to pay."""
    return replace(entry, needs=(), cost_fen=None, payers=None, decided_by=None, decision=None, reason=None)


def ranked(entry: PlanEntry, rules: PlanRules) -> None:
    """Gives the entry its shares, and with a cost its payers and who decides on it."""
    entry.shares = shares_of(entry.values, rules.rank)
    funding = rules.funding_of(entry.property_kind)
    if entry.cost_fen is None:
        entry.payers = entry.decided_by = None
        return
    entry.payers = payers_of(entry.cost_fen, funding) if funding else None
    entry.decided_by = rules.decided_by(entry.cost_fen, entry.place.sub_district)


def _tenths(value: int | None, rule: RankRule) -> int:
    held = rule.unknown if value is None else max(0, value)
    return rule.weight * 10 * min(held, rule.full) // rule.full
