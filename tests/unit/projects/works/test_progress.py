"""Progress is accepted over contracted quantity, weighted by cost, per block."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.elements import Choice
from services.projects.domain.works.inspections import Inspection, ItemStanding, Verdict, standing
from services.projects.domain.works.items import WorksItem
from services.projects.domain.works.progress import progress_by_block

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def item(id: str, block: str | None = "3", contracted: str = "100", unit_cost: int = 10) -> WorksItem:
    return WorksItem(id, "M01-A", 1, "E01", Choice.MUST, block, Decimal(contracted), unit_cost, confirmed_by="paper")


def accepted(quantity: str, verdict: Verdict = Verdict.ACCEPTED) -> ItemStanding:
    return ItemStanding((Inspection("i", "item", frozenset(), verdict, Decimal(quantity), "inspector", NOW),))


def test_items_weigh_by_their_cost() -> None:
    found = progress_by_block([item("a", unit_cost=30), item("b", unit_cost=10)], {"a": accepted("50")})
    assert found["3"].share == Decimal("0.375")


def test_each_block_has_its_own_and_the_grounds_too() -> None:
    found = progress_by_block([item("a"), item("b", block="5"), item("c", block=None)], {"b": accepted("25")})
    assert [found[block].share for block in ("3", "5", None)] == [0, Decimal("0.25"), 0]


def test_a_dropped_item_is_in_neither_sum_and_is_named() -> None:
    found = progress_by_block([item("a"), replace(item("b"), dropped="the owners refused it")], {"a": accepted("100")})
    assert (found["3"].share, found["3"].dropped) == (1, ("b",))


def test_where_everything_was_dropped_there_is_no_share() -> None:
    assert progress_by_block([replace(item("a"), dropped="no")], {})["3"].share is None


@given(
    st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 2000), st.integers(1, 500), st.sampled_from(Verdict))),
)
def test_progress_is_between_none_and_all(rows: list[tuple[int, int, int, Verdict]]) -> None:
    items = [item(str(n), contracted=str(row[0]), unit_cost=row[2]) for n, row in enumerate(rows)]
    standings = {str(n): accepted(str(row[1]), row[3]) for n, row in enumerate(rows)}
    for found in progress_by_block(items, standings).values():
        assert 0 <= found.accepted <= found.contracted


def test_what_was_accepted_with_its_block_counts_whatever_was_found_since() -> None:
    good, bad = (
        Inspection(id, "item", frozenset(bases), verdict, Decimal(quantity), "inspector", NOW)
        for id, bases, verdict, quantity in (("i", (), Verdict.ACCEPTED, 80), ("j", ("i",), Verdict.REFUSED, 0))
    )
    known = {"a": standing([bad, good])}
    assert progress_by_block([item("a")], known)["3"].share == 0
    assert progress_by_block([item("a")], known, {"3"})["3"].share == Decimal("0.8")  # contracted for more since
    assert [one.id for one in known["a"].made] == ["i", "j"]
