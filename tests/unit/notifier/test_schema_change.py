"""A schema changes with 30 days' notice, from a type that is sent to a later version of it that is sent, too."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.schema_change import LEAST_NOTICE, ChangeRefused, check_change

TODAY = date(2026, 12, 1)
CARRIED = {"department.ticket_told.v1", "department.ticket_told.v2", "department.project_told.v1"}


def change(old: str = "department.ticket_told.v1", new: str = "department.ticket_told.v2", days: int = 30) -> None:
    check_change(old, new, TODAY + timedelta(days=days), TODAY, CARRIED)


@given(days=st.integers(-400, 400))
def test_it_stands_from_the_thirtieth_day_on(days: int) -> None:
    if days >= LEAST_NOTICE.days:
        change(days=days)
    else:
        with pytest.raises(ChangeRefused, match="gives less than 30 days: the earliest is 2026-12-31") as refused:
            change(days=days)
        assert refused.value.field == "new_alone_from"


@pytest.mark.parametrize(
    ("old", "new", "field", "why"),
    [
        ("department.ticket_told.v3", "department.ticket_told.v2", "old", "do not carry department.ticket_told.v3"),
        ("department.ticket_told.v1", "department.ticket_told.v3", "new", "add it to topics.yaml, and send it"),
        ("department.ticket_told.v1", "department.project_told.v1", "new", "a later version of department.ticket_told"),
        ("department.ticket_told.v2", "department.ticket_told.v1", "new", "a later version of department.ticket_told"),
        ("department.ticket_told.v1", "department.ticket_told.v1", "new", "a later version of department.ticket_told"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_remedy(old: str, new: str, field: str, why: str) -> None:
    with pytest.raises(ChangeRefused, match=why) as refused:
        change(old, new)
    assert refused.value.field == field
