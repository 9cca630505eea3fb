"""The days to decide in a year whose holidays became known after they had begun: counted anew, published, once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import chinese_calendar
import pytest

from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop
from services.chassis.pages.look import SHARED
from services.chassis.pages.speech import Language, Speech, read_words
from services.chassis.working_days import Calendar
from services.contracts.hot_issue_events import HotIssueCorrected, HotIssueDecisionMoved, HotIssueDecisionOverdue
from services.projects.domain.causes import Cause, Why
from services.projects.files.rules import FILE, RulesInForce
from services.projects.http.wording import WORDS, cause_in_words
from services.projects.wiring import ProjectsWiring
from tests.harness.term_key import TERM_KEY
from tests.integration.projects.events import begin_with, dispatched
from tests.integration.projects.issues import ROOF, published
from tests.integration.projects.loop_of import District
from tests.integration.projects.supervising import Supervising

MONDAY = datetime(2093, 3, 2, 1, tzinfo=UTC)  # nine o'clock in Shanghai; no holiday by law in the month
FIRST_UNKNOWN = max(day.year for day in chinese_calendar.holidays) + 1
BY_WEEKDAYS, BY_NOTICE = "2093-03-16T16:00:00Z", "2093-03-17T16:00:00Z"


@pytest.fixture
def district(workshop: Workshop) -> District:
    """A hot issue that was found on Monday 2 March 2093."""
    assert isinstance(workshop.clock, FixedClock)
    workshop.clock.advance(MONDAY - workshop.clock.now())
    begin_with(workshop, *(dispatched(number, "MJ01", "quyang-1", by=number) for number in range(1, 6)))
    return District(workshop)


def announced(*off: date) -> Calendar:
    """All years up to 2093, with these days off."""
    days = [date(year, 1, 1) for year in range(FIRST_UNKNOWN, 2094)]
    return Calendar(dict.fromkeys((*days, *off), False))


def announce(district: District, *off: date) -> None:
    """All years up to 2093 are announced, and projects goes over its hot issues."""
    recount = ProjectsWiring.of(RulesInForce(FILE), TERM_KEY, announced(*off)).recount
    after: str | None = None
    while True:
        with district.workshop.open() as work:
            after = recount(work, after)
        if after is None:
            return


def issue(district: District) -> dict[str, Any]:
    return district.issue(ROOF)


def moves(district: District) -> list[HotIssueDecisionMoved]:
    return [event for event in published(district.workshop) if isinstance(event, HotIssueDecisionMoved)]


def test_the_days_to_decide_are_counted_anew_published_and_shown(district: District) -> None:
    assert issue(district)["decide_by"] == BY_WEEKDAYS
    announce(district, date(2093, 3, 4))
    found = issue(district)
    assert found["decide_by"] == BY_NOTICE
    (moved,) = moves(district)
    assert (moved.decide_by, moved.decide_from) == (datetime(2093, 3, 17, 16, tzinfo=UTC), None)
    assert moved.cause is not None
    assert moved.cause.code == "holidays_announced"
    assert found["history"][-1]["actor"] == "clock"
    assert moved.detail == (
        "the holidays are announced: to be decided by 2093-03-17T16:00:00+00:00, not by 2093-03-16T16:00:00+00:00"
    )
    cause = Cause(Why(moved.cause.code), moved.cause.values)
    zh = Speech(Language.ZH, read_words([SHARED / "words.yaml", WORDS]))
    assert cause_in_words(zh, cause, None) == "节假日安排已公布，决策期限由2093年3月16日 24:00改为2093年3月17日 24:00"
    district.until(datetime(2093, 3, 17, 15, tzinfo=UTC))
    assert issue(district)["overdue"] is False
    district.until(datetime(2093, 3, 17, 17, tzinfo=UTC))
    assert issue(district)["overdue"] is True


def test_an_issue_that_was_overdue_by_plain_weekdays_alone_is_no_longer(district: District) -> None:
    district.until(datetime(2093, 3, 16, 17, tzinfo=UTC))
    assert issue(district)["overdue"] is True
    announce(district, date(2093, 3, 4))
    assert (issue(district)["overdue"], len(moves(district))) == (False, 1)
    district.until(datetime(2093, 3, 17, 17, tzinfo=UTC))
    assert issue(district)["overdue"] is True
    overdue = [event for event in published(district.workshop) if isinstance(event, HotIssueDecisionOverdue)]
    assert len(overdue) == 2


def test_it_is_published_once(district: District) -> None:
    announce(district, date(2093, 3, 4))
    announce(district, date(2093, 3, 4))
    assert len(moves(district)) == 1


def test_an_end_that_stays_loses_its_doubt_without_a_word_to_anybody(district: District) -> None:
    announce(district)
    assert (issue(district)["decide_by"], moves(district)) == (BY_WEEKDAYS, [])
    last = published(district.workshop)[-1]
    assert isinstance(last, HotIssueCorrected)
    assert last.decide_from is None
    announce(district)
    assert published(district.workshop)[-1] == last


def test_what_is_overdue_by_the_notice_too_stays_overdue(district: District) -> None:
    district.until(datetime(2093, 3, 20, tzinfo=UTC))
    announce(district, date(2093, 3, 4))
    assert (issue(district)["overdue"], issue(district)["decide_by"], moves(district)) == (True, BY_WEEKDAYS, [])


def test_a_decided_issue_is_left_as_it_is(district: District) -> None:
    district.decide(ROOF, kind="explain")
    before = issue(district)
    announce(district, date(2093, 3, 4))
    assert issue(district) == before


def test_limits_of_supervision_are_counted_anew_published_and_shown(district: District) -> None:
    desk = Supervising(district)
    clause = desk.handed_over()
    back, answer = clause["clocks"]
    assert (back["due"], back["calendar_known"]) == ("2093-03-11T16:00:00Z", False)
    wired = ProjectsWiring.of(RulesInForce(FILE), TERM_KEY, announced(date(2093, 3, 4), date(2093, 6, 2)))
    for _ in range(2):
        with district.workshop.open() as work:
            assert wired.supervision.clocks.recount(work, None) == clause["clause_id"]
    shown = desk.shown(clause)
    moved, later = shown["clocks"]
    assert (moved["due"], moved["moved_from"], moved["calendar_known"]) == ("2093-03-12T16:00:00Z", back["due"], True)
    assert (later["due"], later["moved_from"]) == ("2093-06-03T16:00:00Z", answer["due"])
    assert [line["step"] for line in shown["steps"]] == ["give", "hand_over", "move"]
    assert shown["steps"][-1]["actor"] == "clock"


def test_a_limit_of_supervision_that_stays_is_shown_as_certain_once_holidays_are_known(district: District) -> None:
    desk = Supervising(district)
    clause = desk.clause(desk.topic())
    wired = ProjectsWiring.of(RulesInForce(FILE), TERM_KEY, announced(date(2093, 10, 1)))
    for _ in range(2):
        with district.workshop.open() as work:
            wired.supervision.clocks.recount(work, None)
    (clock,) = desk.shown(clause)["clocks"]
    assert (clock["due"], clock["calendar_known"], clock["moved_from"]) == (clause["clocks"][0]["due"], True, None)
    assert [line["step"] for line in desk.shown(clause)["steps"]] == ["give", "move"]
