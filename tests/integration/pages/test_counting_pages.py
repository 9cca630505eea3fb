"""The counting party's pages: who may vote, slips with codes, deliveries, sales, late entries, the record."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.harness.consulting import JOIN, PARTS, asked, ballots, done, drafted, from_now, imported, noticed, stepped
from tests.integration.pages.conftest import Person, Projects
from tests.integration.pages.english import english_in
from tests.integration.pages.sending import send
from tests.integration.projects.conftest import NOW
from tests.integration.projects.issues import ROOF

QUESTION = {"item": "join", "rule": "two-thirds-of-all", "wording": "列入修缮计划", "removed": "无"}
DELIVERIES = "房号,送达时间,送达方式,告知\n3-1-101,2026-07-01 09:40,当面,是\n3-1-201,2026-07-01 09:45,信箱,否\n"


@pytest.fixture
def project(projects: Projects) -> str:
    return str(projects.district.decide(ROOF, kind="project")["project_id"])


@pytest.fixture
def lead(projects: Projects) -> Person:
    return projects.site.person("department:housing")


@pytest.fixture
def one(projects: Projects, project: str) -> dict[str, Any]:
    """Open since an hour; the shed follows the majority in silence."""
    items = [JOIN, asked("M16-A", rule="special-silence", wording="新建车棚", removed="原车棚")]
    one = noticed(projects.district.hub, drafted(projects.district.hub, project, items), from_now(NOW))
    projects.district.until(NOW + timedelta(hours=2))
    return stepped(projects.district.hub, one, "open")


def page_of(one: dict[str, Any]) -> str:
    return f"/pages/consultations/{one['consultation_id']}"


def register(projects: Projects, *areas: str) -> None:
    hub = projects.district.hub
    done(hub.post("/estates/batch", json={"estates": [{"id": "quyang-1", "name": "明月小区"}]}))
    parts = [
        {"part_id": f"3-1-{n}01", "block": "3", "hallway": "1", "area_m2": area, "owner": f"{n}" * 32}
        for n, area in enumerate(areas, start=1)
    ]
    done(hub.post("/estates/quyang-1/parts", json={"parts": parts}))


def test_a_draft_without_a_file_is_by_the_register_and_one_with_another_area_says_so(
    projects: Projects, project: str, lead: Person
) -> None:
    register(projects, "60.25", "60.25")
    page = f"/pages/projects/{project}/consultations"
    drafted_at = send(lead, page, "drafts", **QUESTION).headers["location"].partition("?")[0]
    assert "与登记一致" in lead.open(drafted_at)
    file = "房号,楼栋,单元,面积,业主\n3-1-101,3,1,60.25,甲\n3-1-201,3,1,61,乙\n".encode()
    refused = send(lead, drafted_at, "electorate", files={"file": ("名册.csv", file, "text/csv")})
    assert (refused.status_code, "3-1-201：登记面积60.25 m²，名册61.00 m²" in refused.text) == (422, True)
    assert english_in(refused.text) == set()
    why = {"why_differs": "2025年测绘更正"}
    taken = send(lead, drafted_at, "electorate", **why, files={"file": ("名册.csv", file, "text/csv")})
    assert taken.status_code == 303
    assert "有1处与登记不一致，理由： 2025年测绘更正" in lead.open(drafted_at)


def test_slips_name_estate_items_code_link_silence_and_the_last_day_and_are_shown_once(
    projects: Projects, lead: Person, one: dict[str, Any]
) -> None:
    sheet = send(lead, page_of(one), "slips").text
    assert sheet.count('class="card slip"') == len(PARTS)
    for words in ("3号楼 1单元", "新建车棚", "原车棚", "随多数意见计算", "2026年7月11日"):
        assert words in sheet
    links = re.findall(r"/vote/([0-9A-Z]{16})", sheet)
    assert len(set(links)) == len(PARTS)
    assert english_in(sheet) == set()
    resident = projects.site.visitor("192.0.2.80").get(f"/vote/{links[0]}?lang=zh").text
    for words in ("3号楼 1单元", "新建车棚", "随多数意见计算", "2026年7月11日"):
        assert words in resident
    assert "没有新的表决码" in send(lead, page_of(one), "slips").text
    again = send(lead, page_of(one), "slips", parts="3-1-201", why="遗失").text
    assert again.count('class="card slip"') == 1
    assert "第2次发放" in lead.open(page_of(one))
    assert links[0] not in lead.open(page_of(one))


def test_deliveries_come_by_file_and_the_page_says_who_was_not_reached(lead: Person, one: dict[str, Any]) -> None:
    answer = send(lead, page_of(one), "deliveries", files={"file": ("送达.csv", DELIVERIES.encode("gb18030"))})
    assert answer.status_code == 303, answer.text
    html = lead.open(page_of(one))
    assert '<td class="num" data-name="已送达">2 / 3</td>' in html
    assert "还有1户没有送达" in html
    assert "信箱" in html


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (("当面", "飞鸽"), "第2行 送达方式：请写当面、信箱、邮寄或短信"),
        (("3-1-201", "9-9-901"), "第3行 房屋：不符合要求"),
        (("2026-07-01 09:45", "昨天"), "第3行 时间：时间写成 2026-07-01 09:30"),
        (("告知", "备注"), "告知：缺这一列"),
    ],
)
def test_a_file_of_deliveries_that_does_not_fit_is_refused_by_its_rows(
    lead: Person, one: dict[str, Any], wrong: tuple[str, str], fault: str
) -> None:
    answer = send(lead, page_of(one), "deliveries", files={"file": ("送达.csv", DELIVERIES.replace(*wrong).encode())})
    assert (answer.status_code, fault in answer.text) == (422, True), answer.text
    assert english_in(answer.text) == set()
    assert "还有3户没有送达" in lead.open(page_of(one))


def test_a_sale_is_noted_on_the_page(lead: Person, one: dict[str, Any]) -> None:
    sold = {"part_id": "3-1-101", "at": "2026-07-01T09:30"}
    answer = send(lead, page_of(one), "sales", **sold, files={"file": ("合同.pdf", b"contract")})
    assert answer.status_code == 303, answer.text
    assert "2026年7月1日 09:30过户" in lead.open(page_of(one))
    wrong = send(lead, page_of(one), "sales", **sold | {"part_id": "9-9-901"}, files={"file": ("合同.pdf", b"c")})
    assert (wrong.status_code, "请填业主名册内的房号" in wrong.text, "9-9-901" in wrong.text) == (422, True, True)


def test_entries_after_closing_are_listed_and_the_record_is_exported_with_its_command(
    projects: Projects, lead: Person, one: dict[str, Any]
) -> None:
    projects.district.until(NOW + timedelta(days=10, hours=3))
    rows = ballots(one, PARTS[:1], "agree", (NOW + timedelta(days=9)).isoformat())
    imported(projects.district.hub, one, rows)
    for state in ("closed", "counted", "published"):
        assert send(lead, page_of(one), "steps", to=state).status_code == 303
    html = lead.open(page_of(one))
    assert "表决结束后录入的2条" in html
    assert f"closedloop consultation verify record-{one['ordinal']}-1.json --seal" in html
    exported = lead.browser.get(f"{page_of(one)}/record.json")
    assert exported.json()["ballots"][0]["entered_at"]
    assert "attachment" in exported.headers["content-disposition"]
    assert "计票方" not in projects.site.person("supervisor").open(page_of(one))


def test_the_blank_sheet_comes_back_filled_in(projects: Projects, lead: Person, one: dict[str, Any]) -> None:
    sheet = lead.browser.get(f"{page_of(one)}/ballots.csv").content.decode("utf-8-sig")
    assert sheet.count("\r\n") == 1 + 2 * len(PARTS)
    assert "是" not in sheet
    filled = sheet.replace(",,纸质,,", ",同意,纸质,2026-07-01 09:30,")
    assert send(lead, page_of(one), "ballots", files={"file": ("票.csv", filled.encode())}).status_code == 303
    standing = done(projects.district.hub.get(f"/consultations/{one['consultation_id']}/standing"))["items"]
    assert [item["answers"]["agree"] for item in standing] == [3, 3]
    blank = send(lead, page_of(one), "ballots", files={"file": ("票.csv", sheet.encode())})
    assert (blank.status_code, "第2行 意见：请写同意、不同意" in blank.text) == (422, True)


def test_what_was_seen_before_it_was_entered_is_listed(projects: Projects, lead: Person, one: dict[str, Any]) -> None:
    assert "目前还差多少" in lead.open(page_of(one))
    imported(projects.district.hub, one, ballots(one, PARTS[:1], "agree", (NOW + timedelta(hours=2)).isoformat()))
    html = lead.open(page_of(one))
    assert "第一次查看投票情况" in html
    assert "查看之后由人录入的2条" in html
    latest = html[html.index("<summary>最近录入</summary>") :]
    assert latest.count('data-name="投票时间">2026年7月1日 10:00') == 2
