"""The rates are honest: what is open and overdue counts, and so does every caller's word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from services.intake.store.indicator_gauges import ANEW_AFTER_S, indicator_gauges
from tests.integration.intake.conftest import Intake, problem
from tests.integration.intake.due import DUE, dispatched, settle
from tests.integration.intake.following import Issue, follow_ups, take
from tests.integration.intake.indicators import ask, figures
from tests.integration.intake.settling import take as take_step


def visit(intake: Intake, ticket_id: str, solved: bool) -> None:
    assert take_step(intake, ticket_id, "visit", caller_solved=solved).status_code == 200


def test_without_a_ticket_there_is_no_rate(intake: Intake) -> None:
    assert figures(intake, "on_time") == (None, 0, 0, 0, 0, 0, 0)
    assert figures(intake, "solved") == (None, 0, 0, 0, 0, 0, 0)


def test_what_is_open_and_overdue_counts_against_the_rate_and_what_is_not_due_does_not(intake: Intake) -> None:
    early, late, never = dispatched(intake, 3)
    settle(intake, early)
    assert figures(intake, "on_time") == (1.0, 1, 1, 1, 0, 0, 2)
    intake.clock.advance(DUE)
    assert figures(intake, "on_time") == (1.0, 1, 1, 1, 0, 0, 2)
    intake.clock.advance(timedelta(seconds=1))
    assert figures(intake, "on_time") == (0.3333, 1, 3, 1, 0, 2, 0)
    settle(intake, late)
    assert figures(intake, "on_time") == (0.3333, 1, 3, 1, 1, 1, 0)
    assert never


def test_a_ticket_counts_in_the_period_in_which_its_clock_ends(intake: Intake) -> None:
    (ticket_id,) = dispatched(intake, 1)
    settle(intake, ticket_id)
    due = "2026-07-08"  # its last day, closed by the midnight that begins the 9th
    assert ask(intake, **{"from": due, "to": due})["on_time"]["denominator"] == 1
    assert ask(intake, to="2026-07-07")["on_time"]["denominator"] == 0
    assert ask(intake, **{"from": "2026-07-09"})["on_time"]["denominator"] == 0
    visit(intake, ticket_id, True)
    assert ask(intake, **{"from": "2026-07-01", "to": "2026-07-01"})["solved"]["denominator"] == 1
    assert ask(intake, **{"from": "2026-07-02"})["solved"]["denominator"] == 0


def test_the_units_word_counts_for_nothing_and_follow_ups_count_with_the_visits(intake: Intake) -> None:
    solved, planned, other = dispatched(intake, 3)
    for ticket_id in (solved, planned, other):
        settle(intake, ticket_id, solved=ticket_id == solved)
        visit(intake, ticket_id, solved=ticket_id != planned)
    assert figures(intake, "solved") == (0.6667, 2, 3, 3, 2, 0, 0)

    issue = Issue()
    take(intake, issue.becomes("confirmed"), issue.joined(planned), issue.joined(other), issue.becomes("observing"))
    intake.clock.advance(timedelta(days=90, seconds=1))
    intake.fire_timers()
    for one in follow_ups(intake):
        said = {"version": one["version"], "solved": one["ticket_id"] == planned}
        answer = intake.client("hub").post(f"/follow-ups/{one['follow_up_id']}/answer", json=said)
        assert answer.status_code == 200, answer.text
    assert figures(intake, "solved") == (0.6, 3, 5, 3, 2, 2, 1)

    (new,) = [one["continued_by"] for one in follow_ups(intake) if one["continued_by"]]
    before = ask(intake)["on_time"]
    intake.classify(new)
    intake.clock.advance(timedelta(days=60))
    assert ask(intake)["on_time"] == before
    settle(intake, new)
    visit(intake, new, solved=True)
    assert ask(intake)["on_time"] == before
    assert figures(intake, "solved") == (0.6667, 4, 6, 4, 3, 2, 1)


def test_a_department_sees_what_it_led_and_nothing_of_others(intake: Intake) -> None:
    housing, (office,) = list(dispatched(intake, 2)), dispatched(intake, 1, "XQ01")
    for ticket_id in (*housing, office):
        settle(intake, ticket_id)
    assert ask(intake)["on_time"]["denominator"] == 3
    assert ask(intake, department="housing")["on_time"]["denominator"] == 2
    assert ask(intake, "department:housing")["on_time"]["denominator"] == 2
    assert ask(intake, "department:housing", "department:liangcheng")["on_time"]["denominator"] == 3
    both = ask(intake, "department:housing", "department:liangcheng", department="liangcheng")
    assert both["on_time"]["denominator"] == 1
    assert ask(intake, "department:market")["on_time"]["denominator"] == 0
    problem(intake.client("department:market").get("/indicators?department=housing"), 403, remedy="ask for your own")


BAD = {"query.from": "from=2026-07-02&to=2026-07-01", "query.to": "to=yesterday", "query.department": "department=A"}


@pytest.mark.parametrize("field", BAD)
def test_a_wrong_period_or_department_is_named(intake: Intake, field: str) -> None:
    problem(intake.client("hub").get(f"/indicators?{BAD[field]}"), 422, field=field)


def test_contacts_satisfaction_and_what_went_wrong_have_rates_of_their_own(intake: Intake) -> None:
    contacted, redone, returned = dispatched(intake, 3)
    (office,) = dispatched(intake, 1, "XQ01")
    assert take_step(intake, contacted, "contact", note="已联系").status_code == 200
    assert take_step(intake, returned, "return", note="不属本单位").status_code == 200
    settle(intake, redone)
    unhappy = {"caller_solved": False, "satisfaction": "dissatisfied", "redo": "没修好"}
    assert take_step(intake, redone, "visit", **unhappy).status_code == 200
    intake.clock.advance(timedelta(days=40))
    rates = ask(intake)
    of = {name: (rates[name]["numerator"], rates[name]["denominator"]) for name in rates if name not in
          ("from", "to", "department")}  # fmt: skip
    assert of["returned"] == (1, 4)
    assert of["redone"] == (1, 4)
    assert of["satisfaction"] == (0, 1)
    assert of["overtime"] == (3, 4)
    assert of["repeated"] == (0, 4)
    contacts = rates["first_contact"]
    assert (contacts["contacted_on_time"], contacts["open_not_due"]) == (2, 0), contacts
    by_unit = {one["group"]: one for one in ask(intake, by="unit")["groups"]}
    assert by_unit["housing"]["returned"]["denominator"] == 3
    assert by_unit["liangcheng"]["returned"] == {"rate": 0.0, "numerator": 0, "denominator": 1}
    assert by_unit["liangcheng"]["satisfaction"] is None
    assert office
    for by in ("sub_district", "type", "kind"):
        counted = [one["returned"]["denominator"] for one in ask(intake, by=by)["groups"] if one["returned"]]
        assert sum(counted) == 4
    lines = intake.client("hub").get("/indicators.csv?by=unit").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "group,indicator,rate,numerator,denominator"
    assert "housing,returned,0.3333,1,3" in lines


def test_a_redo_does_not_erase_what_the_caller_said_first(intake: Intake) -> None:
    redone, never = dispatched(intake, 2)
    settle(intake, redone)
    unhappy = {"caller_solved": False, "satisfaction": "dissatisfied", "redo": "没修好"}
    assert take_step(intake, redone, "visit", **unhappy).status_code == 200
    intake.clock.advance(timedelta(days=40))
    settle(intake, redone)
    content = {"caller_solved": True, "satisfaction": "very satisfied"}
    assert take_step(intake, redone, "visit", **content).status_code == 200

    of = {name: tuple(rate.values())[:3] for name, rate in ask(intake).items() if isinstance(rate, dict)}
    assert of["solved"] == of["satisfaction"] == (0.5, 1, 2)
    assert of["solved_at_first"] == of["satisfied_at_first"] == (0.0, 0, 1)
    july = ask(intake, to="2026-07-31")
    assert july["solved"]["rate"] == july["satisfaction"]["rate"] == 0.0
    august = ask(intake, **{"from": "2026-08-01"})
    assert august["solved"]["rate"] == august["satisfaction"]["rate"] == 1.0
    assert august["solved_at_first"]["rate"] is august["satisfied_at_first"]["rate"] is None
    by_unit = {one["group"]: one for one in ask(intake, by="unit")["groups"]}
    assert by_unit["housing"]["satisfied_at_first"]["denominator"] == 1
    assert never


def test_what_was_handed_to_an_emergency_line_is_never_open_and_overdue(intake: Intake) -> None:
    handed, back = dispatched(intake, 2)
    for ticket_id in (handed, back):
        assert take_step(intake, ticket_id, "transfer", line="119", reason="起火").status_code == 200
    assert take_step(intake, back, "reconsideration", reason="已无险情").status_code == 200
    intake.clock.advance(timedelta(days=40))
    rates = ask(intake)
    assert (rates["on_time"]["denominator"], rates["overtime"]["numerator"]) == (0, 0)
    assert take_step(intake, back, "dispatch", type_code="MJ01", reason="漏水").status_code == 200
    settle(intake, back)
    assert figures(intake, "on_time")[:3] == (1.0, 1, 1)


def test_a_redo_does_not_make_late_what_was_settled_in_time(intake: Intake) -> None:
    (ticket_id,) = dispatched(intake, 1)
    settle(intake, ticket_id)
    assert take_step(intake, ticket_id, "visit", caller_solved=False, redo="没修好").status_code == 200
    intake.clock.advance(timedelta(days=40))
    settle(intake, ticket_id)
    rates = ask(intake)
    assert (rates["on_time"]["rate"], rates["overtime"]["rate"], rates["redone"]["rate"]) == (1.0, 0.0, 1.0)


def test_a_linked_ticket_is_contacted_with_the_ticket_it_is_linked_to(intake: Intake) -> None:
    target, linked = dispatched(intake, 2)
    assert take_step(intake, target, "contact", note="已联系").status_code == 200
    number = intake.show(target)["number"]
    assert take_step(intake, linked, "merge", into="9" * 18, reason="同一处").status_code == 422
    assert take_step(intake, linked, "merge", into=number, reason="同一处").status_code == 200
    assert intake.show(linked)["merged_into"] == target
    intake.clock.advance(timedelta(days=40))
    assert figures(intake, "first_contact")[:3] == (1.0, 1, 1)
    assert take_step(intake, linked, "unmerge", reason="另一处").status_code == 200
    assert figures(intake, "first_contact")[:3] == (0.5, 1, 2)


def test_the_last_month_by_unit_is_shown_as_metrics_and_read_anew_now_and_then(intake: Intake) -> None:
    def shown(unit: str) -> float | None:
        return REGISTRY.get_sample_value("closedloop_indicator_ratio", {"indicator": "on_time", "unit": unit})

    seconds = [0.0]
    gauge = indicator_gauges(intake.clock, lambda: seconds[0])
    early, _ = dispatched(intake, 2)
    settle(intake, early)
    intake.clock.advance(DUE + timedelta(seconds=1))
    for passed, rate in ((0.0, 0.5), (ANEW_AFTER_S - 1, 0.5), (ANEW_AFTER_S, None)):
        seconds[0] = passed
        with intake.workshop.engine.connect() as connection:
            gauge(connection)
        assert (shown("housing"), shown("market")) == (rate, None)
        intake.clock.advance(timedelta(days=60))
