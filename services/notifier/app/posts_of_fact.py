"""The posts at units that a rule notifies of a fact, before the directory says who holds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from services.notifier.app.recipients import hears_of, known_department, units_of
from services.notifier.domain.officer import Post
from services.notifier.domain.routing import Addressee
from services.notifier.domain.telling_rules import TellingRule
from services.notifier.domain.trigger import Fact


class UnitPost(NamedTuple):
    unit: str
    post: Post


@dataclass(frozen=True, slots=True)
class Seats:
    """`hidden`: those whose unit may not hear of the fact (domain/confidence.py)."""

    notified: list[UnitPost] = field(default_factory=list)
    hidden: list[UnitPost] = field(default_factory=list)

    def add(self, unit: str, posts: Iterable[Post], fact: Fact) -> None:
        seats = self.notified if hears_of(unit, fact) else self.hidden
        seats.extend(seat for post in posts if (seat := UnitPost(unit, post)) not in seats)


def seats_of(rule: TellingRule, fact: Fact) -> Seats:
    """Those of the rule itself. Raises Reject where our data has a gap."""
    found = Seats()
    for addressee, posts in rule.to.items():
        for unit in units_of(addressee, fact):
            found.add(unit, posts, fact)
    for code, posts in rule.named.items():
        found.add(known_department(code, of=fact.aggregate_id), posts, fact)
    return found


def seats_in_turn(of: Addressee, post: Post, fact: Fact) -> Seats:
    """Those of one step of a chain."""
    found = Seats()
    for unit in units_of(of, fact):
        found.add(unit, [post], fact)
    return found
