from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.hot_issue_events import EffectFinding
from services.projects.domain.causes import Cause, Why
from services.projects.domain.effect import Counts, judge, months_after, months_before, observed_until
from services.projects.domain.months import Month, months_later
from services.projects.domain.rules import Observation
from services.projects.http.wording import Wording

RULE = Observation(months=6, least_before=10, fall_at_least=0.5, apart=frozenset({"MJ16"}))
WORDS = Wording()
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


def months(*named: str) -> list[Month]:
    return [Month(*map(int, name.split("-"))) for name in named]


def test_the_same_months_of_the_year_before_the_works() -> None:
    after = months_after(datetime(2028, 3, 17, tzinfo=UTC), RULE)
    assert after == months("2028-4", "2028-5", "2028-6", "2028-7", "2028-8", "2028-9")
    before = months_before(datetime(2027, 6, 10, tzinfo=UTC), after)
    assert before == months("2026-6", "2026-7", "2026-8", "2026-9", "2027-4", "2027-5")
    assert observed_until(datetime(2028, 3, 17, tzinfo=UTC), RULE) == datetime(2028, 9, 30, 16, tzinfo=UTC)


def test_a_month_begins_at_midnight_in_shanghai() -> None:
    assert Month.of(datetime(2027, 12, 31, 16, tzinfo=UTC)) == Month(2028, 1)
    assert Month.of(datetime(2027, 12, 31, 15, 59, tzinfo=UTC)) == Month(2027, 12)


@given(started=MOMENTS, accepted=MOMENTS, length=st.integers(1, 12))
def test_each_month_after_has_one_of_its_name_in_the_year_before_the_works(
    started: datetime, accepted: datetime, length: int
) -> None:
    rule = RULE.model_copy(update={"months": length})
    after = months_after(accepted, rule)
    before = months_before(started, after)
    assert sorted(month.month for month in before) == sorted(month.month for month in after)
    assert all(months_later(started, -13) < month.plus(1).begin() <= started for month in before)
    assert all(month.begin() > accepted for month in after)


@pytest.mark.parametrize(
    ("before", "after", "verified", "words"),
    [
        (10, 5, True, "下降50%，治理见效"),
        (10, 6, False, "下降40%，未见成效"),
        (9, 0, False, "不足10件，无法判断"),
        (24, 3, True, "a fall of 88%: the cure is verified"),
        (10, 15, False, "上升50%，未见成效"),
        (0, 0, False, "too few to judge"),
    ],
)
def test_the_verdict_says_what_was_counted(before: int, after: int, verified: bool, words: str) -> None:
    effect = judge(Counts(before, after, 0), months("2027-4"), months("2028-4"), RULE)
    assert (effect.finding is EffectFinding.CURED) is verified
    assert words in WORDS.verdict(effect)
    assert f"完工验收后2028-04有{after}件，施工前同月（2027-04）有{before}件" in WORDS.verdict(effect)
    assert WORDS.detail(Cause(Why.MONTHS_COMPARED, effect.model_dump(mode="json")), None) == WORDS.verdict(effect)


@given(before=st.integers(0, 200), after=st.integers(0, 200), nuisance=st.integers(0, 50))
def test_fewer_complaints_after_never_make_a_cure_less_shown(before: int, after: int, nuisance: int) -> None:
    def verified(after: int) -> bool:
        effect = judge(Counts(before, after, nuisance), months("2027-4"), months("2028-4"), RULE)
        return effect.finding is EffectFinding.CURED

    assert verified(after) == (before >= 10 and before - after >= before / 2)
    assert verified(after) <= verified(max(0, after - 1))


def test_complaints_about_the_works_stand_beside() -> None:
    effect = judge(Counts(20, 2, 7), months("2027-4", "2027-5"), months("2028-4", "2028-5"), RULE)
    sentence = WORDS.verdict(effect)
    assert "施工期间另有扰民等诉求7件" in sentence
    assert "7 about the works while they lasted" in sentence
    assert "2028-04至2028-05" in sentence


def test_months_later_keeps_the_day_where_the_month_has_it() -> None:
    assert months_later(datetime(2027, 8, 31, 12, tzinfo=UTC), 6) == datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert months_later(datetime(2027, 12, 31, 16, tzinfo=UTC), 12) == datetime(2028, 12, 31, 16, tzinfo=UTC)
