"""A disturbance is announced, begins, ends or is cancelled; what it broke is judged as it went."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.districts import SHANGHAI
from services.projects.domain.works.disturbance import Disturbance, IllegalImpactStep, OutOfOrder, by_day
from services.projects.domain.works.impact import TRANSITIONS, Impact, ImpactKind, ImpactState

NOON = datetime(2026, 5, 5, 12, tzinfo=SHANGHAI)
CUT = Disturbance(
    "cut",
    Impact(ImpactKind.WATER_CUT, frozenset({"3"}), NOON - timedelta(days=4), NOON, NOON + timedelta(hours=3)),
)


@given(st.lists(st.tuples(st.sampled_from(ImpactState), st.integers(-90, 90)), max_size=8))
def test_every_walk_keeps_to_the_table_and_to_the_order_of_times(walk: list[tuple[ImpactState, int]]) -> None:
    one, reached = CUT, ImpactState.ANNOUNCED
    begun: datetime | None = None
    for to, minutes in walk:
        at = NOON + timedelta(minutes=minutes)
        legal = to in TRANSITIONS[reached]
        in_order = to is not ImpactState.ENDED or (begun is not None and at > begun)
        if not legal or not in_order:
            with pytest.raises(OutOfOrder if legal else IllegalImpactStep):
                one.take(to, at)
            continue
        before, one, reached = one, one.take(to, at), to
        begun = at if to is ImpactState.ACTIVE else begun
        assert (one.version, one.state, one.begun_at) == (before.version + 1, to, begun)
        assert one.impact == CUT.impact
        assert one.happened().starts < one.happened().ends


def test_what_went_on_longer_than_announced_is_judged_as_it_went() -> None:
    ended = CUT.take(ImpactState.ACTIVE, NOON - timedelta(hours=1)).take(ImpactState.ENDED, NOON + timedelta(hours=9))
    assert (ended.happened().starts, ended.happened().ends) == (NOON - timedelta(hours=1), NOON + timedelta(hours=9))


def test_the_calendar_shows_each_block_its_days() -> None:
    scaffold = replace(
        CUT.impact, kind=ImpactKind.SCAFFOLD, blocks=frozenset({"5"}), starts=NOON, ends=NOON + timedelta(days=2)
    )
    everywhere = replace(CUT.impact, blocks=frozenset(), starts=NOON - timedelta(hours=2))
    cancelled = Disturbance("gone", CUT.impact).take(ImpactState.CANCELLED, NOON)
    found = by_day(
        [CUT, Disturbance("scaffold", scaffold), Disturbance("all", everywhere), cancelled],
        {"3", "5"},
        date(2026, 5, 5),
        2,
    )
    assert {block: {day.day: [one.id for one in on[day]] for day in on} for block, on in found.items()} == {
        "3": {5: ["all", "cut"]},
        "5": {5: ["all", "scaffold"], 6: ["scaffold"]},
    }


def test_a_disturbance_until_midnight_is_not_of_the_next_day() -> None:
    until_midnight = replace(CUT.impact, ends=datetime(2026, 5, 6, tzinfo=SHANGHAI))
    found = by_day([Disturbance("late", until_midnight)], {"3"}, date(2026, 5, 5), 3)
    assert list(found["3"]) == [date(2026, 5, 5)]
