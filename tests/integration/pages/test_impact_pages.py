"""Disturbance by works and complaints about them, on their pages: plan, calendar, announcement, finding, defect."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.harness.works import works
from tests.integration.pages.conftest import Projects
from tests.integration.pages.sending import send
from tests.integration.projects.conftest import NOW
from tests.integration.projects.events import START, dispatched, take, ticket_id
from tests.integration.projects.issues import ROOF


@pytest.fixture
def project(projects: Projects) -> str:
    project_id: str = projects.district.decide(ROOF, kind="project")["project_id"]
    projects.district.advance(project_id, "contracted")
    return project_id


CUT = {"kind": "water_cut", "blocks": "3号、5甲", "starts": "2026-07-06T09:00", "ends": "2026-07-06T15:00"}


def test_a_cut_is_planned_announced_and_seen_in_the_calendar(projects: Projects, project: str) -> None:
    lead, page = projects.site.person("department:housing"), f"/pages/projects/{project}/impacts"
    plan = {"noise_from": "09:00", "noise_to": "17:00", "scaffold_days": "60", "parking_replaced": "8", "quiet": "5号"}
    assert send(lead, page, "plan", **plan).status_code == 303
    assert send(lead, page, "announcement", **CUT).status_code == 303
    shown = lead.open(page)
    assert "09:00–17:00" in shown
    assert "停水" in shown.split("全部事项")[0]
    one = projects.district.hub.get(f"/projects/{project}/impacts").json()["impacts"][0]
    assert (one["blocks"], one["starts"][:16]) == (["3", "5甲"], "2026-07-06T01:00")
    step = {"to": "cancelled", "version": "1"}
    assert send(lead, page, f"{one['impact_id']}/steps", **step).status_code == 303
    assert "Water cut" in lead.open(f"{page}?lang=en")


def test_a_cut_without_its_notice_is_refused_and_what_happened_is_a_finding(projects: Projects, project: str) -> None:
    lead, page = projects.site.person("department:housing"), f"/pages/projects/{project}/impacts"
    soon = CUT | {"starts": "2026-07-02T09:00", "ends": "2026-07-02T15:00"}
    refused = send(lead, page, "announcement", **soon)
    assert refused.status_code == 422
    assert "预告天数" in refused.text
    assert 'value="2026-07-02T09:00"' in refused.text
    happened = soon | {"starts": "2026-06-30T09:00", "ends": "2026-06-30T15:00", "happened": "yes"}
    assert send(lead, page, "announcement", **happened).status_code == 303
    assert "违规事项" in lead.open(page)


def test_who_only_reads_disturbs_nobody(projects: Projects, project: str) -> None:
    reader = projects.site.person("supervisor")
    for page in ("impacts", "complaints"):
        assert "<form" not in reader.open(f"/pages/projects/{project}/{page}").split("<main")[-1]


def complain(projects: Projects, number: int, type_code: str, day: Any) -> None:
    call = dispatched(number, type_code, "quyang-1", by=number, day=(day - START) / timedelta(days=1))
    take(projects.district.workshop, call)


def test_complaints_are_shown_in_their_colours_and_open_a_defect(projects: Projects, project: str) -> None:
    district = projects.district
    district.advance(project, "building")
    complain(projects, 101, "MJ16", NOW)
    complain(projects, 102, "MJ17", NOW)
    district.until(NOW + timedelta(days=10))
    lead, page = projects.site.person("department:housing"), f"/pages/projects/{project}/complaints"
    assert "红：超期未答复 2" in lead.open(page)
    item = works(district.hub, project)["items"][0]["item_id"]
    form = f"{ticket_id(102)}/defect"
    assert send(lead, page, form, item_id=item, severity="minor", note="起鼓").status_code == 303
    assert works(district.hub, project)["defects"][0]["ticket_id"] == ticket_id(102)
    assert "整改期限" in lead.open(page)
    assert "Complaints about the works" in lead.open(f"{page}?lang=en")


def test_warranties_that_end_soon_have_a_page(projects: Projects, project: str) -> None:
    projects.district.advance(project, "warranty")
    lead = projects.site.person("department:housing")
    assert "暂无" in lead.open("/pages/warranty-visits")
    ends = works(projects.district.hub, project)["warranties"][0]["ends"]
    projects.district.until(NOW.fromisoformat(f"{ends}T00:00:00+08:00") - timedelta(days=10))
    shown = lead.open("/pages/warranty-visits")
    assert f"/pages/projects/{project}/warranty-visits" in shown
