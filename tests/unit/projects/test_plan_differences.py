"""What a version of the plan says otherwise than the one before it."""

from __future__ import annotations

from typing import Any

from services.contracts.ticket_events import Place
from services.projects.domain.needs import NeedReason
from services.projects.domain.plan_differences import PlanChange, differences
from services.projects.domain.yearly_plan import PlanDecision, PlanEntry

LISTED: dict[str, Any] = {"decision": PlanDecision.LISTED, "cost_fen": 5}
POSTPONED: dict[str, Any] = {"decision": PlanDecision.POSTPONED, "reason": NeedReason.NO_MONEY}


def entry(estate: str, needs: tuple[str, ...] = ("n",), **said: Any) -> PlanEntry:
    return PlanEntry("p", Place(estate=estate), None, {}, needs, **said)


def changes(before: list[PlanEntry], after: list[PlanEntry]) -> dict[str | None, tuple[PlanChange, ...]]:
    return {one.place.estate: one.changes for one in differences(before, after)}


def test_what_is_said_as_before_is_no_difference() -> None:
    same = [entry("a-1", **LISTED), entry("b-1", **POSTPONED), entry("c-1"), entry("d-1", needs=())]
    assert changes(same, same) == {}


def test_each_change_of_an_estate_is_named() -> None:
    assert changes([], [entry("a-1")]) == {"a-1": (PlanChange.ADDED,)}
    assert changes([entry("a-1", **POSTPONED)], [entry("a-1", **LISTED)]) == {
        "a-1": (PlanChange.DECISION, PlanChange.COST)
    }
    other = entry("a-1", decision=PlanDecision.POSTPONED, reason=NeedReason.LOWER_RANK)
    assert changes([entry("a-1", **POSTPONED)], [other]) == {"a-1": (PlanChange.REASON,)}
    begun = entry("a-1", needs=(), projects=("x",), **LISTED)
    assert changes([entry("a-1", **LISTED)], [begun]) == {"a-1": (PlanChange.BEGUN,)}
    assert changes([begun], [begun]) == {}


def test_an_estate_that_asks_for_nothing_any_more_is_named_and_one_that_is_left_out_too() -> None:
    was = [entry("a-1", **LISTED), entry("b-1", **POSTPONED)]
    assert changes(was, [entry("a-1", needs=())]) == {"a-1": (PlanChange.NO_NEED,), "b-1": (PlanChange.NO_NEED,)}
    assert changes(was[:1], [entry("a-1")]) == {"a-1": (PlanChange.DECISION, PlanChange.COST)}
