"""Works on their pages: from the contract to the accepted block, by whoever leads, and by an inspector on site."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.harness.consulting import JOIN, consult
from tests.harness.works import ROOF as ROOF_WORKS
from tests.harness.works import UNITS, inspection, works
from tests.harness.works import do as act
from tests.integration.pages.conftest import Person, Projects
from tests.integration.pages.sending import HIDDEN, send
from tests.integration.projects.conftest import NOW
from tests.integration.projects.issues import ROOF


@pytest.fixture
def project(projects: Projects) -> str:
    project_id: str = projects.district.decide(ROOF, kind="project")["project_id"]
    projects.district.advance(project_id, "contracted")
    return project_id


def hidden(person: Person, page: str) -> dict[str, str]:
    """What the first form of a page that names a unit holds."""
    html = person.open(page)
    after = html[html.index('/parties"') :]
    return dict(HIDDEN.findall(after[: after.index("</form>")]))


def soon(projects: Projects, ends: str) -> tuple[date, date]:
    """Forty days before warranties end: today, and a day on which somebody may come again."""
    last = datetime.fromisoformat(f"{ends}T12:00:00+08:00")
    projects.district.until(last - timedelta(days=40))
    return (last - timedelta(days=40)).date(), (last - timedelta(days=30)).date()


def item_ids(projects: Projects, project: str) -> list[str]:
    return [one["item_id"] for one in works(projects.district.hub, project)["items"]]


def test_a_block_is_built_and_accepted_on_the_pages(projects: Projects) -> None:
    project: str = projects.district.decide(ROOF, kind="project")["project_id"]
    projects.district.advance(project, "tendered")
    lead, page = projects.site.person("department:housing", subject="li"), f"/pages/projects/{project}/works"
    todo = lead.open(page)
    assert todo.index("签订合同前还要办") < todo.index("开工前还要办") < todo.index("审计完成前还要办")
    assert "参建单位未明确</b>：施工单位、设计单位、实施单位" in todo
    roof = {"menu_item": "M01-A", "block": "3号", "contracted": "820.5", "unit_cost": "120.00"}
    assert send(lead, page, "items", **roof).status_code == 303
    for kind in ("approval", "design", "contract"):
        upload = {"file": ("结果.pdf", kind.encode(), "application/pdf")}
        assert send(lead, page, "papers", kind=kind, name=kind, issued_by="housing", files=upload).status_code == 303
    shown = works(projects.district.hub, project)
    result = next(one["paper_id"] for one in shown["papers"] if one["kind"] == "approval")
    (item,) = item_ids(projects, project)
    assert shown["items"][0]["unit_cost_fen"] == 12000
    assert send(lead, page, "confirmation", items=[item], paper_id=result).status_code == 303
    signed = next(one["paper_id"] for one in shown["papers"] if one["kind"] == "contract")
    agreements = f"/pages/projects/{project}/agreements"
    for role, (name, code) in UNITS.items():
        named = lead.browser.post(
            f"{agreements}/parties",
            data=hidden(lead, agreements) | {"version": "0", "role": role, "name": name, "code": code},
        )
        assert named.status_code == 303
    contract = {
        "party": "construction",
        "paper_id": signed,
        "sum": "98460.00",
        "starts": "2026-07-01",
        "ends": "2027-05-01",
    }
    assert send(lead, agreements, "contracts", **contract).status_code == 303
    assert "98,460.00" in lead.open(agreements)
    assert send(lead, page, "disclosures", what=shown["to_disclose"]).status_code == 303
    assert send(lead, f"/pages/projects/{project}/impacts", "plan").status_code == 303
    assert "开工前还要办" not in lead.open(page)
    assert "签订合同前还要办" not in lead.open(page)
    projects.district.advance(project, "contracted")
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


def test_an_inspection_that_is_sent_twice_is_one(projects: Projects, project: str) -> None:
    projects.district.advance(project, "started")
    (item,) = item_ids(projects, project)
    lead, site = projects.site.person("department:housing"), f"/pages/projects/{project}/works/{item}"
    html = lead.open(site)
    form = html[html.index('/inspections"') :]
    hidden = dict(HIDDEN.findall(form[: form.index("</form>")]))
    sent = [lead.browser.post(f"{site}/inspections", data=hidden | {"accepted": "5"}).status_code for _ in range(2)]
    assert sent == [303, 303]


def test_an_item_is_changed_and_dropped_on_its_page(projects: Projects, project: str) -> None:
    act(projects.district.hub, project, "items", items=[ROOF_WORKS])
    (item,) = item_ids(projects, project)
    lead, site = projects.site.person("department:housing"), f"/pages/projects/{project}/works/{item}"
    assert send(lead, site, "change", contracted="700", unit_cost="99.5").status_code == 303
    (changed,) = works(projects.district.hub, project)["items"]
    assert (changed["contracted"], changed["unit_cost_fen"]) == ("700.00", 9950)
    assert send(lead, site, "change", dropped="业主不同意").status_code == 303
    assert "业主不同意" in lead.open(site)
    assert "不再实施" in lead.open(f"/pages/projects/{project}/works")


def test_faults_are_said_in_chinese(projects: Projects, project: str) -> None:
    projects.district.advance(project, "started")
    (item,) = item_ids(projects, project)
    lead, site = projects.site.person("department:housing"), f"/pages/projects/{project}/works/{item}"
    refused = send(lead, site, "inspections", accepted="1.005", **{"reading.ponding": "三"})
    assert "积水深度：请填数字" in refused.text
    assert "累计合格量：请填0到合同量之间的数量" in refused.text


def test_an_empty_file_is_no_paper(projects: Projects, project: str) -> None:
    lead, page = projects.site.person("department:housing"), f"/pages/projects/{project}/works"
    empty = {"file": ("批复.pdf", b"", "application/pdf")}
    assert send(lead, page, "papers", kind="approval", issued_by="housing", name="批复", files=empty).status_code == 422
    same = {"file": ("批复.pdf", b"one file", "application/pdf")}
    assert send(lead, page, "papers", kind="approval", issued_by="housing", name="批复", files=same).status_code == 303
    refused = send(lead, page, "papers", kind="contract", name="合同", files=same)
    assert "不能是空文件，也不能与已归档的其他种类资料是同一文件" in refused.text


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


def test_a_scheme_is_held_against_its_complaints_and_the_menu_is_there_to_read(
    projects: Projects, project: str
) -> None:
    reader, page = projects.site.person("supervisor"), f"/pages/projects/{project}/scheme"
    bare = reader.open(page)
    assert "可以由这些内容治理" in bare
    assert "平屋面防水卷材翻修" in bare
    act(projects.district.hub, project, "items", items=[ROOF_WORKS])
    assert "所涉集中问题都有对应的施工项目" in reader.open(page)
    shown = projects.district.as_("supervisor").get(f"/projects/{project}/scheme").json()
    assert shown == {"standards": [], "uncured": [], "suggested": [], "outdated": []}
    assert "原车棚或所占绿地" in reader.open("/pages/menu")
    assert projects.district.as_("department:fire").get(f"/projects/{project}/scheme").status_code == 404


def test_the_dossier_tells_what_a_project_began_from_and_what_stopped_it(projects: Projects) -> None:
    hub = projects.district.hub
    estate = {"id": "quyang-1", "name": "明月小区", "sub_district": "310109014", "property_kind": "mixed"}
    assert hub.post("/estates/batch", json={"estates": [estate]}).status_code == 200
    survey = {"id": str(uuid4()), "estate": "quyang-1", "role": "designer", "unit": "同舟设计院", "on_site": True}
    survey |= {"made_at": NOW.isoformat(), "findings": [{"elements": ["E16"], "note": "车棚只停得下六十辆"}]}
    assert hub.post("/surveys", json=survey).status_code == 201
    plan = hub.post("/plans", json={"year": 2027, "budget_fen": 10**9}).json()
    (entry,) = plan["entries"]
    said = {"version": entry["version"], "decision": "listed", "cost_fen": 10**8}
    assert hub.post(f"/plans/{plan['plan_id']}/entries/quyang-1", json=said).status_code == 200
    seen = {"version": hub.get(f"/plans/{plan['plan_id']}").json()["version"]}
    assert hub.post(f"/plans/{plan['plan_id']}/publication", json=seen).status_code == 200
    project = hub.post(f"/plans/{plan['plan_id']}/entries/quyang-1/project", json={}).json()["project_id"]
    one = consult(hub, project, [JOIN], NOW)
    annulled = {"version": one["version"], "reason": "面砖去留没有写明"}
    assert hub.post(f"/consultations/{one['consultation_id']}/annulment", json=annulled).status_code == 200
    stop = {"version": 1, "to": "suspended", "note": "等规划", "responsible": "greening", "review_on": "2026-09-01"}
    assert hub.post(f"/projects/{project}/steps", json=stop).status_code == 200
    assert hub.post(f"/projects/{project}/steps", json={"version": 2, "to": "need"}).status_code == 200
    html = projects.site.person("supervisor").open(f"/pages/projects/{project}/dossier")
    for words in (
        *("现场调查", "车棚只停得下六十辆", "同舟设计院", "2027", "第1版", "排序第1位", "市级 200,000.00"),
        *("等规划", "绿化", "2026年9月1日", "已作废", "面砖去留没有写明"),
    ):
        assert words in html, words


def test_the_dossier_tells_a_project_from_the_first_call_to_the_warranty(projects: Projects, project: str) -> None:
    projects.district.advance(project, "warranty")
    (given,) = works(projects.district.hub, project)["warranties"]
    on, again_on = soon(projects, given["ends"])
    visit = {"id": str(uuid4()), "block": "3", "ends": given["ends"], "version": 0, "on": on.isoformat()}
    act(projects.district.hub, project, "warranty-visits", result="nobody_home", again_on=again_on.isoformat(), **visit)
    reader = projects.site.person("supervisor")
    html = reader.open(f"/pages/projects/{project}/dossier")
    for words in (
        "列入修缮计划",
        "最早一次来电",
        "屋面",
        "申江建设公司",
        "984,600.00",
        "980,000.00",
        "审计报告",
        "立项批复：approval（区房管局）",
        f"家中无人，{again_on.year}年{again_on.month}月{again_on.day}日再来",
        "保修至",
        "合格",
    ):
        assert words in html, words
    assert "<script" not in html
    assert 'href="' not in html
    assert "First call" in reader.open(f"/pages/projects/{project}/dossier?lang=en")
    assert projects.site.person("department:fire").browser.get(f"/pages/projects/{project}/dossier").status_code == 404


def test_what_came_of_a_visit_is_entered_on_its_page(projects: Projects, project: str) -> None:
    projects.district.advance(project, "warranty")
    (given,) = works(projects.district.hub, project)["warranties"]
    (item,) = item_ids(projects, project)
    on, _ = soon(projects, given["ends"])
    lead, page = projects.site.person("department:housing", subject="li"), f"/pages/projects/{project}/warranty-visits"
    assert "还没有上门" in lead.open(page)
    said = {"block": "3", "ends": given["ends"], "version": "0", "on": on.isoformat()}

    def visit(files: Any = None, **entered: str) -> Any:
        html = lead.open(page)
        hidden = dict(HIDDEN.findall(html[html.index('/warranty-visits"') :]))
        return lead.browser.post(page, data=hidden | said | entered, files=files)

    wrong = visit(result="fine", on="2026-07-01")
    assert "上门日期：请填回访期内、今天或以前的日期" in wrong.text
    wrong = visit(result="nobody_home")
    assert "再次上门日期：家中无人的，请填今天到保修期满之间的日期" in wrong.text
    picture = {"photograph": ("门.txt", b"no picture", "text/plain")}
    wrong = visit(picture, result="fine")
    assert "照片：请选JPEG、PNG或WebP图片" in wrong.text
    picture = {"photograph": ("门.png", b"\x89PNG\r\n\x1a\n rest", "image/png")}
    found = {"item_id": item, "severity": "minor", "note": "檐口渗水"}
    sent = visit(picture, **found, result="defect")
    assert sent.status_code == 303
    shown = lead.open(page)
    for words in ("已回访", "li：发现质量缺陷：檐口渗水（未整改）", "照片1张"):
        assert words in shown, words
    assert "A defect was found" in lead.open(f"{page}?lang=en")
    assert "<form" not in projects.site.person("supervisor").open(page).partition("<main")[2]


def test_what_fails_after_the_acceptance_is_said_beside_what_was_accepted(projects: Projects, project: str) -> None:
    projects.district.advance(project, "building")
    (item,) = works(projects.district.hub, project)["items"]
    act(projects.district.hub, project, "inspections", **inspection(item, NOW))
    (item,) = works(projects.district.hub, project)["items"]
    accepted = {"block": "3", "accepted_on": NOW.date().isoformat(), "residents": 3}
    act(projects.district.hub, project, "acceptances", **accepted)
    bad = inspection(item, NOW, readings=item["inspections"][0]["readings"] | {"leak_free": False})
    act(projects.district.hub, project, "inspections", **bad)
    lead, page = projects.site.person("department:housing"), f"/pages/projects/{project}/works"
    shown = lead.open(page)
    for words in ("100.0%", "已验收", "验收后查验不合格，按保修处理"):
        assert words in shown, words
    shown = lead.open(f"{page}/{item['item_id']}")
    for words in ("验收不撤销", "现行", "验收后查验不合格"):
        assert words in shown, words
    assert shown.count("<dt>闭水时间</dt>") == 2
