"""Supervision from a topic to what was carried out: who may do what, which answers are refused, which clocks run."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.database.work import Workshop
from services.contracts.supervision_events import (
    SupervisionInspected,
    SupervisionOpinionChanged,
    SupervisionTopicChanged,
)
from services.projects.store.checksums import checksums
from tests.integration.projects.asking import events_of
from tests.integration.projects.events import dispatched, take
from tests.integration.projects.issues import ROOF
from tests.integration.projects.loop_of import District
from tests.integration.projects.supervising import DISPLEASED, PLEASED, PROMISED, SOLVED, Supervising


@pytest.fixture
def desk(workshop: Workshop) -> Supervising:
    return Supervising(District(workshop))


def refused(desk: Supervising, clause: dict[str, Any], act: str, role: str, status: int, **body: Any) -> dict[str, Any]:
    sent = {"version": clause["version"], **body}
    return dict(desk.send(role, f"clauses/{clause['clause_id']}/{act}", status, **sent))


def test_a_clause_is_handed_over_answered_rated_and_followed_until_the_supervisor_finds_it_done(
    desk: Supervising,
) -> None:
    topic = desk.topic()
    desk.send("supervisor:congress", f"topics/{topic['topic_id']}/inspections", 201, **desk.inspection())
    clause = desk.clause(topic)
    assert (clause["number"], clause["state"], clause["clocks"][0]["due"]) == (1, "given", "2026-07-10T16:00:00Z")
    clause = desk.step(clause, "hand-over", unit="housing")
    back, answer = clause["clocks"]
    assert (back["kind"], back["days_off"]) == ("return", ["2026-07-04", "2026-07-05"])
    assert (answer["kind"], answer["months"], answer["due"]) == ("answer", 3, "2026-10-08T16:00:00Z")
    assert answer["days_off"] == [f"2026-10-0{day}" for day in range(1, 8)]  # the last day fell on the national holiday
    vague = PROMISED | {"reply_class": "C", "on": "2027-05-01"}
    clause = desk.step(clause, "reply", "department:housing", **vague)
    assert (clause["agreed"], clause["carried_out_on"], clause["clocks"]) == (True, None, [])
    clause = desk.step(clause, "rating", **DISPLEASED)
    assert (clause["state"], clause["clocks"][0]["kind"]) == ("redo", "redo")
    clause = desk.step(clause, "reply", "department:housing", **PROMISED)
    clause = desk.step(clause, "rating", **PLEASED)
    assert (clause["state"], clause["promised_on"]) == ("tracking", "2026-10-31")
    assert (clause["clocks"][0]["kind"], clause["clocks"][0]["due"]) == ("promise", "2026-10-31T16:00:00Z")
    desk.district.until(datetime(2026, 10, 20, tzinfo=UTC))
    clause = desk.step(desk.shown(clause), "carried-out", on="2026-10-19")
    assert (clause["state"], clause["carried_out_on"], clause["replies"][-1]["kept"]) == (
        "carried_out",
        "2026-10-19",
        True,
    )
    closing = {"version": 3, "reason": "全部落实"}
    closed = desk.send("supervisor:congress", f"topics/{topic['topic_id']}/closing", **closing)
    assert (closed["state"], closed["version"]) == ("closed", 4)
    steps = [line["step"] for line in desk.shown(clause)["steps"]]
    assert steps == ["give", "hand_over", "reply", "rate", "reply", "rate", "warn", "carry_out"]
    events = events_of(desk.district, SupervisionOpinionChanged)
    assert [event.step for event in events] == steps
    assert len(events_of(desk.district, SupervisionInspected)) == 1


def test_a_reply_without_class_date_or_signature_is_refused_with_field_and_remedy(desk: Supervising) -> None:
    clause = desk.handed_over()
    for field in ("reply_class", "signature", "signed_on", "text"):
        body = {name: value for name, value in SOLVED.items() if name != field}
        problem = refused(desk, clause, "reply", "department:housing", 422, **body)
        assert f"body.{field}" in problem["detail"]
    for body, field in (
        (PROMISED | {"on": None}, "on"),
        (PROMISED | {"on": "2027-01-01"}, "on"),
        (SOLVED | {"on": "2026-07-02"}, "on"),
        (PROMISED | {"reply_class": "C", "on": "2026-07-01"}, "on"),
        (PROMISED | {"reply_class": "D"}, "on"),
        (SOLVED | {"signed_on": "2026-07-02"}, "signed_on"),
    ):
        sent = {name: value for name, value in body.items() if value is not None}
        problem = refused(desk, clause, "reply", "department:housing", 422, **sent)
        assert problem["errors"][0]["field"] == f"body.{field}"
    assert desk.shown(clause)["state"] == "handed_over"


def test_nobody_of_the_inspected_unit_inspects(desk: Supervising) -> None:
    topic = desk.topic()
    path = f"topics/{topic['topic_id']}/inspections"
    own = desk.inspection(people=[{"role": "official", "unit": "housing", "number": 1}])
    problem = desk.send("supervisor:congress", path, 422, **own)
    assert problem["errors"][0]["field"] == "body.people.0.unit"
    assert "nobody of it takes part" in problem["detail"]
    refusal = desk.send("supervisor:congress+department:housing", path, 403, **desk.inspection())
    assert refusal["type"].endswith("own-unit")
    inspection = desk.inspection()
    for _ in range(2):
        desk.send("supervisor:congress", path, 201, **inspection)
    problem = desk.send("supervisor:congress", path, 422, **inspection | {"units": ["fire"]})
    assert problem["errors"][0]["field"] == "body.id"
    assert len(desk.party.get(f"/supervision/topics/{topic['topic_id']}").json()["inspections"]) == 1


def test_a_unit_does_not_rate_itself_and_sets_nothing_carried_out(desk: Supervising) -> None:
    clause = desk.replied(PROMISED)
    refused(desk, clause, "rating", "department:housing", 403, **PLEASED)
    problem = refused(desk, clause, "rating", "supervisor:congress+department:housing", 403, **PLEASED)
    assert problem["type"].endswith("own-unit")
    for role in ("supervisor", "supervisor:discipline"):
        refused(desk, clause, "rating", role, 403, **PLEASED)
    problem = refused(desk, clause, "rating", "supervisor:congress", 422, **PLEASED | {"manner": "dissatisfied"})
    assert problem["errors"][0]["field"] == "body.why"
    given = desk.clause(desk.topic(), unit="fire")
    refused(desk, given, "hand-over", "supervisor:congress+department:housing", 403, unit="housing")
    clause = desk.step(clause, "rating", **PLEASED)
    refused(desk, clause, "carried-out", "department:housing", 403, on="2026-07-01")
    refused(desk, clause, "carried-out", "supervisor:congress", 422, on="2026-07-02")


def test_of_two_who_rate_at_once_the_second_hears_the_current_version(desk: Supervising) -> None:
    clause = desk.replied(PROMISED)
    desk.step(clause, "rating", **PLEASED)
    problem = refused(desk, clause, "rating", "supervisor:congress", 409, **PLEASED)
    assert (problem["current_version"], problem["current_state"]) == (4, "tracking")


def test_not_my_duty_goes_back_with_reasons_within_seven_working_days(desk: Supervising) -> None:
    clause = desk.handed_over()
    refused(desk, clause, "return", "department:fire", 404, reason="x")
    clause = desk.step(clause, "return", "department:housing", reason="属建管委职责")
    assert (clause["state"], clause["clocks"][0]["kind"]) == ("returned", "hand_over")
    clause = desk.step(clause, "hand-over", unit="construction")
    assert clause["unit"] == "construction"
    refused(desk, clause, "reply", "department:housing", 404, **SOLVED)
    desk.district.until(datetime(2026, 7, 11, tzinfo=UTC))
    problem = refused(desk, desk.shown(clause), "return", "department:construction", 409, reason="x")
    assert "answer it, or ask for more time" in problem["detail"]


def test_more_time_is_asked_once_and_granted_by_the_supervisor(desk: Supervising) -> None:
    clause = desk.handed_over()
    problem = refused(desk, clause, "extension", "department:housing", 422, reason="x", until="2027-02-01")
    assert problem["errors"][0]["field"] == "body.until"
    clause = desk.step(clause, "extension", "department:housing", reason="需招标", until="2026-12-01")
    refused(desk, clause, "extension/decision", "department:housing", 403, granted=True)
    clause = desk.step(clause, "extension/decision", granted=True)
    assert (clause["extension"]["granted"], clause["clocks"][-1]["due"]) == (True, "2026-12-01T16:00:00Z")
    problem = refused(desk, clause, "extension", "department:housing", 409, reason="再延", until="2026-12-20")
    assert "one extension" in problem["detail"]


def test_a_limit_warns_and_runs_out_once_and_counts_in_the_indicators(desk: Supervising) -> None:
    clause = desk.handed_over()
    desk.step(desk.replied(PROMISED), "rating", **PLEASED)
    for moment in (datetime(2026, 9, 30, tzinfo=UTC), *2 * [datetime(2027, 1, 1, tzinfo=UTC)]):
        desk.district.until(moment)
    late = desk.shown(clause)
    assert [line["step"] for line in late["steps"]] == ["give", "hand_over", "warn", "breach"]
    assert {one["kind"]: one["overdue"] for one in late["clocks"]} == {"return": False, "answer": True}
    district, housing = desk.party.get("/supervision/indicators").json()["items"]
    assert (district["unit"], housing["unit"]) == (None, "housing")
    assert housing["answered_in_time"] == {"part": 1, "whole": 2, "percent": 50}
    assert housing["promises_kept"] == {"part": 0, "whole": 1, "percent": 0}
    by_due = desk.unit.get("/supervision/clauses").json()["items"]
    assert [(one["state"], one["clocks"][-1]["overdue"]) for one in by_due] == [
        ("handed_over", True),
        ("tracking", True),
    ]
    desk.step(late, "reply", "department:housing", **SOLVED)
    assert desk.shown(clause)["replies"][0]["in_time"] is False


def test_a_promise_that_was_not_kept_is_answered_again(desk: Supervising) -> None:
    clause = desk.step(desk.tracked(), "not-done", reason="现场未施工")
    assert (clause["state"], clause["replies"][0]["kept"], clause["clocks"][0]["kind"]) == ("redo", False, "redo")


def test_not_my_duty_ends_with_the_partys_decision(desk: Supervising) -> None:
    clause = desk.handed_over()
    for unit, onward in (("housing", "fire"), ("fire", "housing")):
        assert "return" in {one["kind"] for one in clause["clocks"]}
        back = desk.step(clause, "return", f"department:{unit}", reason="不是本单位职责")
        clause = desk.step(back, "hand-over", unit=onward)
    assert [one["kind"] for one in clause["clocks"]] == ["answer"]
    refused(desk, clause, "return", "department:housing", 409, reason="仍不是")
    assert desk.step(clause, "reply", "department:housing", **SOLVED)["state"] == "replied"


def test_a_refused_extension_does_not_use_up_the_one_there_is(desk: Supervising) -> None:
    clause = desk.handed_over()
    asked = {"reason": "须招标", "until": "2026-11-30"}
    clause = desk.step(clause, "extension", "department:housing", **asked)
    refused(desk, clause, "extension", "department:housing", 409, **asked)
    clause = desk.step(clause, "extension/decision", granted=False, note="理由不足")
    clause = desk.step(clause, "extension", "department:housing", **asked)
    clause = desk.step(clause, "extension/decision", granted=True)
    assert clause["extension"]["granted"] is True
    refused(desk, clause, "extension", "department:housing", 409, reason="再延", until="2026-12-31")


def test_a_deputy_suggests_sees_and_rates_what_came_of_it(desk: Supervising) -> None:
    said = {"id": str(uuid4()), "subject": "加装充电设施", "reason": "车棚不够", "countermeasure": "利用空地"}
    suggestion = desk.send("deputy", "suggestions", 201, **said)
    assert suggestion["origin"] == "deputy"
    topic = desk.topic(suggestion_id=suggestion["suggestion_id"])
    problem = desk.send("supervisor:congress", "topics", 422, id=str(uuid4()), party="congress", area="home", title="x",
                        why="y", suggestion_id=suggestion["suggestion_id"])  # fmt: skip
    assert problem["errors"][0]["field"] == "body.suggestion_id"
    clause = desk.handed_over(topic, suggestion_id=suggestion["suggestion_id"])
    clause = desk.step(clause, "reply", "department:housing", **SOLVED)
    foreign = desk.replied(SOLVED)
    refused(desk, foreign, "rating", "deputy", 403, **PLEASED)
    rated = desk.step(clause, "rating", "deputy", **DISPLEASED)
    assert (rated["state"], rated["ratings"][0]["by"]) == ("redo", "deputy")
    (own,) = desk.district.as_("deputy").get("/supervision/suggestions").json()["items"]
    assert (own["state"], own["topic_id"]) == ("taken_up", topic["topic_id"])


def test_a_suggestion_is_taken_up_by_one_topic_and_stays_with_its_clause(desk: Supervising) -> None:
    said = {"id": str(uuid4()), "subject": "充电", "reason": "车棚不够", "countermeasure": "利用空地"}
    suggestion = desk.send("deputy", "suggestions", 201, **said)["suggestion_id"]
    topic, other = desk.topic(suggestion_id=suggestion), desk.topic()
    clause = {"id": str(uuid4()), "text": "年内完成", "unit": "housing"}
    opinions = "topics/{}/opinions"
    party = "supervisor:congress"
    taken = {"clauses": [clause | {"suggestion_id": suggestion}]}
    problem = desk.send(party, opinions.format(other["topic_id"]), 422, **taken)
    assert problem["errors"][0]["field"] == "body.clauses.0.suggestion_id"
    assert desk.send(party, opinions.format(topic["topic_id"]), 201, clauses=[clause])
    problem = desk.send(party, opinions.format(topic["topic_id"]), 422, **taken)
    assert problem["errors"][0]["field"] == "body.clauses.0.id"


@pytest.mark.parametrize("wrong", ["MJ99", "XQ04"])
def test_a_topic_is_about_a_type_of_its_area(desk: Supervising, wrong: str) -> None:
    body = {"id": str(uuid4()), "party": "congress", "area": "home", "title": "屋面", "why": "投诉"}
    problem = desk.send("supervisor:congress", "topics", 422, **body, type_code=wrong)
    assert problem["errors"][0]["field"] == "body.type_code"
    assert desk.topic(type_code="MJ01")["type_code"] == "MJ01"


def test_a_unit_sees_what_concerns_it_and_nothing_before_it_was_handed_over(desk: Supervising) -> None:
    topic = desk.topic()
    clause = desk.clause(topic)
    desk.clause(topic, unit="fire")
    page = f"/supervision/topics/{topic['topic_id']}"
    assert desk.unit.get(page).status_code == 404
    assert desk.unit.get("/supervision/topics").json()["items"] == []
    desk.step(clause, "hand-over", unit="housing")
    assert [one["number"] for one in desk.unit.get(page).json()["opinions"]] == [1]
    for role in ("hub", "supervisor", "admin", "deputy"):
        assert len(desk.district.as_(role).get(page).json()["opinions"]) == 2
    assert desk.district.as_("subdistrict:310109010").get(page).status_code == 403


def test_a_topic_with_an_open_clause_is_not_closed(desk: Supervising) -> None:
    topic = desk.topic()
    clause = desk.clause(topic)
    path = f"topics/{topic['topic_id']}/closing"
    problem = desk.send("supervisor:congress", path, 409, version=2, reason="完")
    assert "clauses 1 are open" in problem["detail"]
    desk.step(clause, "withdrawal", reason="误发")
    desk.send("supervisor:congress", path, 200, version=2, reason="完")
    desk.send("supervisor:congress", f"topics/{topic['topic_id']}/inspections", 409, **desk.inspection())


def test_nothing_of_supervision_changes_an_issue_or_a_project(desk: Supervising) -> None:
    take(desk.district.workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=20 + n) for n in range(1, 6)))
    desk.district.advance(desk.district.decide(ROOF, kind="project")["project_id"], "listed")

    def others() -> dict[tuple[str, str], str]:
        with desk.district.workshop.engine.begin() as connection:
            found = checksums(connection)
        return {key: one for key, one in found.items() if key[0] not in ("supervision topic", "suggestion")}

    before = others()
    topic = desk.topic(type_code="MJ01")
    desk.send("supervisor:congress", f"topics/{topic['topic_id']}/inspections", 201, **desk.inspection())
    for reply in (PROMISED, SOLVED):
        desk.step(desk.tracked(reply), "carried-out", on="2026-07-01")
    desk.step(desk.replied(SOLVED), "rating", **DISPLEASED)
    desk.step(desk.step(desk.handed_over(), "return", "department:housing", reason="x"), "withdrawal", reason="y")
    assert others() == before


def test_of_two_who_send_the_same_at_once_one_makes_it_and_both_get_it(desk: Supervising) -> None:
    topic = {"id": str(uuid4()), "party": "congress", "area": "home", "title": "屋面", "why": "反复投诉"}
    answers: list[int] = []

    def send() -> None:
        client = desk.district.as_("supervisor:congress")
        answers.append(client.post("/supervision/topics", json=topic).status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert answers == 4 * [201]
    assert len(events_of(desk.district, SupervisionTopicChanged)) == 1


def test_the_bulletin_of_the_committee_begins_with_what_came_of_its_opinions(desk: Supervising) -> None:
    desk.step(desk.tracked(), "carried-out", on="2026-07-01")
    made = desk.party.get("/bulletins/2026-07").json()
    lines = made["sections"]["supervision"]
    assert next(iter(made["sections"])) == "supervision"
    assert [(one["what"], one["party"], one["lead"]) for one in lines] == [
        (step, "congress", "housing") for step in ("give", "hand_over", "reply", "rate", "carry_out")
    ]
    own = desk.district.as_("subdistrict:310109010").get("/bulletins/2026-07").json()
    assert "supervision" not in own["sections"]
