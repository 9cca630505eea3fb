"""The yearly plan: ranked from what is known, decided by size, published once, reported to those who asked, begun."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.database.work import Workshop
from services.contracts.need_events import NeedSettled
from services.contracts.plan_events import FundUseChanged, PlanEntryChanged, PlanPublished
from services.contracts.ticket_events import RequestKind
from tests.integration.projects.asking import ask, events_of, needs
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import begin_with, dispatched, ticket_id
from tests.integration.projects.loop_of import District

MOON = {
    "id": "quyang-1",
    "name": "明月小区",
    "sub_district": "310109010",
    "property_kind": "sold-public",
    "built": 1976,
}
STARS = {
    "id": "jiaxing-1",
    "name": "星辰公寓",
    "sub_district": "310109014",
    "property_kind": "commodity",
    "built": 2017,
}
MILLION = 100_000_000
OFFICE = "department:quyanglu"


@pytest.fixture
def district(workshop: Workshop) -> District:
    """Two estates with needs: an old one with callers and a hot issue, and a new one."""
    district = District(workshop)
    assert district.hub.post("/estates/batch", json={"estates": [MOON, STARS]}).status_code == 200
    begin_with(workshop, *(dispatched(n, "MJ19", "quyang-1", by=n, kind=RequestKind.ENQUIRY) for n in (1, 2)))
    begin_with(workshop, *(dispatched(n, "MJ01", "quyang-1", by=n, day=20 + n) for n in range(3, 8)))
    ask(district, "E16", estate="jiaxing-1")
    return district


def drafted(district: District, year: int = 2027, budget_fen: int = 10 * MILLION) -> dict[str, Any]:
    answer = district.hub.post("/plans", json={"year": year, "budget_fen": budget_fen})
    assert answer.status_code == 201, answer.text
    plan: dict[str, Any] = answer.json()
    return plan


def plan_of(district: District, plan: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = district.hub.get(f"/plans/{plan['plan_id']}").json()
    return found


def decide(district: District, plan: dict[str, Any], estate: str, role: str = "hub", **body: Any) -> Any:
    entry = next(one for one in plan_of(district, plan)["entries"] if one["place"]["estate"] == estate)
    path = f"/plans/{plan['plan_id']}/entries/{estate}"
    return district.as_(role).post(path, json={"version": entry["version"]} | body)


def publish(district: District, plan: dict[str, Any], **body: Any) -> Any:
    seen = {"version": plan_of(district, plan)["version"]}
    return district.hub.post(f"/plans/{plan['plan_id']}/publication", json=seen | body)


def settle(district: District, plan: dict[str, Any]) -> None:
    """The old estate is listed, the new one postponed."""
    assert decide(district, plan, "quyang-1", decision="listed", cost_fen=2 * MILLION).status_code == 200
    assert decide(district, plan, "jiaxing-1", decision="postponed", reason="lower_rank").status_code == 200


def test_estates_with_needs_are_ranked_and_the_parts_add_up(district: District) -> None:
    plan = drafted(district)
    old, new = plan["entries"]
    assert (old["place"]["estate"], new["place"]["estate"]) == ("quyang-1", "jiaxing-1")
    parts = {one["part"]: (one["value"], one["tenths"]) for one in old["parts"]}
    assert parts["age"] == (51, 200)
    assert parts["callers"] == (7, 35)
    assert parts["last_repair"] == (None, 100)
    assert parts["urgency"][0] >= 1
    assert parts["heat"][0] > 0
    assert old["rank"] == sum(one["tenths"] for one in old["parts"])
    assert plan["undecided"] == 2
    second = district.hub.post("/plans", json={"year": 2027, "budget_fen": 1})
    assert (second.status_code, second.json()["current_state"]) == (409, "draft")


def test_a_published_plan_plans_its_needs_and_tells_those_who_asked(district: District) -> None:
    plan = drafted(district)
    settle(district, plan)
    answer = publish(district, plan)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["state"], shown["public_fen"]) == ("published", 2 * MILLION * 8 // 10)
    assert shown["entries"][0]["payers"] == {
        "city": 60_000_000, "district": 80_000_000, "sub_district": 20_000_000, "owners": 40_000_000,
    }  # fmt: skip
    assert [(one["state"], one["plan_id"]) for one in needs(district, estate="quyang-1")] == [
        ("in_plan", plan["plan_id"])
    ]
    assert [one["state"] for one in needs(district, estate="jiaxing-1")] == ["open"]
    (event,) = events_of(district, PlanPublished)
    assert [(one.place.estate, one.decision, one.reason) for one in event.entries] == [
        ("quyang-1", "listed", None),
        ("jiaxing-1", "postponed", "lower_rank"),
    ]
    (asked,) = events_of(district, NeedSettled)
    assert (asked.outcome, asked.year, asked.tickets) == ("listed", 2027, (ticket_id(1), ticket_id(2)))


def test_what_is_published_never_changes_and_the_next_version_supersedes_it(district: District) -> None:
    first = drafted(district)
    settle(district, first)
    publish(district, first)
    for answer in (
        decide(district, first, "quyang-1", decision="refused", reason="no_money"),
        publish(district, first),
        district.hub.post(f"/plans/{first['plan_id']}/ranking", json={"version": plan_of(district, first)["version"]}),
    ):
        assert (answer.status_code, answer.json()["current_state"]) == (409, "published")
    frozen = plan_of(district, first)
    second = drafted(district)
    assert (second["number"], second["undecided"]) == (2, 0)  # what was decided stays decided
    assert decide(district, second, "quyang-1", decision="refused", reason="other_programme").status_code == 200
    assert publish(district, second).json()["supersedes"] == first["plan_id"]
    superseded = plan_of(district, first)
    assert superseded["state"] == "superseded"
    assert superseded["entries"] == frozen["entries"]
    assert [(one["state"], one["reason"]) for one in needs(district, estate="quyang-1")] == [
        ("refused", "other_programme")
    ]
    assert [(one.outcome, one.plan_id) for one in events_of(district, NeedSettled)] == [
        ("listed", first["plan_id"]),
        ("refused", second["plan_id"]),
    ]


def test_a_plan_is_not_published_over_its_budget_or_with_an_estate_undecided(district: District) -> None:
    plan = drafted(district, budget_fen=MILLION)
    answer = publish(district, plan)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.entries")
    settle(district, plan)
    answer = publish(district, plan)
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["field"]) == (422, "body.budget_fen")
    assert "is exceeded by 60000000 fen" in fault["message"]
    assert plan_of(district, plan)["state"] == "draft"
    assert events_of(district, PlanPublished) == []
    more = {"version": plan_of(district, plan)["version"], "budget_fen": 2 * MILLION}
    assert district.hub.post(f"/plans/{plan['plan_id']}/ranking", json=more).status_code == 200
    assert publish(district, plan).status_code == 200


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"decision": "listed"}, "body.cost_fen"),
        ({"decision": "listed", "cost_fen": -5}, "body.cost_fen"),
        ({"decision": "listed", "cost_fen": 5, "reason": "no_money"}, "body.reason"),
        ({"decision": "postponed"}, "body.reason"),
        ({"decision": "listed", "cost_fen": 5, "agreement": 101}, "body.agreement"),
    ],
)
def test_a_decision_that_lacks_something_is_refused_by_its_field(
    district: District, said: dict[str, Any], field: str
) -> None:
    plan = drafted(district)
    answer = decide(district, plan, "quyang-1", **said)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert plan_of(district, plan)["undecided"] == 2


def test_an_estate_of_unknown_property_is_not_listed_until_it_is_registered(district: District) -> None:
    ask(district, "E01", estate="quyang-1")
    assert district.hub.post("/estates/batch", json={"estates": [{"id": "quyang-1", "name": "明月小区",
                             "sub_district": "310109010"}]}).status_code == 200  # fmt: skip
    plan = drafted(district)
    refused = decide(district, plan, "quyang-1", decision="listed", cost_fen=MILLION)
    assert "property kind is not registered" in refused.json()["errors"][0]["message"]
    district.hub.post("/estates/batch", json={"estates": [MOON]})
    seen = {"version": plan_of(district, plan)["version"]}
    assert district.hub.post(f"/plans/{plan['plan_id']}/ranking", json=seen).status_code == 200
    assert decide(district, plan, "quyang-1", decision="listed", cost_fen=MILLION).status_code == 200


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"year": 2025}, "body.year"),
        ({"year": 1066}, "body.year"),
        ({"year": "soon"}, "body.year"),
        ({"budget_fen": -1}, "body.budget_fen"),
        ({"budget_fen": True}, "body.budget_fen"),
    ],
)
def test_a_plan_for_a_year_that_is_over_or_with_a_negative_budget_is_refused(
    district: District, asked: dict[str, Any], field: str
) -> None:
    answer = district.hub.post("/plans", json={"year": 2026, "budget_fen": 5} | asked)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert district.hub.get("/plans").json() == {"items": []}


def test_size_says_who_decides(district: District) -> None:
    plan = drafted(district)
    small = {"decision": "listed", "cost_fen": MILLION - 1}
    large = {"decision": "listed", "cost_fen": MILLION}
    assert decide(district, plan, "quyang-1", role="department:housing", **small).status_code == 403
    done = decide(district, plan, "quyang-1", role=OFFICE, **small)
    assert (done.status_code, done.json()["decided_by"]) == (200, OFFICE.removeprefix("department:"))
    assert decide(district, plan, "quyang-1", role=OFFICE, **large).status_code == 403
    assert decide(district, plan, "quyang-1", role="department:housing", **large).status_code == 200
    assert decide(district, plan, "quyang-1", role="department:fire", **large).status_code == 404
    for role, status in (("department:fire", 403), ("department:housing", 201)):
        answer = district.as_(role).post("/plans", json={"year": 2028, "budget_fen": 0})
        assert answer.status_code == status
    own = district.as_("subdistrict:310109014").get(f"/plans/{plan['plan_id']}").json()["entries"]
    assert [one["place"]["estate"] for one in own] == ["jiaxing-1"]


def test_a_draft_is_for_who_may_decide_on_its_estates_and_what_is_published_for_all(district: District) -> None:
    plan = drafted(district)
    path = f"/plans/{plan['plan_id']}"

    def seen(role: str) -> tuple[int, int, int]:
        listed, shown = district.as_(role).get("/plans").json()["items"], district.as_(role).get(path)
        return len(listed), shown.status_code, len(shown.json().get("entries", ()))

    assert seen("department:fire") == (0, 404, 0)
    assert district.as_("department:fire").get(f"{path}/differences").json()["title"] == "No such plan"
    assert seen("department:housing") == (1, 200, 2)
    assert seen(OFFICE) == (1, 200, 1)
    assert seen("subdistrict:310109014") == (1, 200, 1)
    settle(district, plan)
    assert publish(district, plan).status_code == 200
    assert seen("department:fire") == (1, 200, 2)


def test_an_estate_that_is_not_in_the_plan_is_named_as_what_is_missing(district: District) -> None:
    path = f"/plans/{drafted(district)['plan_id']}/entries/nowhere-1"
    for address, body in ((path, {"version": 1, "decision": "listed", "cost_fen": 5}), (f"{path}/project", {})):
        answer = district.hub.post(address, json=body)
        assert (answer.status_code, answer.json()["title"]) == (404, "No such estate in this plan")


def test_nobody_overturns_by_a_lower_cost_or_without_one_what_a_larger_unit_decided(district: District) -> None:
    plan, estate, housing = drafted(district), "quyang-1", "department:housing"
    refusal = {"decision": "refused", "reason": "no_will"}
    postponed = {"decision": "postponed", "reason": "no_money"}
    small = {"decision": "listed", "cost_fen": 5}
    assert decide(district, plan, estate, role=OFFICE, **refusal).status_code == 403  # nobody knows its size
    assert decide(district, plan, estate, role=housing, **postponed).status_code == 200
    assert decide(district, plan, estate, role=OFFICE, **small).status_code == 403
    large = {"decision": "listed", "cost_fen": 2 * MILLION}
    assert decide(district, plan, estate, role=housing, **large).status_code == 200
    for said in (refusal, postponed, small):
        assert decide(district, plan, estate, role=OFFICE, **said).status_code == 403
    kept = decide(district, plan, estate, role=housing, **postponed).json()
    assert (kept["decision"], kept["cost_fen"]) == ("postponed", 2 * MILLION)
    assert decide(district, plan, estate, role=OFFICE, **small).status_code == 403
    assert decide(district, plan, estate, role=housing, **small).status_code == 200
    assert decide(district, plan, estate, role=OFFICE, **refusal).status_code == 200


def test_of_two_who_decide_or_publish_at_once_one_wins(district: District) -> None:
    plan = drafted(district)
    path, answers = f"/plans/{plan['plan_id']}/entries/quyang-1", []
    said = {"version": plan["entries"][0]["version"], "decision": "postponed", "reason": "no_money"}

    def race(address: str, body: dict[str, Any]) -> list[int]:
        answers.clear()
        racers = [
            threading.Thread(target=lambda: answers.append(district.hub.post(address, json=body).status_code))
            for _ in range(2)
        ]
        for one in racers:
            one.start()
        for one in racers:
            one.join()
        return sorted(answers)

    assert race(path, said) == [200, 409]
    settle(district, plan)
    seen = {"version": plan_of(district, plan)["version"]}
    assert race(f"/plans/{plan['plan_id']}/publication", seen) == [200, 409]
    assert len(events_of(district, PlanPublished)) == 1


def test_works_begin_from_a_listed_entry_once(district: District) -> None:
    plan = drafted(district)
    settle(district, plan)
    path = f"/plans/{plan['plan_id']}/entries/quyang-1/project"
    assert district.hub.post(path, json={}).status_code == 409  # a draft lists nothing
    publish(district, plan)
    begun = district.as_("department:housing").post(path, json={"floor_area_m2": 8000})
    assert begun.status_code == 201, begun.text
    assert begun.json()["place"]["estate"] == "quyang-1"
    (need,) = needs(district, estate="quyang-1")
    assert (need["state"], need["project_id"]) == ("in_project", begun.json()["project_id"])
    assert district.hub.post(path, json={}).status_code == 409
    postponed = path.replace("quyang-1", "jiaxing-1")
    assert district.hub.post(postponed, json={}).status_code == 409


def test_who_publishes_has_seen_every_decision(district: District) -> None:
    plan = drafted(district)
    settle(district, plan)
    seen = plan_of(district, plan)["version"]
    assert decide(district, plan, "jiaxing-1", decision="refused", reason="not_shown").status_code == 200
    stale = publish(district, plan, version=seen)
    assert (stale.status_code, stale.json()["current_version"]) == (409, seen + 1)
    assert events_of(district, PlanPublished) == []
    assert publish(district, plan, version=seen + 1).status_code == 200


def test_the_next_version_keeps_estates_whose_works_run_and_says_what_changed(district: District) -> None:
    first = drafted(district)
    settle(district, first)
    assert publish(district, first).status_code == 200
    assert district.hub.get(f"/plans/{first['plan_id']}/differences").status_code == 404
    begun = district.hub.post(f"/plans/{first['plan_id']}/entries/quyang-1/project", json={})
    project = begun.json()["project_id"]
    (shed,) = needs(district, estate="jiaxing-1")
    refusal = {"version": shed["version"], "reason": "not_shown"}
    assert district.hub.post(f"/needs/{shed['need_id']}/refusal", json=refusal).status_code == 200
    second = drafted(district, budget_fen=3 * MILLION)
    entries = {one["place"]["estate"]: one for one in second["entries"]}
    assert set(entries) == {"quyang-1", "jiaxing-1"}
    runs, gone = entries["quyang-1"], entries["jiaxing-1"]
    assert (runs["decision"], runs["cost_fen"], runs["needs"], runs["projects"]) == (
        "listed", 2 * MILLION, [], [project],
    )  # fmt: skip
    assert (gone["decision"], gone["needs"], gone["projects"]) == (None, [], [])
    refused = decide(district, second, "quyang-1", decision="postponed", reason="no_money")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "body.decision")
    assert publish(district, second).json()["public_fen"] == 2 * MILLION * 8 // 10
    (_, event) = events_of(district, PlanPublished)
    assert [(one.place.estate, one.decision, one.projects) for one in event.entries] == [
        ("quyang-1", "listed", (project,))
    ]
    shown = district.hub.get(f"/plans/{second['plan_id']}/differences").json()
    assert shown["version_before"] == {"plan_id": first["plan_id"], "number": 1}
    assert shown["budget_fen"] == {"before": 10 * MILLION, "after": 3 * MILLION}
    assert {one["place"]["estate"]: one["changes"] for one in shown["items"]} == {
        "quyang-1": ["begun"],
        "jiaxing-1": ["no_need"],
    }


def test_works_that_begin_while_the_next_version_is_drafted_stand_in_it(district: District) -> None:
    first = drafted(district)
    settle(district, first)
    publish(district, first)
    second = drafted(district)
    assert decide(district, second, "quyang-1", decision="postponed", reason="no_money").status_code == 200
    begun = district.hub.post(f"/plans/{first['plan_id']}/entries/quyang-1/project", json={})
    refused = publish(district, second)
    (fault,) = refused.json()["errors"]
    assert (refused.status_code, fault["field"]) == (422, "body.entries")
    assert "quyang-1 has works that were begun since: rank the plan again, and list it" in fault["message"]
    assert plan_of(district, second)["state"] == "draft"
    shown = {one["place"]["estate"]: one["projects"] for one in plan_of(district, second)["entries"]}
    assert shown == {"quyang-1": [begun.json()["project_id"]], "jiaxing-1": []}
    again = decide(district, second, "quyang-1", decision="refused", reason="no_will")
    assert (again.status_code, again.json()["errors"][0]["field"]) == (422, "body.decision")
    ranked = {"version": plan_of(district, second)["version"]}
    assert district.hub.post(f"/plans/{second['plan_id']}/ranking", json=ranked).json()["undecided"] == 1
    assert decide(district, second, "quyang-1", decision="listed", cost_fen=2 * MILLION).status_code == 200
    entries = {one["place"]["estate"]: one for one in publish(district, second).json()["entries"]}
    assert entries["quyang-1"]["projects"] == [begun.json()["project_id"]]


def test_a_draft_that_is_ranked_again_takes_in_new_needs_and_drops_those_that_are_met(district: District) -> None:
    plan = drafted(district)
    known = len(events_of(district, PlanEntryChanged))
    ask(district, "E06", estate="quyang-1")
    (shed,) = needs(district, estate="jiaxing-1")
    named = [{"id": shed["need_id"], "version": shed["version"]}]
    assert district.hub.post("/projects", json={"needs": named}).status_code == 201
    for _ in range(2):
        seen = {"version": plan_of(district, plan)["version"]}
        assert district.hub.post(f"/plans/{plan['plan_id']}/ranking", json=seen).status_code == 200
    ranked = plan_of(district, plan)
    assert {one["place"]["estate"]: len(one["needs"]) for one in ranked["entries"]} == {"quyang-1": 2, "jiaxing-1": 0}
    assert ranked["undecided"] == 1
    assert len(events_of(district, PlanEntryChanged)) == known + 2  # the second time nothing was new


def fund(district: District, **body: Any) -> Any:
    asked = {"id": str(uuid4()), "estate": "quyang-1", "kind": "pump", "cost_fen": 3_000_000, "safety": True}
    return district.hub.post("/fund-uses", json=asked | body)


def test_the_fund_is_answered_in_seven_days_or_the_bureau_repairs_on_behalf(district: District) -> None:
    one, other = fund(district).json(), fund(district).json()
    assert one["answer_by"] == "2026-07-08T16:00:00Z"

    def step(use: dict[str, Any], to: str, version: int, role: str = "department:housing") -> Any:
        return district.as_(role).post(f"/fund-uses/{use['fund_use_id']}/steps", json={"version": version, "to": to})

    assert step(one, "on_behalf", 1).status_code == 409
    assert step(one, "unanswered", 1).status_code == 409
    assert step(other, "approved", 1).json()["state"] == "approved"
    assert step(other, "done", 1).json()["current_version"] == 2
    district.until(NOW + timedelta(days=9))
    assert [
        use["state"] for use in district.hub.get("/fund-uses?estate=quyang-1&state=unanswered").json()["items"]
    ] == ["unanswered"]
    assert step(one, "on_behalf", 2, role="department:fire").status_code == 404
    assert step(one, "on_behalf", 2).json()["state"] == "on_behalf"
    assert step(one, "done", 3).json()["done_on"] is not None
    assert [
        event.state for event in events_of(district, FundUseChanged) if event.fund_use_id == one["fund_use_id"]
    ] == [
        "asked",
        "unanswered",
        "on_behalf",
        "done",
    ]


def test_the_same_request_to_the_fund_is_one_and_a_kind_that_is_no_emergency_is_refused(district: District) -> None:
    twice = str(uuid4())
    assert fund(district, id=twice).json() == fund(district, id=twice).json()
    assert fund(district, id=twice, cost_fen=1).json()["errors"][0]["field"] == "body.id"
    assert fund(district, kind="paint").json()["errors"][0]["field"] == "body.kind"
    assert fund(district, estate="nowhere-1").json()["errors"][0]["field"] == "body.estate"
    assert len(events_of(district, FundUseChanged)) == 1
