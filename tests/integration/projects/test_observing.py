"""After the cure: the same months before and after give the verdict, and the same problem again opens it again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from services.chassis.database.tables import timers
from services.chassis.database.work import Workshop
from services.contracts.hot_issue_events import (
    HotIssueConfirmed,
    HotIssueNotShown,
    HotIssueReopened,
    HotIssueVerified,
)
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.integration.projects.events import START, dispatched, take
from tests.integration.projects.issues import issues, published
from tests.integration.projects.loop_of import District

ROOF = hot_issue_id(Cell("quyang-1", "MJ01"), 0)
DECIDED = datetime(2026, 7, 1, tzinfo=UTC)  # the works' months before: July 2025 to June 2026
ACCEPTED = datetime(2026, 11, 10, tzinfo=UTC)  # the months after: December 2026 to May 2027
JUDGED = datetime(2027, 6, 1, tzinfo=UTC)

_numbers: Iterator[int] = itertools.count(1)


def calls(district: District, first: datetime, count: int, *, apart: float = 1, type_code: str = "MJ01") -> None:
    """Calls of as many callers, each so many days after the one before."""
    day = (first - START) / timedelta(days=1)
    numbers = list(itertools.islice(_numbers, count))
    events = [dispatched(n, type_code, "quyang-1", by=n, day=day + i * apart) for i, n in enumerate(numbers)]
    take(district.workshop, *events)


@pytest.fixture
def district(workshop: Workshop) -> District:
    """12 calls in December to May before the works, the issue decided on and its cure done."""
    district = District(workshop)
    calls(district, datetime(2026, 3, 1, tzinfo=UTC), 12)
    district.decide(ROOF, kind="service")
    district.until(ACCEPTED)
    district.cure_done(ROOF)
    return district


def test_complaints_that_fell_verify_the_cure(district: District) -> None:
    calls(district, datetime(2026, 8, 1, tzinfo=UTC), 3, type_code="MJ16")
    calls(district, datetime(2026, 11, 20, tzinfo=UTC), 2, apart=40)  # the first before the month after is full
    district.until(JUDGED)
    issue = district.issue(ROOF)
    assert (issue["state"], issue["before"], issue["after"]) == ("verified", 12, 1)
    assert "2026-12至2027-05有1件，施工前同月（2025-12至2026-05）有12件，下降92%" in issue["verdict"]
    assert "施工期间另有扰民等诉求3件" in issue["verdict"]
    verified = published(district.workshop)[-1]
    assert isinstance(verified, HotIssueVerified)
    assert (verified.verdict, verified.version) == (issue["verdict"], issue["version"])


def test_complaints_that_went_on_show_no_cure(district: District) -> None:
    calls(district, datetime(2026, 12, 1, tzinfo=UTC), 7, apart=20)
    district.until(JUDGED)
    assert district.issue(ROOF)["state"] == "not shown"
    assert isinstance(published(district.workshop)[-1], HotIssueNotShown)
    assert "下降42%，未见成效" in district.issue(ROOF)["verdict"]


def test_too_few_complaints_before_are_too_few_to_judge(workshop: Workshop) -> None:
    district = District(workshop)
    calls(district, datetime(2026, 3, 1, tzinfo=UTC), 9)
    district.decide(ROOF, kind="rule")
    district.until(ACCEPTED)
    district.cure_done(ROOF)
    district.until(JUDGED)
    issue = district.issue(ROOF)
    assert (issue["state"], issue["before"], issue["after"]) == ("not shown", 9, 0)
    assert "too few to judge" in issue["verdict"]


def test_no_verdict_before_the_last_month_is_full(district: District) -> None:
    district.until(datetime(2027, 5, 31, 15, 59, tzinfo=UTC))
    assert district.issue(ROOF)["state"] == "observing"
    district.until(datetime(2027, 5, 31, 16, 1, tzinfo=UTC))
    assert district.issue(ROOF)["state"] == "verified"


def test_the_rule_fulfilled_again_while_observed_reopens_at_once(district: District) -> None:
    known = district.issue(ROOF)["calls"]
    calls(district, datetime(2026, 12, 1, tzinfo=UTC), 4)
    assert (district.issue(ROOF)["state"], district.issue(ROOF)["calls"]) == ("observing", known + 4)
    calls(district, datetime(2026, 12, 10, tzinfo=UTC), 1)
    issue = district.issue(ROOF)
    assert (issue["state"], issue["decision"], issue["accepted_at"]) == ("reopened", None, None)
    assert (issue["confirmed_at"], issue["calls"]) == ("2026-12-10T00:00:00Z", known + 5)
    assert [event.callers for event in published(district.workshop) if isinstance(event, HotIssueReopened)] == [17]
    district.until(JUDGED)
    assert district.issue(ROOF)["state"] == "reopened"


def test_a_reopened_issue_goes_round_again(district: District) -> None:
    calls(district, datetime(2026, 12, 1, tzinfo=UTC), 5)
    project = district.decide(ROOF, kind="project")["project_id"]
    district.until(datetime(2027, 3, 1, tzinfo=UTC))
    district.advance(project, "accepted")
    district.until(datetime(2027, 10, 1, tzinfo=UTC))
    assert district.issue(ROOF)["state"] == "not shown"  # 5 calls in the months before are too few


def test_calls_of_the_time_before_the_acceptance_do_not_reopen(district: District) -> None:
    calls(district, datetime(2026, 11, 6, tzinfo=UTC), 4)
    calls(district, datetime(2026, 11, 11, tzinfo=UTC), 4)
    assert district.issue(ROOF)["state"] == "observing"


@pytest.mark.parametrize(("day", "state"), [("2027-11-05", "reopened"), ("2027-11-15", "verified")])
def test_within_a_year_it_is_the_same_issue_and_after_it_another(district: District, day: str, state: str) -> None:
    district.until(JUDGED)
    assert district.issue(ROOF)["state"] == "verified"
    calls(district, datetime.fromisoformat(day + "T00:00:00Z") - timedelta(days=4), 5)
    assert district.issue(ROOF)["state"] == state
    another = hot_issue_id(Cell("quyang-1", "MJ01"), 1)
    if state == "verified":
        assert district.issue(another)["callers"] == 5
        assert [one.id for one in issues(district.workshop)] == [ROOF, another]
        assert district.decide(another, kind="explain")["state"] == "explained"
    else:
        assert [one.id for one in issues(district.workshop)] == [ROOF]


def test_an_explained_problem_that_goes_on_is_another_issue(workshop: Workshop) -> None:
    district = District(workshop)
    calls(district, datetime(2026, 6, 25, tzinfo=UTC), 5)
    district.decide(ROOF, kind="explain")
    calls(district, datetime(2026, 6, 30, tzinfo=UTC), 4, apart=0.1)  # before the decision, of which they knew nothing
    calls(district, datetime(2026, 7, 2, tzinfo=UTC), 4)
    assert len(issues(workshop)) == 1
    calls(district, datetime(2026, 7, 6, tzinfo=UTC), 1)
    first, second = issues(workshop)
    assert (first.state, second.state, second.callers) == ("explained", "confirmed", 5)
    assert [type(event) for event in published(workshop)].count(HotIssueConfirmed) == 2


def test_calls_of_a_merged_cell_reopen_what_it_was_merged_into(workshop: Workshop) -> None:
    district = District(workshop)
    wall = hot_issue_id(Cell("quyang-1", "MJ02"), 0)
    calls(district, datetime(2026, 3, 1, tzinfo=UTC), 8)
    calls(district, datetime(2026, 3, 1, tzinfo=UTC), 8, type_code="MJ02")
    district.decide(wall, kind="merge", merge_into=ROOF)
    district.decide(ROOF, kind="service")
    district.until(ACCEPTED)
    district.cure_done(ROOF)
    district.until(JUDGED)
    issue = district.issue(ROOF)
    assert (issue["state"], issue["before"]) == ("verified", 16)
    calls(district, datetime(2027, 7, 1, tzinfo=UTC), 5, type_code="MJ02")
    issue = district.issue(ROOF)
    assert (issue["state"], issue["calls"], len(issues(workshop))) == ("reopened", 21, 2)


def test_what_was_explained_in_a_cell_before_it_was_merged_does_not_reopen(workshop: Workshop) -> None:
    district = District(workshop)
    wall = [hot_issue_id(Cell("quyang-1", "MJ02"), ordinal) for ordinal in (0, 1)]
    calls(district, datetime(2026, 3, 1, tzinfo=UTC), 8)
    district.decide(ROOF, kind="service")
    district.until(ACCEPTED)
    district.cure_done(ROOF)
    calls(district, datetime(2026, 11, 11, tzinfo=UTC), 5, type_code="MJ02", apart=0.1)
    district.until(datetime(2026, 11, 12, tzinfo=UTC))
    district.decide(wall[0], kind="explain")
    calls(district, datetime(2026, 11, 13, tzinfo=UTC), 5, type_code="MJ02", apart=0.1)
    district.until(datetime(2026, 11, 14, tzinfo=UTC))
    district.decide(wall[1], kind="merge", merge_into=ROOF)
    assert (district.issue(ROOF)["state"], district.issue(ROOF)["calls"]) == ("observing", 13)
    calls(district, datetime(2026, 11, 15, tzinfo=UTC), 1, type_code="MJ02")
    assert (district.issue(ROOF)["state"], district.issue(ROOF)["calls"]) == ("reopened", 14)


def test_complaints_about_works_that_were_merged_in_are_not_counted(workshop: Workshop) -> None:
    district = District(workshop)
    nuisance = hot_issue_id(Cell("quyang-1", "MJ16"), 0)
    calls(district, datetime(2026, 3, 1, tzinfo=UTC), 10)
    calls(district, datetime(2026, 3, 1, tzinfo=UTC), 5, type_code="MJ16")
    district.decide(nuisance, kind="merge", merge_into=ROOF)
    district.decide(ROOF, kind="service")
    district.until(ACCEPTED)
    district.cure_done(ROOF)
    district.until(JUDGED)
    assert district.issue(ROOF)["before"] == 10


def test_a_second_observation_is_not_ended_by_the_timer_of_the_first(district: District) -> None:
    calls(district, datetime(2026, 12, 1, tzinfo=UTC), 5)
    district.decide(ROOF, kind="service")
    district.until(datetime(2027, 4, 1, tzinfo=UTC))
    district.cure_done(ROOF)
    district.until(JUDGED)
    assert district.issue(ROOF)["state"] == "observing"
    with district.workshop.engine.connect() as connection:
        fired = select(timers.c.fired_at).where(timers.c.kind == "observe").order_by(timers.c.due_at)
        first, second = connection.execute(fired).scalars()
    assert first is not None
    assert second is None
