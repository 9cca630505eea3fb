"""Typical cases, standards and their roll-out as pages: from a proposal to eight sub-districts, in two languages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from services.chassis.database.work import Workshop
from tests.integration.applications import application
from tests.integration.pages.conftest import Person, Projects, Site
from tests.integration.pages.english import english_in
from tests.integration.projects.events import dispatched, take
from tests.integration.projects.loop_of import District
from tests.integration.projects.ruling import (
    adopted_everywhere,
    analysed,
    checked,
    consulted,
    issued,
    on_case,
    proposed,
    revised,
)
from tests.integration.projects.wired import served, wired

_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
CRITERIA = {"small_cut": "屋面渗漏一类", "high_attention": "三处集中", "close_to_residents": "雨天漏水"}


@pytest.fixture
def projects(workshop: Workshop) -> Projects:
    return Projects(District(workshop), Site(served(workshop)))


def send(person: Person, page: str, form: str, version: int = 0, **entered: object) -> tuple[int, str]:
    html = person.open(page.partition("?")[0])
    known = re.findall(r'name="version" value="(\d+)"', html)
    fields = {"csrf": _TOKEN.findall(html)[-1], "version": str(version or (known[0] if known else 1))}
    answer = person.browser.post(f"{page}/{form}", data=fields | entered)
    return answer.status_code, answer.text or answer.headers["location"]


def test_a_case_is_chosen_analysed_and_closed_on_its_sheet(projects: Projects) -> None:
    case_id = proposed(projects.district)["case_id"]
    page, lead = f"/pages/cases/{case_id}", projects.site.person("department:housing")
    assert "屋面渗漏" in lead.open("/pages/cases")
    status, refused = send(lead, page, "choice", small_cut="屋面渗漏一类")
    assert (status, "三项依据都要写明" in refused, "屋面渗漏一类" in refused) == (422, True, True)
    assert send(lead, page, "choice", **CRITERIA)[0] == 303
    ticket = re.findall(r'name="tickets" value="([^"]+)"', lead.open(page))[0]
    cause = {
        "kind": "rule_gap",
        "finding": "没有闭水要求",
        "task": "写入合同",
        "unit": "construction",
        "due": "2026-08-01",
    }
    status, refused = send(lead, page, "causes", **cause)
    assert (status, "请至少选一件同类工单" in refused, "没有闭水要求" in refused) == (422, True, True)
    assert send(lead, page, "causes", tickets=ticket, **cause)[0] == 303
    assert send(lead, page, "analysis")[0] == 303
    html = lead.open(page)
    for said in ("试点须是针对本类问题的修缮项目", "仍可补充根因和对策", "登记根因和对策"):
        assert said in html
    assert f'<option value="{case_id}" selected>' in lead.open(f"/pages/standards?case={case_id}")
    assert f'href="/pages/standards?case={case_id}#draft"' in html
    assert send(lead, page, "causes", tickets=ticket, **cause | {"finding": "屋面坡度不足"})[0] == 303
    builder = projects.site.person("department:construction")
    assert "标为已完成" in builder.open(page)
    for measure in re.findall(r'name="measure_id" value="([^"]+)"', builder.open(page)):
        assert send(builder, page, "completion", measure_id=measure)[0] == 303
    status, refused = send(lead, page, "closing")
    assert (status, "请写明理由" in refused) == (422, True)
    assert send(lead, page, "closing", reason="由市级标准覆盖")[0] == 303
    html = lead.open(page)
    for said in ("已结案", "制度缺失", "区建设和管理委员会", "由市级标准覆盖"):
        assert said in html
    assert "<form" not in html.split("<main")[-1]


def test_a_person_proposes_a_case_of_the_hot_issues_that_they_lead(projects: Projects) -> None:
    take(projects.district.workshop, *(dispatched(n, "MJ02", "quyang-1", by=n, day=n) for n in range(5)))
    lead = projects.site.person("department:housing")
    assert "提出典型案例" not in projects.site.person("department:fire").open("/pages/cases").split("<main")[-1]
    issue = re.findall(r'name="hot_issues" value="([^"]+)"', lead.open("/pages/cases"))[0]
    status, refused = send(lead, "/pages/cases", "new", type_code="MJ02")
    assert (status, "请至少选一个由您牵头的同类集中问题" in refused) == (422, True)
    status, page = send(lead, "/pages/cases", "new", type_code="MJ02", hot_issues=issue)
    assert status == 303
    assert "案例已提出" in lead.open(page)
    assert "提出典型案例" not in lead.open("/pages/cases").split("<main")[-1]
    status, faster = send(lead, "/pages/cases", "new", type_code="MJ02", hot_issues=issue)
    assert (status, english_in(faster)) == (409, set())


def test_a_draft_is_written_with_clauses_that_end_and_with_menu_papers_meetings_and_forms(projects: Projects) -> None:
    standard_id = issued(projects.district)
    lead, page = projects.site.person("department:housing"), f"/pages/standards/{standard_id}"
    assert send(lead, page, "editions")[0] == 303
    assert "<details" in lead.open(page)
    draft: dict[str, object] = {"text": "新办法", "clauses": "1 闭水四十八小时\n3 竣工后闭水四十八小时"}
    draft |= {"status_2": "superseded", "successor_2": "9"}
    row = {"code": "M01-A", "element": "E01", "unit": "m2", "consent": "building"}
    row |= {f"{name}_{of}": "闭水48小时" for name in ("name", "standard", "removes") for of in ("cn", "en")}
    draft |= {f"menu_0_{name}": said for name, said in row.items()}
    draft |= {"papers": ["start material_certificate", "audit audit_report"], "meetings": "confirm_scheme hearing"}
    draft |= {"form_title": "闭水记录表"}
    for wrong, said in (
        ({}, "新增表单须附文件"),
        ({"menu_0_code": "7"}, "编号如M01-A"),
        ({"form_title": ""}, "编号用数字"),
    ):
        status, refused = send(lead, page, "content", **draft | wrong)
        assert (status, said in refused, "闭水四十八小时" in refused) == (422, True, True), said
        assert english_in(refused) == set()
    draft["successor_2"] = "3"
    fields = {"csrf": _TOKEN.findall(lead.open(page))[-1], "version": str(version_of(projects, standard_id))} | draft
    sent = lead.browser.post(f"{page}/content", data=fields, files={"file": ("record.pdf", b"%PDF-1.7")})
    assert sent.status_code == 303, sent.text
    content = projects.district.hub.get(f"/standards/{standard_id}").json()["editions"][-1]["content"]
    assert [(one["id"], one["status"], one.get("successor")) for one in content["clauses"]] == [
        ("1", "active", None),
        ("2", "superseded", "3"),
        ("3", "active", None),
    ]
    assert content["clauses"][1]["wording"] == "竣工后闭水二十四小时"
    assert [one["code"] for one in content["menu"]] == ["M01-A"]
    assert content["papers"] == {"start": ["material_certificate"], "audit": ["audit_report"]}
    assert content["meetings"] == {"confirm_scheme": ["hearing"]}
    assert [one["title"] for one in content["templates"]] == ["闭水记录表"]
    html = lead.open(page)
    for said in (
        "审计 · 须备资料：审计报告",
        "第2条由第3条替代",
        "闭水记录表",
        'value="start material_certificate" checked',
    ):
        assert said in html
    assert english_in(html.split("<main")[-1]) == set()
    consulted(projects.district, standard_id)
    assert send(lead, page, "issue", effective_from="2026-07-02", supersedes=1)[0] == 303
    assert send(lead, page, "editions")[0] == 303
    same = {"text": "第三版", "clauses": "1 闭水四十八小时\n3 竣工后闭水七十二小时"}
    status, said = send(lead, page, "content", **same)
    assert status == 303, said
    kept = projects.district.hub.get(f"/standards/{standard_id}").json()["editions"][-1]["content"]
    assert [(one["id"], one["status"]) for one in kept["clauses"]] == [
        *(("1", "active"), ("2", "superseded"), ("3", "active"))
    ]
    assert (kept["menu"], kept["papers"], kept["templates"]) == ([], {}, [])


def test_a_menu_row_needs_neither_english_nor_a_code(projects: Projects) -> None:
    standard_id = issued(projects.district)
    lead, page = projects.site.person("department:housing"), f"/pages/standards/{standard_id}"
    assert send(lead, page, "editions")[0] == 303
    row = {"element": "E01", "unit": "m2", "consent": "building", "name_cn": "瓦屋面翻修", "standard_cn": "换瓦",
           "removes_cn": "旧瓦"}  # fmt: skip
    draft = {"text": "新办法", "clauses": "1 闭水四十八小时\n2 竣工后闭水二十四小时"}
    written = draft | {f"menu_{n}_{name}": said for n in (0, 1) for name, said in row.items()}
    status, said = send(lead, page, "content", **written)
    assert status == 303, said
    content = projects.district.hub.get(f"/standards/{standard_id}").json()["editions"][-1]["content"]
    assert [one["code"] for one in content["menu"]] == ["M01-C", "M01-D"]  # the menu has A and B
    assert (content["menu"][0]["title_en"], content["menu"][0]["removes_en"]) == ("瓦屋面翻修", "旧瓦")
    assert 'name="menu_0_name_en" maxlength="200" value=""' in lead.open(page)
    status, refused = send(lead, page, "content", **written | {"menu_0_name_cn": ""})
    assert (status, "名称：请填写" in refused) == (422, True)


def version_of(projects: Projects, standard_id: str) -> int:
    version: int = projects.district.hub.get(f"/standards/{standard_id}").json()["version"]
    return version


def test_a_standard_is_drafted_heard_issued_and_adopted_on_its_pages(projects: Projects) -> None:
    case_id, lead = analysed(projects.district), projects.site.person("department:housing")
    new = {"case_id": case_id, "title": "屋面办法", "text": "总则", "clauses": "1 闭水查漏\n2 竣工闭水"}
    status, page = send(lead, "/pages/standards", "new", **new)
    assert status == 303
    page = page.partition("?")[0]
    opinion = {"id": "5b0d9a3e-1c2d-4e3f-8a4b-5c6d7e8f9a0b", "role": "deputy", "clause": "1", "words": "写明由谁闭水"}
    assert send(lead, page, "opinions", **opinion)[0] == 303
    status, refused = send(lead, page, "consultation")
    assert (status, "逐条答复" in refused) == (422, True)
    answered = {"opinion_id": opinion["id"], "adopted": "yes", "why": "已写入"}
    assert send(lead, page, "answer", version=1, **answered)[0] == 303
    consulted(projects.district, page.rpartition("/")[2])
    status, refused = send(lead, page, "issue", effective_from="2026-06-01")
    assert (status, "不重叠、不间断" in refused) == (422, True)
    assert send(lead, page, "issue", effective_from="2026-07-01")[0] == 303
    office, rollout = projects.site.person("department:quyanglu"), f"{page}/rollout"
    here = {"sub_district": "310109010", "number": "1", "version": 1}
    assert send(office, rollout, "adoption", trained_on="2026-06-30", **here)[0] == 303
    assert send(office, rollout, "adoption", trained_on="2026-06-30", **here)[0] == 409
    html = lead.open(rollout)
    for said in ('已采纳现行版 <b class="num">1</b>', '待采纳 <b class="num">7</b>', "2026年6月30日完成培训"):
        assert said in html
    sheet = lead.open(f"/pages/cases/{case_id}")
    for said in ("屋面办法", "曲阳路街道", "采纳前"):
        assert said in sheet


def test_a_clause_line_without_its_number_is_one_fault_named_as_that(projects: Projects) -> None:
    lead = projects.site.person("department:housing")
    new = {"case_id": analysed(projects.district), "title": "屋面办法", "text": "总则"}
    for lines, said in (
        ("1 闭水查漏\n查勘后再修", "条款编号：每行写一条，先写编号"),
        ("1 闭水查漏\n2", "条款内容：编号后面"),
    ):
        status, refused = send(lead, "/pages/standards", "new", clauses=lines, **new)
        assert (status, refused.count("<li>"), said in refused) == (422, 1, True), refused
    status, page = send(lead, "/pages/standards", "new", clauses="1、闭水查漏\n4.1：查勘后再修", **new)
    assert status == 303
    assert "查勘后再修" in lead.open(page)


def test_a_refusal_says_why_and_blames_nobody_where_nobody_was_quicker(projects: Projects) -> None:
    standard_id = issued(projects.district)
    adopted_everywhere(projects.district, standard_id)
    found = checked(projects.district, standard_id, "1", verdict="not_satisfied", mend_by="2026-08-01")
    assert found.status_code == 201, found.text
    lead, page = projects.site.person("department:housing"), f"/pages/standards/{standard_id}"
    last = {"last_day": "2026-12-31", "reason": "由市级标准替代"}
    status, refused = send(lead, page, "retirement", **last)
    assert (status, "已有人先一步办理" in refused) == (409, False)
    for said in ("目前不能这样办理", "检查发现的问题没有整改", "由市级标准替代", "未整改的问题"):
        assert said in refused
    status, faster = send(lead, page, "retirement", version=1, **last)
    assert (status, "已有人先一步办理" in faster, "目前不能" in faster) == (409, True, False)
    status, refused = send(lead, f"{page}/rollout", "acceptance", version=2, sub_district="310109010")
    assert status in (409, 422)
    assert "已变为“推广”" not in refused


def test_who_only_looks_finds_no_form_and_english_is_english(projects: Projects) -> None:
    case_id = analysed(projects.district)
    standard_id = issued(projects.district, case_id)
    old = {"id": "2", "text": "竣工后闭水二十四小时", "status": "superseded", "successor": "3"}
    clauses = [{"id": "1", "text": "闭水四十八小时"}, old, {"id": "3", "text": "竣工后闭水四十八小时"}]
    papers = {"accept": ["acceptance_record"]}
    revised(projects.district, standard_id, "2026-07-02", clauses=clauses, papers=papers, text="新办法")
    supervisor = projects.site.person("supervisor")
    pages = ("/pages/cases", f"/pages/cases/{case_id}", "/pages/standards", f"/pages/standards/{standard_id}",
             f"/pages/standards/{standard_id}/rollout")  # fmt: skip
    for page in pages:
        main = supervisor.open(page).split("<main")[-1]
        assert "<form" not in main
        assert english_in(main) == set()
    differing = supervisor.open(f"/pages/standards/{standard_id}")
    for said in ("第1条有改动", "第2条由第3条替代", "新增第3条", "竣工验收前须备：验收记录", "说明有改动"):
        assert said in differing
    project = projects.district.decide(
        projects.district.hub.get(f"/cases/{case_id}").json()["hot_issues"][0], kind="project"
    )
    assert "屋面防水翻修办法" in supervisor.open(f"/pages/projects/{project['project_id']}/scheme")
    assert "Clause 2 is superseded by clause 3" in supervisor.open(f"/pages/standards/{standard_id}?lang=en")
    supervisor.open("/pages/cases/00000000-0000-4000-8000-000000000000", 404)
    supervisor.open("/pages/standards/00000000-0000-4000-8000-000000000000/rollout", 404)
    assert on_case(projects.district, case_id, "closing").status_code == 200


def test_an_address_that_can_be_no_record_leads_to_the_page_that_says_so(projects: Projects) -> None:
    hub = projects.site.person("hub")
    for page in ("standards/xyz", "standards/xyz/rollout", "cases/xyz", "supervision/xyz", "hot-issues/xyz"):
        assert "没有这条记录" in hub.open(f"/pages/{page}", 404)


def test_a_deputy_reads_cases_standards_and_roll_out_and_nothing_of_issues_and_tickets(projects: Projects) -> None:
    case_id = analysed(projects.district)
    standard_id = issued(projects.district, case_id)
    deputy = projects.site.person("deputy")
    menu = deputy.open("/pages/cases")
    for page in ("/pages/supervision", "/pages/cases", "/pages/standards"):
        assert f'href="{page}"' in menu
    assert 'href="/pages/hot-issues"' not in menu
    sheet = deputy.open(f"/pages/cases/{case_id}").split("<main")[-1]
    assert ("没有您可以查看的记录" in sheet, "屋面防水翻修办法" in sheet, "<form" in sheet) == (True, True, False)
    shown = projects.district.as_("deputy").get(f"/cases/{case_id}/sheet").json()
    assert (shown["issues"], shown["tickets"], shown["ticket_numbers"], shown["ticket_count"]) == ([], [], {}, 0)
    assert shown["pilot_number"] is None
    assert "待采纳" in deputy.open(f"/pages/standards/{standard_id}/rollout")
    assert "竣工后闭水二十四小时" in deputy.open(f"/pages/standards/{standard_id}")
    deputy.open("/pages/hot-issues", 403)
    assert projects.district.as_("deputy").get("/standards").status_code == 200
    assert projects.district.as_("deputy").post("/standards", json={}).status_code == 403


def test_a_case_leads_to_the_texts_of_its_tickets_where_intakes_pages_are(projects: Projects) -> None:
    district = projects.district
    page = f"/pages/cases/{analysed(district)}"
    html = projects.site.person("hub").open(page)
    assert ("/pages/texts" in html, "工单内容请凭编号在受理系统按权限查看" in html) == (False, True)
    routes = replace(wired(district.workshop), intake_url="http://intake.test/hotline/").routes(district.workshop)
    html = Site(application(routes)).person("hub").open(page)
    assert 'href="http://intake.test/hotline/pages/texts?id=' in html
    assert html.count("&amp;id=") == 14
