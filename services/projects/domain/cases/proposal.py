"""When one type of problem is concentrated in so many places that a typical case is worth it.

See L3 of docs/domain.md §3.2.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from services.contracts.event import deterministic_id
from services.projects.domain.rules import RuleBook
from services.projects.domain.windows import Window


class Standing(NamedTuple):
    """A hot issue of the type, and when in event time it was one."""

    confirmed_at: datetime
    id: str
    estate: str
    sub_district: str | None


class Proposal(NamedTuple):
    """What the rule finds: the moment, and every issue of the window that ends then."""

    at: datetime
    hot_issues: tuple[str, ...]
    estates: int
    sub_districts: tuple[str, ...]
    rules_version: int


def case_id(type_code: str, ordinal: int = 0) -> str:
    """`ordinal`: how many cases of the type were closed before."""
    return str(deterministic_id("projects", type_code, "typical_case", ordinal))


def came_later(standing: Iterable[Standing], proposed_with: Collection[str], proposed_at: datetime) -> tuple[str, ...]:
    """The issues that a case was not proposed with, confirmed since the first of those that it was; in their order.

    By event time, so that the order in which they are found does not matter. `standing`: those of the type.
    """
    held = sorted(standing)
    first = min((one.confirmed_at for one in held if one.id in proposed_with), default=proposed_at)
    return tuple(one.id for one in held if one.id not in proposed_with and one.confirmed_at >= first)


def first_proposal(issues: Iterable[Standing], book: RuleBook) -> Proposal | None:
    """The first moment at which enough estates of enough sub-districts have a hot issue. The order does not matter."""
    ordered = sorted(issues)
    for issue in ordered:
        rules = book.at(issue.confirmed_at)
        rule = rules.type_problem
        start = Window(rule.window_days).start(issue.confirmed_at)
        held = [one for one in ordered if start < one.confirmed_at <= issue.confirmed_at]
        places = tuple(sorted({one.sub_district for one in held if one.sub_district}))
        estates = len({one.estate for one in held})
        if estates >= rule.estates and len(places) >= rule.sub_districts:
            return Proposal(issue.confirmed_at, tuple(one.id for one in held), estates, places, rules.version)
    return None
