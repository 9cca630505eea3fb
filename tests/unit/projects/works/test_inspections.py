"""Inspections of an item: unknown until read, one standing in any order of arrival, a contradiction is a person's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.projects.domain.works.inspections import (
    NEVER_INSPECTED,
    Check,
    Inspection,
    Reading,
    Template,
    Verdict,
    standing,
)

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)
ROOF = Template(
    "roof", 1, (Check("ponding_mm", "mm", most=Decimal(5)), Check("overlap_mm", "mm", least=Decimal(80)), Check("dry"))
)
GOOD: dict[str, Reading] = {"ponding_mm": Decimal(5), "overlap_mm": Decimal(80), "dry": True}


def inspected(id: str, *bases: str, verdict: Verdict = Verdict.ACCEPTED, accepted: int = 10) -> Inspection:
    at = NOON + timedelta(minutes=sum(map(ord, id)))
    return Inspection(id, "item", frozenset(bases), verdict, Decimal(accepted), "inspector", at)


def test_readings_start_unknown() -> None:
    assert ROOF.verdict({}) is Verdict.UNKNOWN
    assert NEVER_INSPECTED.verdict is Verdict.UNKNOWN


def test_limits_themselves_are_allowed() -> None:
    assert ROOF.verdict(GOOD) is Verdict.ACCEPTED


@pytest.mark.parametrize("left_out", GOOD)
def test_a_check_that_was_not_read_leaves_it_unknown(left_out: str) -> None:
    assert ROOF.verdict({code: reading for code, reading in GOOD.items() if code != left_out}) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("code", "reading"), [("ponding_mm", Decimal("5.01")), ("overlap_mm", Decimal("79.99")), ("dry", False)]
)
def test_one_reading_outside_its_limits_refuses_whatever_else_is_unknown(code: str, reading: Reading) -> None:
    assert ROOF.verdict({code: reading}) is Verdict.REFUSED
    assert ROOF.verdict(GOOD | {code: reading}) is Verdict.REFUSED


@pytest.mark.parametrize(("code", "reading"), [("ponding_mm", True), ("dry", Decimal(1))])
def test_a_reading_of_the_other_kind_is_an_error(code: str, reading: Reading) -> None:
    with pytest.raises(TypeError, match=code):
        ROOF.verdict({code: reading})


def test_the_last_inspection_of_a_line_holds() -> None:
    found = standing([inspected("a", accepted=3), inspected("b", "a", accepted=7)])
    assert (found.verdict, found.accepted, found.contradicts) == (Verdict.ACCEPTED, 7, False)


def test_nothing_is_accepted_once_the_last_inspection_refused() -> None:
    found = standing([inspected("a"), inspected("b", "a", verdict=Verdict.REFUSED)])
    assert (found.verdict, found.accepted) == (Verdict.REFUSED, 0)


def test_two_on_the_same_one_contradict_until_somebody_inspects_on_both() -> None:
    forked = [inspected("a", accepted=3), inspected("b", "a", accepted=7), inspected("c", "a", accepted=9)]
    found = standing(forked)
    assert found.contradicts
    assert (found.verdict, found.accepted) == (Verdict.UNKNOWN, 0)
    assert [one.id for one in found.heads] == ["b", "c"]
    settled = standing([*forked, inspected("d", "b", "c", accepted=8)])
    assert (settled.contradicts, settled.accepted) == (False, 8)


def test_two_first_inspections_contradict() -> None:
    assert standing([inspected("a"), inspected("b")]).contradicts


def test_one_that_arrives_before_its_base_waits_for_it() -> None:
    found = standing([inspected("a", accepted=3), inspected("c", "b", accepted=9)])
    assert found.accepted == 3
    assert [one.id for one in found.waiting] == ["c"]
    assert standing([inspected("a", accepted=3), inspected("c", "b", accepted=9), inspected("b", "a")]).accepted == 9


def test_one_that_waits_for_nothing_that_comes_is_gone_on_from_by_a_person() -> None:
    made = [inspected("a", accepted=3), inspected("c", "b", accepted=9)]
    assert (standing(made).bases, standing(made).missing) == (["a", "c"], {"b"})
    released = standing([*made, inspected("d", "a", "c", accepted=8)])
    assert (released.accepted, released.waiting, released.missing) == (8, (), frozenset())
    assert standing([*made, inspected("d", "a", accepted=8)]).waiting
    assert standing([*made, inspected("d", "a", "c", accepted=8), inspected("b", "a")]).accepted == 8


def test_nothing_is_accepted_by_inspections_that_name_each_other() -> None:
    assert standing([inspected("a", "b"), inspected("b", "a"), inspected("c", "c")]).verdict is Verdict.UNKNOWN


@st.composite
def histories(draw: st.DrawFn) -> list[Inspection]:
    """Of up to ten inspections, each made on some of those before it."""
    made: list[Inspection] = []
    for number in range(draw(st.integers(1, 10))):
        ids = [one.id for one in made]
        bases = draw(st.lists(st.sampled_from(ids), unique=True, max_size=3)) if ids else []
        verdict = draw(st.sampled_from(Verdict))
        made.append(inspected(f"i{number}", *bases, verdict=verdict, accepted=draw(st.integers(0, 20))))
    return made


@given(histories(), st.data())
def test_the_standing_is_the_same_in_any_order_of_arrival_and_however_often_each_arrives(
    made: list[Inspection], data: st.DataObject
) -> None:
    again = data.draw(st.permutations(made + data.draw(st.lists(st.sampled_from(made), max_size=5))))
    assert standing(again) == standing(made)
    assert standing(made).waiting == ()


@given(histories(), st.data())
def test_none_is_lost_while_others_are_still_on_their_way(made: list[Inspection], data: st.DataObject) -> None:
    arrived = data.draw(st.lists(st.sampled_from(made), unique_by=lambda one: one.id))
    found = standing(arrived)
    followed = {base for one in arrived for base in one.bases}
    for one in arrived:
        assert one in found.heads or one in found.waiting or one.id in followed
