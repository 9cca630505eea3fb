"""Works on their pages: from the contract to the accepted block, by whoever leads, and by an inspector on site."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.harness.works import do as act
from tests.harness.works import inspection, works
from tests.integration.pages.conftest import Person, Projects
from tests.integration.projects.conftest import NOW
from tests.integration.projects.issues import ROOF

_FIELD = re.compile(r'<input type="hidden" name="(id|csrf|template|template_version|bases|state)" value="([^"]*)"')


@pytest.fixture
def project(projects: Projects) -> str:
    project_id: str = projects.district.decide(ROOF, kind="project")["project_id"]
    projects.district.advance(project_id, "contracted")
    return project_id


def send(person: Person, page: str, form: str, **entered: Any) -> Any:
    """Sends a form of a page with what its hidden fields hold; the last of them, where forms share a name."""
    html = person.open(page)
    after = html[html.index(f'/{form}"') :]
    hidden = dict(_FIELD.findall(after[: after.index("</form>")]))
    files = entered.pop("files", None)
    return person.browser.post(f"{page}/{form}", data=hidden | entered, files=files)


def item_ids(projects: Projects, project: str) -> list[str]:
    return [one["item_id"] for one in works(projects.district.hub, project)["items"]]


def test_a_block_is_built_and_accepted_on_the_pages(projects: Projects, project: str) -> None:
    lead, page = projects.site.person("department:housing", subject="li"), f"/pages/projects/{project}/works"
    assert "开工前还要办" in lead.open(page)
    roof = {"menu_item": "M01-A", "block": "3号", "contracted": "820.5", "unit_cost": "120.00"}
    assert send(lead, page, "items", **roof).status_code == 303
    for kind in ("consultation_result", "approval", "design", "contract"):
        upload = {"file": ("结果.pdf", kind.encode(), "application/pdf")}
        assert send(lead, page, "papers", kind=kind, name=kind, files=upload).status_code == 303
    shown = works(projects.district.hub, project)
    result = next(one["paper_id"] for one in shown["papers"] if one["kind"] == "consultation_result")
    (item,) = item_ids(projects, project)
    assert shown["items"][0]["unit_cost_fen"] == 12000
    assert send(lead, page, "confirmation", items=[item], paper_id=result).status_code == 303
    assert send(lead, page, "disclosures", what=shown["to_disclose"]).status_code == 303
    assert "开工前还要办" not in lead.open(page)
    body = {"version": projects.district.project(project)["version"], "to": "started"}
    step = body | {"floor_area_m2": 8000, "planned_end": "2027-05-01"}
    assert projects.district.hub.post(f"/projects/{project}/steps", json=step).status_code == 200
    site = f"{page}/{item}"
    readings = {"reading.water_test_hours": "24", "reading.ponding": "2", "reading.overlap": "100"}
    assert send(lead, site, "inspections", accepted="820.5", **readings).status_code == 303
    assert "未知" in lead.open(site)
    readings |= {"reading.leak_free": "yes"}
    assert send(lead, site, "inspections", accepted="820.5", **readings).status_code == 303
    assert "合格" in lead.open(site)
    assert send(lead, page, "acceptances", block="3号", accepted_on=NOW.date(), residents="3").status_code == 303
    assert "保修至2031年7月1日" in lead.open(page)
    assert "warranted until 1 Jul 2031" in lead.open(f"{page}?lang=en")


def test_a_refusal_stands_above_the_form_with_what_was_entered(projects: Projects, project: str) -> None:
    lead, page = projects.site.person("department:housing"), f"/pages/projects/{project}/works"
    refused = send(lead, page, "items", menu_item="M01-A", block="张三家", contracted="12", unit_cost="1")
    assert refused.status_code == 422
    assert 'value="12"' in refused.text
    assert works(projects.district.hub, project)["items"] == []


def test_who_only_reads_sees_no_form(projects: Projects, project: str) -> None:
    assert "<form" not in projects.site.person("supervisor").open(f"/pages/projects/{project}/works").split("<main")[-1]


def test_a_contradiction_says_what_to_do(projects: Projects, project: str) -> None:
    projects.district.advance(project, "started")
    (roof,) = works(projects.district.hub, project)["items"]
    for accepted in ("400", "820.50"):
        act(projects.district.hub, project, "inspections", **inspection(roof, NOW, accepted=accepted))
    lead, site = projects.site.person("department:housing"), f"/pages/projects/{project}/works/{roof['item_id']}"
    html = lead.open(site)
    assert html.count('name="bases"') == 2
    assert "请到现场看后再查验一次" in html


def test_a_defect_is_cured_by_one_and_closed_by_another(projects: Projects, project: str) -> None:
    projects.district.advance(project, "started")
    (item,) = item_ids(projects, project)
    lead, site = projects.site.person("department:housing"), f"/pages/projects/{project}/works/{item}"
    assert send(lead, site, "defects", severity="major", note="檐口漏水").status_code == 303
    (defect,) = works(projects.district.hub, project)["defects"]
    form = f"defects/{defect['defect_id']}/steps"
    assert send(lead, site, form, to="cured", party="construction", note="已重做").status_code == 303
    assert "已整改待复查" in lead.open(site)
    assert send(lead, site, form, to="closed", party="construction", note="好了").status_code == 422
    assert send(lead, site, form, to="closed", party="residents", note="好了").status_code == 303
    assert "已销项" in lead.open(site)
