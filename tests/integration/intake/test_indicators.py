"""The rates are honest: what is open and overdue counts, and so does every caller's word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.contracts.ticket_events import Place
from services.intake.adapters.indicator_gauges import ANEW_AFTER_S, indicator_gauges
from tests.integration.intake.conftest import Intake, problem
from tests.integration.intake.following import Issue, follow_ups, take
from tests.integration.intake.test_settling import ANSWER, PLANNED
from tests.integration.intake.test_settling import take as take_step

DUE = timedelta(days=7, hours=16)  # the settle clock of a repair type that begins on 2026-07-01


def ask(intake: Intake, *roles: str, **asked: str) -> dict[str, Any]:
    answer = intake.client(*(roles or ("supervisor",))).get("/indicators", params=asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def figures(intake: Intake, rate: str, *roles: str, **asked: str) -> tuple[Any, ...]:
    return tuple(ask(intake, *roles, **asked)[rate].values())


def dispatched(intake: Intake, count: int, type_code: str = "MJ01") -> Iterator[str]:
    for number in range(count):
        ticket_id = intake.file(caller={"phone": f"138123456{number:02}"})
        intake.classify(ticket_id, type_code=type_code, place=Place(sub_district="310109016"))
        yield ticket_id


def settle(intake: Intake, ticket_id: str, solved: bool = True) -> None:
    body = ANSWER if solved else PLANNED
    assert take_step(intake, ticket_id, "settlement", subject="plumber", **body).status_code == 200


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
