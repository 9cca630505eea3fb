"""After the cure: estates without works give the verdict at each look, and the same problem again opens it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from services.chassis.database.tables import timers
from services.chassis.database.work import Workshop
from services.contracts.hot_issue_events import (
    HotIssueConfirmed,
    HotIssueLooked,
    HotIssueNotShown,
    HotIssueRelapseSuspected,
    HotIssueReopened,
    HotIssueVerified,
)
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from services.projects.jobs.rebuild.own_events import OwnEvents
from services.projects.store import rebuilt
from tests.integration.projects.cures import ACCEPTED, FIRST_LOOK, ROOF, SECOND_LOOK, calls, cured
from tests.integration.projects.events import START, dispatched, envelope, take
from tests.integration.projects.issues import issues, published
from tests.integration.projects.loop_of import District
from tests.integration.projects.register import CONTROLS, callers_a_month, registered


@pytest.fixture
def district(workshop: Workshop) -> District:
    return cured(workshop)


def test_complaints_that_fell_against_the_controls_verify_the_cure(district: District) -> None:
    calls(district, datetime(2027, 3, 3, tzinfo=UTC), 2, type_code="MJ16")
    calls(district, datetime(2027, 9, 3, tzinfo=UTC), 2, type_code="MJ17")
    callers_a_month(district.workshop, "quyang-1", "2027-09", 1, 2)
    district.until(FIRST_LOOK)
    issue = district.issue(ROOF)
    assert (issue["state"], issue["before"], issue["after"]) == ("verified", 21, 2)
    judged = issue["judged"]
    assert (judged["finding"], judged["look"], judged["controls"], judged["nuisance"]) == ("verified", 12, 12, 2)
    assert judged["months_before"] == [f"2026-{n:02}" for n in range(8, 13)] + ["2027-01", "2027-02"]
    assert judged["months_after"] == [f"2027-{n:02}" for n in range(8, 13)] + ["2028-01", "2028-02"]
    assert judged["left_low"] < judged["left"] < judged["left_high"] < 0.7
    assert judged["p"] <= 0.02
    assert "2027-08至2028-02有2人次反映，决定后施工前（2026-08至2027-02）有21人次" in issue["verdict"]
    assert "12 estates of the same kind and age" in issue["verdict"]
    assert "施工期间另有扰民等诉求2人次" in issue["verdict"]
    verified = published(district.workshop)[-1]
    assert isinstance(verified, HotIssueVerified)
    assert (verified.verdict, verified.version) == (issue["verdict"], issue["version"])


def test_what_is_not_shown_at_the_first_look_is_looked_at_once_more(district: District) -> None:
    callers_a_month(district.workshop, "quyang-1", "2027-04", 23, 2)
    district.until(FIRST_LOOK)
    issue = district.issue(ROOF)
    assert (issue["state"], issue["judged"]["finding"]) == ("observing", "not_shown_yet")
    assert isinstance(published(district.workshop)[-1], HotIssueLooked)
    assert "尚未显示见效" in issue["history"][-1]["detail"]
    district.until(SECOND_LOOK)
    issue = district.issue(ROOF)
    assert (issue["state"], issue["judged"]["finding"], issue["judged"]["look"]) == ("not shown", "not_shown", 24)
    assert isinstance(published(district.workshop)[-1], HotIssueNotShown)
    assert (issue["before"], issue["after"]) == (21, 28)


def test_a_fall_that_the_controls_had_too_is_no_cure(workshop: Workshop) -> None:
    district = District(workshop)
    registered(workshop, "quyang-1", *CONTROLS)
    for estate in CONTROLS:
        callers_a_month(workshop, estate, "2026-08", 7, 3)
    calls(district, datetime(2026, 3, 1, tzinfo=UTC), 12)
    district.decide(ROOF, kind="service")
    callers_a_month(workshop, "quyang-1", "2026-08", 7, 3)
    district.until(ACCEPTED)
    district.cure_done(ROOF)
    callers_a_month(workshop, "quyang-1", "2027-09", 1, 2)
    district.until(SECOND_LOOK)
    assert district.issue(ROOF)["state"] == "not shown"


def test_too_few_callers_before_are_too_few_to_judge_and_no_second_look_is_waited_for(workshop: Workshop) -> None:
    district = cured(workshop, before=1, kind="rule")
    district.until(FIRST_LOOK)
    issue = district.issue(ROOF)
    assert (issue["state"], issue["judged"]["finding"], issue["before"]) == ("not shown", "too_few", 7)
    assert "too few callers before the works to judge" in issue["verdict"]


def test_without_enough_controls_there_are_counts_and_no_verdict(workshop: Workshop) -> None:
    district = cured(workshop, controls=4)
    district.until(SECOND_LOOK)
    issue = district.issue(ROOF)
    assert (issue["state"], issue["judged"]["finding"], issue["judged"]["controls"]) == ("not shown", "counts_only", 4)


def test_controls_are_alike_and_without_works_of_their_own(district: District) -> None:
    """Another kind, another age, unknown to the register, removed, or treated for the same: none is compared with."""
    workshop = district.workshop
    registered(workshop, CONTROLS[0], kind="commodity")
    registered(workshop, CONTROLS[1], built=2005)
    registered(workshop, CONTROLS[2], built=None)
    other = hot_issue_id(Cell(CONTROLS[3], "MJ01"), 0)
    events = [dispatched(n, "MJ01", CONTROLS[3], by=n, day=(ACCEPTED - START).days + n / 10) for n in range(900, 906)]
    take(workshop, *events)
    district.decide(other, kind="service")
    gone = district.hub.post(f"/estates/{CONTROLS[4]}/removal", json={"version": 1})
    assert gone.status_code == 200, gone.text
    district.until(FIRST_LOOK)
    judged = district.issue(ROOF)["judged"]
    assert (judged["controls"], judged["few_controls"]) == (7, True)
    assert "对照小区少于10个" in district.issue(ROOF)["verdict"]


def test_a_rise_of_a_neighbouring_type_withholds_the_verdict(district: District) -> None:
    callers_a_month(district.workshop, "quyang-1", "2027-04", 12, 2, "MJ12")
    district.until(FIRST_LOOK)
    issue = district.issue(ROOF)
    assert (issue["state"], issue["judged"]["finding"], issue["judged"]["moved"]) == ("observing", "not_shown", True)
    assert "complaints of neighbouring kinds rose" in issue["verdict"]


def test_a_rise_in_an_adjoining_estate_withholds_the_verdict_and_it_is_no_control(district: District) -> None:
    registered(district.workshop, "quyang-1", place=(121.4850, 31.2712))
    registered(district.workshop, CONTROLS[0], place=(121.4868, 31.2712))  # 171 m to the east
    registered(district.workshop, CONTROLS[1], place=(121.4900, 31.2712))  # 476 m
    callers_a_month(district.workshop, CONTROLS[0], "2027-08", 7, 2)
    district.until(FIRST_LOOK)
    judged = district.issue(ROOF)["judged"]
    assert (judged["controls"], judged["moved"], judged["finding"]) == (11, True, "not_shown")


def test_no_verdict_before_the_last_month_is_full(district: District) -> None:
    district.until(datetime(2028, 3, 31, 15, 59, tzinfo=UTC))
    assert district.issue(ROOF)["state"] == "observing"
    district.until(datetime(2028, 3, 31, 16, 1, tzinfo=UTC))
    assert district.issue(ROOF)["state"] == "verified"


def test_complaints_that_rise_again_after_the_verdict_are_published_once(district: District) -> None:
    district.until(FIRST_LOOK)
    callers_a_month(district.workshop, "quyang-1", "2028-06", 3, 2)
    district.until(datetime(2028, 9, 10, tzinfo=UTC))
    suspected = [one for one in published(district.workshop) if isinstance(one, HotIssueRelapseSuspected)]
    assert [(one.state, one.cause and one.cause.values["month"]) for one in suspected] == [("verified", "2028-06")]
    assert "look whether it came back" in district.issue(ROOF)["history"][-1]["detail"]
    callers_a_month(district.workshop, "quyang-1", "2028-09", 1, 5)
    assert district.issue(ROOF)["state"] == "reopened"


def test_what_was_judged_comes_back_from_the_topic_and_is_watched_on(district: District) -> None:
    district.until(FIRST_LOOK)
    assert watched(district) == [ROOF]
    callers_a_month(district.workshop, "quyang-1", "2028-06", 3, 2)
    district.until(datetime(2028, 9, 10, tzinfo=UTC))
    assert watched(district) == []  # it was published
    own = OwnEvents()
    own.fold([envelope(one) for one in published(district.workshop, warnings=True)])
    (live,) = issues(district.workshop)
    folded = own.issues[ROOF]
    assert (folded.row["judged"], folded.row["observe_until"]) == (live.judged, live.observe_until)
    assert [line["cause"] for line in folded.history][-2:] == ["effect_judged", "relapse_suspected"]


def watched(district: District) -> list[str]:
    with district.workshop.engine.begin() as connection:
        return [issue for issue, _, _ in rebuilt.watched_issues(connection)]


def test_the_rule_fulfilled_again_while_observed_reopens_at_once(district: District) -> None:
    known = district.issue(ROOF)["calls"]
    calls(district, datetime(2027, 12, 1, tzinfo=UTC), 4)
    assert (district.issue(ROOF)["state"], district.issue(ROOF)["calls"]) == ("observing", known + 4)
    calls(district, datetime(2027, 12, 10, tzinfo=UTC), 1)
    issue = district.issue(ROOF)
    assert (issue["state"], issue["decision"], issue["accepted_at"]) == ("reopened", None, None)
    assert (issue["confirmed_at"], issue["calls"]) == ("2027-12-10T00:00:00Z", known + 5)
    assert [event.callers for event in published(district.workshop) if isinstance(event, HotIssueReopened)] == [38]
    district.until(FIRST_LOOK)
    assert district.issue(ROOF)["state"] == "reopened"


def test_a_reopened_issue_goes_round_again(district: District) -> None:
    calls(district, datetime(2027, 4, 1, tzinfo=UTC), 5)
    project = district.decide(ROOF, kind="project")["project_id"]
    district.until(datetime(2027, 4, 20, tzinfo=UTC))
    district.advance(project, "accepted")
    district.until(datetime(2028, 9, 1, tzinfo=UTC))
    assert district.issue(ROOF)["state"] == "not shown"  # nobody called before its works, which is too few


def test_calls_of_the_time_before_the_acceptance_do_not_reopen(district: District) -> None:
    calls(district, datetime(2027, 3, 6, tzinfo=UTC), 4)
    calls(district, datetime(2027, 3, 11, tzinfo=UTC), 4)
    assert district.issue(ROOF)["state"] == "observing"


@pytest.mark.parametrize(("day", "state"), [("2029-03-25", "reopened"), ("2029-04-15", "verified")])
def test_within_a_year_of_the_look_it_is_the_same_issue_and_after_it_another(
    district: District, day: str, state: str
) -> None:
    district.until(FIRST_LOOK)
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
    registered(workshop, "quyang-1", *CONTROLS)
    for estate in CONTROLS:
        callers_a_month(workshop, estate, "2026-08", 19, 1)
    district.decide(wall, kind="merge", merge_into=ROOF)
    district.decide(ROOF, kind="service")
    for type_code in ("MJ01", "MJ02"):
        callers_a_month(workshop, "quyang-1", "2026-08", 7, 2, type_code)
    district.until(ACCEPTED)
    district.cure_done(ROOF)
    district.until(FIRST_LOOK)
    issue = district.issue(ROOF)
    assert (issue["state"], issue["before"]) == ("verified", 28)
    calls(district, datetime(2028, 7, 1, tzinfo=UTC), 5, type_code="MJ02")
    issue = district.issue(ROOF)
    assert (issue["state"], issue["calls"], len(issues(workshop))) == ("reopened", 49, 2)


def test_what_was_explained_in_a_cell_before_it_was_merged_does_not_reopen(workshop: Workshop) -> None:
    district = District(workshop)
    wall = [hot_issue_id(Cell("quyang-1", "MJ02"), ordinal) for ordinal in (0, 1)]
    calls(district, datetime(2026, 3, 1, tzinfo=UTC), 8)
    district.decide(ROOF, kind="service")
    district.until(ACCEPTED)
    district.cure_done(ROOF)
    calls(district, datetime(2027, 3, 11, tzinfo=UTC), 5, type_code="MJ02", apart=0.1)
    district.until(datetime(2027, 3, 12, tzinfo=UTC))
    district.decide(wall[0], kind="explain")
    calls(district, datetime(2027, 3, 13, tzinfo=UTC), 5, type_code="MJ02", apart=0.1)
    district.until(datetime(2027, 3, 14, tzinfo=UTC))
    district.decide(wall[1], kind="merge", merge_into=ROOF)
    assert (district.issue(ROOF)["state"], district.issue(ROOF)["calls"]) == ("observing", 13)
    calls(district, datetime(2027, 3, 15, tzinfo=UTC), 1, type_code="MJ02")
    assert (district.issue(ROOF)["state"], district.issue(ROOF)["calls"]) == ("reopened", 14)


def test_complaints_about_works_that_were_merged_in_are_not_counted(workshop: Workshop) -> None:
    district = District(workshop)
    nuisance = hot_issue_id(Cell("quyang-1", "MJ16"), 0)
    calls(district, datetime(2026, 3, 1, tzinfo=UTC), 10)
    calls(district, datetime(2026, 3, 1, tzinfo=UTC), 5, type_code="MJ16")
    district.decide(nuisance, kind="merge", merge_into=ROOF)
    district.decide(ROOF, kind="service")
    callers_a_month(workshop, "quyang-1", "2026-08", 5, 2)
    callers_a_month(workshop, "quyang-1", "2026-08", 5, 2, "MJ16")
    district.until(ACCEPTED)
    district.cure_done(ROOF)
    district.until(FIRST_LOOK)
    assert district.issue(ROOF)["before"] == 10


def test_a_second_observation_is_not_ended_by_the_timer_of_the_first(district: District) -> None:
    calls(district, datetime(2027, 4, 1, tzinfo=UTC), 5)
    district.decide(ROOF, kind="service")
    district.until(datetime(2027, 9, 1, tzinfo=UTC))
    district.cure_done(ROOF)
    district.until(FIRST_LOOK)
    assert district.issue(ROOF)["state"] == "observing"
    with district.workshop.engine.connect() as connection:
        fired = select(timers.c.fired_at).where(timers.c.kind == "observe").order_by(timers.c.due_at)
        first, second = connection.execute(fired).scalars()
    assert first is not None
    assert second is None
