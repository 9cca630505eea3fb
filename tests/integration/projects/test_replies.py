"""Departments act on projects, hot issues, cases, standards and supervision by replies: as over HTTP, answered each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from services.chassis.database.tables import dead_letters
from services.chassis.database.work import Workshop
from services.chassis.web.identity import Role
from services.contracts.case_events import TypicalCaseMeasureChanged
from services.contracts.department_acts import department_acts, over_http_alone
from services.contracts.districts import SHANGHAI
from services.projects.http.bodies import DecisionBody
from tests.harness.works import do, inspection
from tests.integration.projects.asking import ask
from tests.integration.projects.conftest import NOW
from tests.integration.projects.issues import ROOF, published
from tests.integration.projects.loop_of import District
from tests.integration.projects.replying import BothWays, acted, answers, processor, raw, record
from tests.integration.projects.ruling import EVIDENCE, cause, issued, proposed
from tests.integration.projects.supervising import SOLVED, Supervising
from tests.integration.projects.wired import served

NOBODYS = "00000000-0000-4000-8000-000000000000"


def test_a_hot_issue_and_its_project_go_the_same_way_by_reply_and_over_http(district: District) -> None:
    both = BothWays(district)
    version = district.issue(ROOF)["version"]
    for wrong in (
        {"version": version, "kind": "project"},
        {"version": version, "kind": "merge", "reason": "x"},
        {"version": version + 7, "kind": "project", "reason": "x"},
        {"version": version, "kind": "project", "reason": "x", "project_id": NOBODYS},
        {"version": version, "kind": "project", "reason": "x", "speed": "fast"},
    ):
        assert both.post(f"/hot-issues/{ROOF}/decision", json=wrong).status_code >= 400
    taken = both.post(f"/hot-issues/{ROOF}/assignment", json={"version": version, "note": "认领"})
    decided = {"version": taken.json()["version"], "kind": "project", "reason": "屋面翻修"}
    project = both.post(f"/hot-issues/{ROOF}/decision", json=decided).json()["project_id"]
    district.hub = both  # type: ignore[assignment]
    started = {"version": 1, "to": "started", "floor_area_m2": 8000, "planned_end": "2027-05-01"}
    assert both.post(f"/projects/{project}/steps", json=started).status_code == 409
    district.advance(project, "building")
    item = both.get(f"/projects/{project}/works").json()["items"][0]
    defect = {"id": str(uuid4()), "item_id": item["item_id"], "severity": "minor", "note": "天沟未清"}
    do(both, project, "defects", **defect)
    step = f"defects/{defect['id']}/steps"
    do(both, project, step, state="open", to="cured", party="construction", note="已清理")
    refused = {"state": "open", "to": "closed", "party": "construction", "note": "验过"}
    assert both.post(f"/projects/{project}/{step}", json=refused).status_code == 409
    do(both, project, step, state="cured", to="closed", party="implementing", note="验过")
    short = inspection(item, NOW, readings={"ponding": "deep"})
    assert both.post(f"/projects/{project}/inspections", json=short).status_code == 422
    _disturbed(both, district, project)
    district.advance(project, "warranty")
    reverse = {"version": district.project(project)["version"], "reason": "误点"}
    assert both.post(f"/projects/{project}/reversals", json=reverse).status_code in (200, 409)
    _heard(both, project)
    acts = {act for act, taken in both.acts if taken}
    assert {"hot_issue.decide", "project.step", "item.contract", "item.inspect", "defect.step", "impact.step"} <= acts
    assert {"block.accept", "opinion.answer", "contract.sign", "contract.audit", "party.name", "paper.file"} <= acts


def _disturbed(both: BothWays, district: District, project: str) -> None:
    day = district.workshop.clock.now().astimezone(SHANGHAI)
    cut = {"id": str(uuid4()), "kind": "water_cut", "blocks": ["3号"]}
    too_soon = {"starts": day.isoformat(), "ends": day.isoformat()}
    assert both.post(f"/projects/{project}/impacts", json=cut | too_soon).status_code == 422
    planned = {"starts": _at(20, 9), "ends": _at(20, 15)}
    announced = do(both, project, "impacts", **cut, **planned)
    step = f"impacts/{announced['impact_id']}/steps"
    assert both.post(f"/projects/{project}/{step}", json={"version": 9, "to": "active"}).status_code == 409
    do(both, project, step, version=1, to="cancelled")


def _at(day: int, hour: int) -> str:
    return datetime(2026, 7, day, hour, tzinfo=SHANGHAI).isoformat()


def _heard(both: BothWays, project: str) -> None:
    opinion = {"id": str(uuid4()), "role": "resident", "words": "希望晚些开工"}
    version = do(both, project, "opinions", **opinion)["version"]
    do(both, project, f"opinions/{opinion['id']}/answer", version=version, adopted=True, why="改为九点")
    again = {"version": version, "adopted": True, "why": "改为九点"}
    assert both.post(f"/projects/{project}/opinions/{opinion['id']}/answer", json=again).status_code == 409


def test_supervision_cases_and_standards_go_the_same_way(district: District) -> None:
    both = BothWays(district)
    supervising = Supervising(district)
    clause = supervising.handed_over()
    path = f"/supervision/clauses/{clause['clause_id']}"
    assert both.post(f"{path}/reply", json={**SOLVED, "version": 9}).status_code == 409
    assert both.post(f"{path}/reply", json={**SOLVED, "version": clause["version"]}).status_code == 200
    other = supervising.handed_over()
    sent = {"version": other["version"], "reason": "属市容"}
    assert both.post(f"/supervision/clauses/{other['clause_id']}/return", json=sent).status_code == 200
    case = f"/cases/{proposed(district)['case_id']}"
    for act, body in (("choice", {"criteria": EVIDENCE}), ("causes", cause()), ("analysis", {})):
        version = district.hub.get(case).json()["version"]
        assert both.post(f"{case}/{act}", json={"version": version, **body}).status_code in (200, 201)
    given = [one for one in published(district.workshop, "projects") if isinstance(one, TypicalCaseMeasureChanged)]
    builders = BothWays(district, "construction")
    done = {"version": district.hub.get(case).json()["version"]}
    assert builders.post(f"{case}/measures/{given[0].measure_id}/completion", json=done).status_code == 200
    assert builders.post(f"{case}/analysis", json=done).status_code in (403, 409)
    standard = issued(district)
    adoption = {"version": 1, "number": 1, "trained_on": "2026-06-30"}
    path = f"/standards/{standard}/rollout/310109010/adoption"
    assert both.post(path, json=adoption | {"version": 9}).status_code == 409
    assert both.post(path, json=adoption).status_code == 200


def test_a_yearly_plan_and_the_fund_go_the_same_way(workshop: Workshop) -> None:
    """What a route reads after its own transaction, a reply reads inside its consumer's."""
    district = District(workshop)
    estate = {"id": "quyang-1", "name": "明月小区", "sub_district": "310109010", "property_kind": "sold-public"}
    assert district.hub.post("/estates/batch", json={"estates": [estate | {"built": 1976}]}).status_code == 200
    both = BothWays(district)
    assert both.post("/needs", json={"id": str(uuid4()), "source": "file", "estate": "quyang-1"}).status_code < 500
    ask(district, "E16", estate="quyang-1")
    drafted = both.post("/plans", json={"year": 2027, "budget_fen": 900_000_000})
    assert drafted.status_code == 201, drafted.text
    plan = f"/plans/{drafted.json()['plan_id']}"
    ranked = both.post(f"{plan}/ranking", json={"version": drafted.json()["version"], "budget_fen": 950_000_000})
    assert ranked.status_code == 200, ranked.text
    assert both.post(f"{plan}/publication", json={"version": ranked.json()["version"]}).status_code >= 400
    asked = {"id": str(uuid4()), "estate": "quyang-1", "kind": "pump", "cost_fen": 100, "safety": True}
    assert both.post("/fund-uses", json=asked).status_code == 201


def test_what_is_anothers_is_refused_as_what_does_not_exist(district: District, project: str) -> None:
    fire = processor(district.workshop)
    known = published(district.workshop, "projects")
    step = {"version": 1, "to": "consulted"}
    fire.process([record("fire", n, **acted("project.step", {"project_id": id}, step)) for n, id in
                  enumerate((project, NOBODYS))])  # fmt: skip
    refusals = [answer.model_dump(exclude={"reply_id", "record", "about"}) for answer in answers(district.workshop)]
    assert refusals[0] == refusals[1]
    assert (refusals[0]["code"], refusals[0]["current_version"], refusals[0]["current_state"]) == (
        "not-found",
        None,
        None,
    )
    assert [one for one in published(district.workshop, "projects") if one.type != "reply.act_answered.v1"] == known


def noted(version: int | None, **more: Any) -> dict[str, Any]:
    """Housing takes note of its hot issue."""
    body: dict[str, Any] = {"note": "已知悉"} if version is None else {"note": "已知悉", "version": version}
    return acted("hot_issue.assign", {"hot_issue_id": ROOF}, body, **more)


def test_a_batch_is_answered_like_its_replies_one_by_one(district: District) -> None:
    version = district.issue(ROOF)["version"]
    sent = [noted(version), noted(version)]
    later = noted(None, base_version=version + 1)
    records = [record("housing", n, **one) for n, one in enumerate([*sent, later])]
    processor(district.workshop).process(records)
    processor(district.workshop).process(records)
    found = answers(district.workshop)
    assert [(one.outcome, one.code, one.current_version) for one in found] == [
        ("taken", None, version + 1),
        ("refused", "conflict", version + 1),
        ("taken", None, version + 2),
    ]
    assert [str(one.reply_id) for one in found] == [one["id"] for one in [*sent, later]]


def test_what_is_no_act_is_answered_and_stops_nobody(district: District) -> None:
    good, project = noted(district.issue(ROOF)["version"]), NOBODYS
    bad: list[tuple[dict[str, Any], str]] = [
        (acted("project.fly", {}, {}), "unknown-act"),
        (acted("project.step", {}, {"version": 1, "to": "consulted"}), "invalid-request"),
        (acted("project.step", {"project_id": "x"}, {"version": 1, "to": "consulted"}), "invalid-request"),
        (acted("project.step", {"project_id": project, "item_id": project}, {"version": 1}), "invalid-request"),
        (acted("project.step", {"project_id": project}, {"version": 1, "to": "flown"}), "invalid-request"),
        (acted("project.step", {"project_id": project}, {}, colour="red"), "unknown-field"),
        (acted("project.step", {"project_id": project}, {"version": 1, "note": "a\0b"}), "invalid-request"),
        ({**acted("project.step", {}, {}), "id": "7"}, "invalid-header"),
    ]
    records = [record("housing", n, **body) for n, (body, _) in enumerate([*bad, (good, "")])]
    processor(district.workshop).process(records)
    found = answers(district.workshop)
    assert [one.code for one in found] == [*(code for _, code in bad), None]
    assert found[-1].outcome == "taken"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"note": "已知悉"}, "base_version: Field required"),
        ({"note": "已知悉", "version": "x"}, "body.version: "),
        ({"note": "", "version": 1}, "body.note: "),
    ],
    ids=["no version", "a version of its own", "a blank note"],
)
def test_a_refusal_names_the_field_as_the_reply_has_it(body: dict[str, Any], why: str, district: District) -> None:
    sent = acted("hot_issue.assign", {"hot_issue_id": ROOF}, body)
    processor(district.workshop).process([record("housing", **sent)])
    (answer,) = answers(district.workshop)
    assert answer.reason is not None
    assert answer.reason.startswith(why)


def test_an_act_that_meets_a_bug_is_answered_and_stops_nobody(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = district.issue(ROOF)["version"]
    monkeypatch.setattr(DecisionBody, "decision", lambda *_: {}["nothing"])
    deciding = {"version": version, "kind": "service", "reason": "x"}
    broken = acted("hot_issue.decide", {"hot_issue_id": ROOF}, deciding)
    with capture_logs() as logged:
        processor(district.workshop).process([record("fire", **broken), record("housing", 1, **noted(version))])
    assert [type(one["exc_info"]) for one in logged if one["log_level"] == "error"] == [KeyError]
    assert [(one.department, one.code) for one in answers(district.workshop)] == [("fire", "failed"), ("housing", None)]


def test_what_is_intakes_to_answer_is_passed_over(district: District) -> None:
    records = [
        raw("housing", b"{", 1),
        raw("housing", b'{"type": "reply.signed.v1"}', 2),
        raw("housing", b'{"type": "reply.danced.v1", "id": "6b0f4c1e-0d5e-4a67-9a51-2f1f8b3d7c10"}', 3),
        *(raw("housing", b"\xff", n) for n in range(4, 40)),
    ]
    processor(district.workshop).process(records)
    assert answers(district.workshop) == []
    with district.workshop.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(dead_letters)).scalar_one() == 0


def test_an_act_that_is_refused_leaves_nothing_but_its_answer(district: District, project: str) -> None:
    before = district.project(project)
    step = acted("project.step", {"project_id": project}, {"version": before["version"], "to": "consulted"})
    processor(district.workshop).process([record("housing", **step)])
    (answer,) = answers(district.workshop)
    assert answer.code == "gates-shut"
    assert district.project(project) == before


def test_two_departments_that_use_one_id_are_both_heard(district: District) -> None:
    body = noted(district.issue(ROOF)["version"])
    process = processor(district.workshop).process
    process([record("fire", **body)])
    process([record("housing", **body)])
    assert [(one.department, one.outcome) for one in answers(district.workshop)] == [
        ("fire", "refused"),
        ("housing", "taken"),
    ]


def test_every_route_that_a_department_may_call_is_an_act_or_over_http_alone(workshop: Workshop) -> None:
    paths = served(workshop).openapi()["paths"]
    housing = District(workshop).as_(f"{Role.DEPARTMENT}:housing")
    allowed = set()
    for path in (path for path, methods in paths.items() if "post" in methods and not path.startswith("/dead-letters")):
        named = path.replace("{sub_district}", "310109010").replace("{estate_id}", "quyang-1")
        filled = "/".join(NOBODYS if part.startswith("{") else part for part in named.split("/"))
        if "role-missing" not in housing.post(filled, json={}).text:
            allowed.add(path)
    acts = {act.path for act in department_acts().values()}
    assert allowed == acts | over_http_alone().keys()
    assert not acts & over_http_alone().keys()


def test_what_a_person_writes_is_redacted_before_it_is_kept(district: District) -> None:
    sent = noted(district.issue(ROOF)["version"], actor="13912345678")
    sent["body"]["note"] = "联系人王建国 13912345678"
    planted = acted("project.step", {"project_id": "13912345678", "a13912345678": ROOF}, {"13912345678": 1})
    processor(district.workshop).process([record("housing", **sent), record("housing", 1, **planted)])
    assert [one.outcome for one in answers(district.workshop)] == ["taken", "refused"]
    assert "13912345678" not in district.hub.get(f"/hot-issues/{ROOF}").text
    for topic in ("projects", "hot-issues"):
        assert all("13912345678" not in event.model_dump_json() for event in published(district.workshop, topic))
