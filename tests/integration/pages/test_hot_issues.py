"""Hot issues and repair projects as people see them and decide on them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness.works import prepare
from tests.integration.pages.conftest import Projects
from tests.integration.projects.conftest import NOW
from tests.integration.projects.issues import ROOF, WALL


def test_the_board_shows_each_area_and_how_far_its_issues_have_come(projects: Projects) -> None:
    projects.district.decide(WALL, kind="service")
    html = projects.site.person("hub").open("/pages/hot-issues")
    estate, repair, market = (html.index(f'id="area-{area}"') for area in ("XQ", "MJ", "SC"))
    assert estate < html.index("机动车停车难") < repair < html.index(ROOF) < html.index(WALL) < market
    assert html.index(ROOF) < html.index("治理中", repair) < html.index(WALL)
    assert "2026年7月15日前决策" in html


def test_more_than_a_lane_shows_is_listed_behind_it(projects: Projects) -> None:
    hub = projects.site.person("hub")
    listed = hub.open("/pages/hot-issues?area=MJ&state=confirmed")
    assert ROOF in listed
    assert WALL in listed
    assert "停车" not in listed
    assert "暂无记录" in hub.open("/pages/hot-issues?area=SC")


def test_a_department_sees_its_own_issues_alone(projects: Projects) -> None:
    greening = projects.site.person("department:greening")
    assert ROOF not in greening.open("/pages/hot-issues")
    assert "没有这条记录" in greening.open(f"/pages/hot-issues/{ROOF}", 404)
    supervisor = projects.site.person("supervisor")
    assert ROOF in supervisor.open("/pages/hot-issues")
    assert 'name="kind"' not in supervisor.open(f"/pages/hot-issues/{ROOF}")
    form = projects.site.person("hub").open(f"/pages/hot-issues/{ROOF}")
    entered = {"kind": "explain", "reason": "x", "csrf": supervisor.browser.cookies["closedloop_form"]}
    assert supervisor.send(f"/pages/hot-issues/{ROOF}", "decision", of=form, **entered).status_code == 403
    assert projects.district.issue(ROOF)["state"] == "confirmed"


@pytest.mark.parametrize(
    ("kind", "more", "state"),
    [
        ("service", {"floor_area_m2": "12"}, "in cure"),  # what the form hides is not sent on
        ("explain", {}, "explained"),
        ("merge", {"merge_into": WALL}, "merged"),
        ("project", {"floor_area_m2": "1200.5", "planned_end": "2027-05-01"}, "decided"),
    ],
)
def test_a_decision_is_taken_on_the_page(projects: Projects, kind: str, more: dict[str, str], state: str) -> None:
    lead, page = projects.site.person("department:housing", subject="li"), f"/pages/hot-issues/{ROOF}"
    assert lead.send(page, "decision", kind=kind, reason="查勘后决定", **more).status_code == 303
    issue = projects.district.issue(ROOF)
    assert (issue["state"], issue["decision_reason"]) == (state, "查勘后决定")
    if kind == "project":
        project = projects.district.project(issue["project_id"])
        assert (project["floor_area_m2"], project["planned_end"]) == (1200.5, "2027-05-01")
    for language in ("zh", "en"):
        assert "查勘后决定" in lead.open(f"{page}?lang={language}")


def test_of_two_who_decide_the_later_sees_what_was_decided(projects: Projects) -> None:
    hub, page = projects.site.person("hub"), f"/pages/hot-issues/{ROOF}"
    old = hub.open(page)
    projects.district.decide(ROOF, kind="explain")
    answer = hub.send(page, "decision", of=old, kind="service", reason="我的理由")
    assert answer.status_code == 409
    for said in ("已有人先一步办理", "已变为“已解释”", "as discussed on site", "我的理由"):
        assert said in answer.text


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({"kind": "merge"}, "请选择并入"),
        ({"kind": ""}, "请选择决策方式"),
        ({"reason": ""}, "请写明理由"),
        ({"kind": "project", "floor_area_m2": "-1"}, "大于0"),
        ({"kind": "project", "planned_start": "2027-05-02", "planned_end": "2027-05-01"}, "不早于开工"),
    ],
)
def test_a_wrong_field_is_named_on_the_page(projects: Projects, entered: dict[str, str], said: str) -> None:
    form: dict[str, Any] = {"kind": "service", "reason": "我的理由"} | entered
    answer = projects.site.person("hub").send(f"/pages/hot-issues/{ROOF}", "decision", **form)
    assert answer.status_code == 422
    assert said in answer.text
    assert projects.district.issue(ROOF)["state"] == "confirmed"


def test_a_cure_without_works_is_reported_as_done(projects: Projects) -> None:
    projects.district.decide(ROOF, kind="service")
    hub = projects.site.person("hub")
    assert hub.send(f"/pages/hot-issues/{ROOF}", "cure-done", note="已整改").status_code == 303
    assert projects.district.issue(ROOF)["state"] == "observing"


def test_a_project_is_taken_from_step_to_step(projects: Projects) -> None:
    project_id = projects.district.decide(ROOF, kind="project")["project_id"]
    projects.district.advance(project_id, "contracted")
    page, lead = f"/pages/projects/{project_id}", projects.site.person("department:housing")
    assert project_id in lead.open("/pages/projects")
    refused = lead.send(page, "steps", to="started")
    assert refused.status_code == 422
    assert "请填写大于0、不超过登记建筑面积的面积" in refused.text
    plan: dict[str, Any] = {"floor_area_m2": "8000", "planned_end": "2027-05-01", "elements": ["E01", "E02"]}
    shut = lead.send(page, "steps", to="started", **plan)
    assert shut.status_code == 409
    assert "还不能进入这一步" in shut.text
    prepare(projects.district.hub, project_id, "started", NOW)
    assert lead.send(page, "steps", to="started", **plan).status_code == 303
    project = projects.district.project(project_id)
    assert (project["state"], project["elements"]) == ("started", ["E01", "E02"])
    assert (
        lead.send(page, "steps", to="suspended", note="雨季", responsible="housing", review_on="2027-01-04").status_code
        == 303
    )
    html = lead.open(page)
    assert html.index("雨季") < html.index("竣工验收")
    assert lead.send(page, "steps", to="cancelled", note="不再需要").status_code == 303
    assert 'name="to"' not in lead.open(f"{page}?lang=en")


def test_a_step_that_somebody_took_before_is_said_so(projects: Projects) -> None:
    project_id = projects.district.decide(ROOF, kind="project")["project_id"]
    page, hub = f"/pages/projects/{project_id}", projects.site.person("hub")
    old = hub.open(page)
    projects.district.advance(project_id, "listed")
    answer = hub.send(page, "steps", of=old, to="consulted", note="我的说明")
    assert answer.status_code == 409
    assert "已变为“列入计划”" in answer.text
    assert "我的说明" in answer.text
    assert projects.district.project(project_id)["state"] == "listed"


def test_the_area_view_ranks_and_draws(projects: Projects) -> None:
    html = projects.site.person("hub").open("/pages/areas?from=2026-05-01&to=2026-07-01&by=type_code")
    assert html.count("<svg") >= 3
    assert html.index("三大领域态势") < html.index("<polyline") < html.index("屋面渗漏水")


def test_who_leads_is_named_on_the_page_and_the_heat_is_shown_with_its_parts(projects: Projects) -> None:
    page = f"/pages/hot-issues/{ROOF}"
    hub = projects.site.person("hub")
    html = hub.open(page)
    assert "热度" in html
    assert "诉求人数 5 ×" in html
    assert hub.send(page, "assignment", lead="quyanglu", note="由街道牵头").status_code == 303
    issue = projects.district.issue(ROOF)
    assert (issue["state"], issue["lead"]) == ("assigned", "quyanglu")
    assert issue["heat"]["callers"] == 5
    assert "指定牵头单位" not in projects.site.person("supervisor").open(page)


def test_the_area_view_shows_all_areas_until_one_is_chosen_and_again_when_all_are(projects: Projects) -> None:
    hub = projects.site.person("hub")
    chosen = '<option value="MJ" selected>'
    assert chosen not in hub.open("/pages/areas")
    repair = hub.open("/pages/areas?by=type_code&area=MJ&from=2026-01-01&to=2026-12-01")
    assert chosen in repair
    assert "停车" not in repair
    everything = hub.open("/pages/areas?by=type_code&area=&from=&to=")
    assert chosen not in everything
    assert '<option value="">全部</option>' in everything
    assert "停车" in everything


def test_a_reader_is_offered_what_they_may_decide_and_no_more(projects: Projects) -> None:
    """Works bind the housing bureau: another lead decides on the rest, and merges into what it leads."""
    hub, page = projects.site.person("hub"), f"/pages/hot-issues/{ROOF}"
    assert hub.send(page, "assignment", lead="quyanglu").status_code == 303
    office = projects.site.person("department:quyanglu", "subdistrict:310109010")
    html = office.open(page)
    assert 'id="kind-service"' in html
    assert 'id="kind-project"' not in html
    assert 'name="project_id"' not in html
    assert f'value="{WALL}"' not in html
    assert "其他决策方式" in html
    refusal = office.send(page, "decision", kind="project", reason="x")
    assert refusal.status_code == 403
    assert "此项决策由其他单位作出" in refusal.text
    assert projects.district.issue(ROOF)["state"] == "assigned"
    whole = hub.open(page)
    assert 'id="kind-project"' in whole
    assert f'value="{WALL}"' in whole
    assert "其他决策方式" not in whole
