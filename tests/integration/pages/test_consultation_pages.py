"""A consultation on its pages: drafted from a file, announced, voted on by code on a telephone, counted, published."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.harness.consulting import JOIN, asked, consult, done, drafted, from_now, noticed, stepped
from tests.harness.works import do
from tests.integration.pages.conftest import Projects
from tests.integration.pages.sending import send
from tests.integration.projects.conftest import NOW
from tests.integration.projects.issues import ROOF

PARTS_CSV = (
    "part_id,building,hallway,area_m2,owner\n" + "".join(f"3-1-{n}01,3,1,60.25,业主{n}\n" for n in range(1, 4))
).encode()
QUESTION = {"item": "join", "rule": "two-thirds-of-all", "wording": "列入修缮计划", "removed": "无"}


@pytest.fixture
def project(projects: Projects) -> str:
    return str(projects.district.decide(ROOF, kind="project")["project_id"])


def voting(projects: Projects, project: str) -> tuple[dict[str, Any], list[str]]:
    """A consultation that is open now, and the codes of its three owners."""
    hub = projects.district.hub
    one = noticed(hub, drafted(hub, project, [asked("M16-A", rule="special"), JOIN]), from_now(NOW))
    codes = done(hub.post(f"/consultations/{one['consultation_id']}/codes", json={}))["codes"]
    projects.district.until(NOW + timedelta(hours=1))
    return stepped(hub, one, "open"), [each["code"] for each in codes]


def test_a_consultation_is_drafted_announced_and_published_on_its_page(projects: Projects, project: str) -> None:
    lead, page = projects.site.person("department:housing"), f"/pages/projects/{project}/consultations"
    answer = send(lead, page, "drafts", **QUESTION, files={"file": ("parts.csv", PARTS_CSV, "text/csv")})
    assert answer.status_code == 303, answer.text
    one = answer.headers["location"].partition("?")[0]
    assert "3户、3人、180.75 m²" in lead.open(one)
    second = {"menu_item": "M16-A", "rule": "ordinary", "wording": "新建车棚", "removed": "原车棚"}
    assert send(lead, one, "texts", **second).status_code == 303
    assert "新建车棚" in lead.open(one)
    times = {"announced_at": "2026-06-01T09:00", "opens_at": "2026-06-20T09:00", "closes_at": "2026-06-30T20:00"}
    short = send(lead, one, "notice", **times | {"opens_at": "2026-06-02T09:00"}, files={"file": ("公告.jpg", b"n")})
    assert (short.status_code, "公告后要留足规则要求的天数" in short.text) == (422, True)
    late = send(lead, one, "notice", **times, files={"file": ("公告.jpg", b"n")})
    assert (late.status_code, "已在其他系统中表决的，请写明系统" in late.text) == (422, True)
    held = {"held.system": "业主电子投票平台", "held.number": "HK-2026-17", "held.issued_on": "2026-07-01"}
    files = {"file": ("公告.jpg", b"notice"), "protocol": ("结果.pdf", b"protocol")}
    assert send(lead, one, "notice", **times, **held, files=files).status_code == 303
    assert "业主电子投票平台" in lead.open(one)
    assert send(lead, one, "steps", to="open").status_code == 303
    texts = {item["item"]: item["text_hash"] for item in shown(projects, one)["items"]}
    rows = [
        f"3-1-{n}01,{item},{choice},paper,2026-06-25 10:00,yes,{texts[item]}"
        for n, choice in ((1, "同意"), (2, "同意"), (3, "反对"))
        for item in texts
    ]
    file = "\n".join(["part_id,item,choice,origin,at,delivered,text_hash", *rows, rows[0].replace("-1-101", "-9-9")])
    taken = send(lead, one, "ballots", files={"file": ("票.csv", file.encode("gb18030"), "text/csv")})
    assert "1行没有录入" in taken.text
    assert "第8行 房屋：不在业主名册" in taken.text
    assert "目前还差多少" not in lead.open(one)
    for state in ("closed", "sealed"):
        assert send(lead, one, "steps", to=state).status_code == 303
    assert "已达到全部条件" in lead.open(one)
    for state in ("counted", "published"):
        assert send(lead, one, "steps", to=state).status_code == 303
    assert "结果" in lead.open(one)
    assert "Passed, by ballots cast" in lead.open(f"{one}?lang=en")


def shown(projects: Projects, page: str) -> dict[str, Any]:
    return done(projects.district.hub.get(page.removeprefix("/pages")))


def test_a_resident_votes_by_code_once_and_sees_what_is_recorded(projects: Projects, project: str) -> None:
    one, (code, *_) = voting(projects, project)
    resident = projects.site.visitor("192.0.2.77")
    spoken = f"{code[:4].lower()}-{code[4:8]} {code[8:]}"
    html = resident.post("/vote", data={"code": spoken}).text
    assert "3-1-101" in html
    assert "还差" not in html
    first = resident.post(f"/vote/{code}?lang=zh", data={"choice.M16-A": "agree"})
    assert (first.status_code, "您的意见（算数的）：<b>同意</b>" in first.text) == (200, True)
    assert first.cookies == {}
    again = resident.post(f"/vote/{code}?lang=zh", data={"choice.M16-A": "disagree", "choice.join": "abstain"})
    assert "算数的是2026年7月1日" in again.text
    assert "投的“同意”，以先投的为准；这次选的“不同意”不算" in again.text
    assert "您的意见（算数的）：<b>弃权</b>" in again.text
    standing = done(projects.district.hub.get(f"/consultations/{one['consultation_id']}/standing"))["items"]
    assert [each["answers"]["agree"] for each in standing] == [1, 0]
    assert "Your answer, as it counts" in resident.get(f"/vote/{code}?lang=en").text


def test_who_has_no_code_learns_nothing_and_soon_has_to_wait(projects: Projects, project: str) -> None:
    voting(projects, project)
    guesser = projects.site.visitor("192.0.2.78")
    statuses = [guesser.get(f"/vote/{'2' * 15}{sign}").status_code for sign in "23456789ABCD"]
    assert statuses == [404] * 10 + [429] * 2


def test_a_ballot_after_the_end_is_not_recorded(projects: Projects, project: str) -> None:
    _, (code, *_) = voting(projects, project)
    projects.district.until(NOW + timedelta(days=10, seconds=1))
    resident = projects.site.visitor("192.0.2.79")
    late = resident.post(f"/vote/{code}", data={"choice.join": "agree"})
    assert (late.status_code, "您的意见没有投出" in late.text) == (409, True)
    assert "现在不在表决期内" in late.text


@pytest.mark.parametrize("role", ["supervisor", "subdistrict:310109010"])
def test_only_the_counting_party_sees_how_it_stands(projects: Projects, project: str, role: str) -> None:
    one, _ = voting(projects, project)
    page = f"/pages/consultations/{one['consultation_id']}"
    assert "目前还差多少" in projects.site.person("department:housing").open(page)
    html = projects.site.person(role).open(page)
    assert "还差" not in html
    assert "<form" not in html.split("<main")[-1]


def test_meetings_and_opinions_are_noted_and_answered(projects: Projects, project: str) -> None:
    lead, page = projects.site.person("department:housing"), f"/pages/projects/{project}/consultations"
    meeting = {"kind": "review", "held_on": "2026-06-30", "present.resident": "12"}
    assert send(lead, page, "meetings", **meeting, files={"file": ("纪要.pdf", b"minutes")}).status_code == 303
    assert "评议会" in lead.open(page)
    assert send(lead, page, "opinions", role="resident", words="车棚离窗太近").status_code == 303
    (opinion,) = done(projects.district.hub.get(f"/projects/{project}/hearings"))["opinions"]
    assert send(lead, page, f"opinions/{opinion['opinion_id']}", adopted="yes", why="已移至北侧").status_code == 303
    assert "已采纳：已移至北侧" in lead.open(page)


def test_what_residents_chose_is_confirmed_on_the_page_by_the_result(projects: Projects, project: str) -> None:
    lead, page = projects.site.person("department:housing"), f"/pages/projects/{project}/works"
    projects.district.advance(project, "contracted")
    shed = {"menu_item": "M16-A", "contracted": "240", "unit_cost": "900"}
    assert send(lead, page, "items", **shed).status_code == 303
    refused = consult(projects.district.hub, project, [asked("M16-A")], NOW, "disagree")
    result = consult(projects.district.hub, project, [asked("M16-A", wording="另一种车棚")], NOW)
    (item,) = done(projects.district.hub.get(f"/projects/{project}/works"))["items"]
    html = lead.open(page)
    assert refused["consultation_id"] not in html
    body = {"items": [item["item_id"]], "consultation_id": result["consultation_id"]}
    assert send(lead, page, "confirmation", **body).status_code == 303
    assert "依据征询结果确认自选项目" not in lead.open(page)


def test_an_annulled_result_is_shown_where_it_holds_the_project(projects: Projects, project: str) -> None:
    lead, hub = projects.site.person("department:housing"), projects.district.hub
    projects.district.advance(project, "contracted")
    do(hub, project, "items", items=[{"menu_item": "M16-A", "contracted": "240", "unit_cost_fen": 90000}])
    result = consult(hub, project, [asked("M16-A")], NOW)
    (item,) = done(hub.get(f"/projects/{project}/works"))["items"]
    confirm = {"items": [item["item_id"]], "consultation_id": result["consultation_id"]}
    do(hub, project, "items/confirmation", **confirm)
    assert "得出新的结果以前不能确认方案" not in lead.open(f"/pages/projects/{project}")
    annulled = {"version": result["version"], "reason": "法院撤销"}
    done(hub.post(f"/consultations/{result['consultation_id']}/annulment", json=annulled))
    assert "得出新的结果以前不能确认方案" in lead.open(f"/pages/projects/{project}")
    assert "征询结果已作废，要重新征询" in lead.open(f"/pages/projects/{project}/works")


def test_a_further_round_names_what_changed(projects: Projects, project: str) -> None:
    lead = projects.site.person("department:housing")
    one = consult(projects.district.hub, project, [asked("M16-A"), JOIN], NOW, "disagree")
    page = f"/pages/consultations/{one['consultation_id']}"
    same = {"menu_item": "M16-A", "rule": "ordinary", "wording": "按菜单实施", "removed": "按菜单"}
    assert send(lead, page, "rounds", **same).status_code == 422
    answer = send(lead, page, "rounds", **same | {"wording": "车棚移至北侧"})
    assert answer.status_code == 303
    assert '与上一轮不同的事项：<span class="num">M16-A</span>' in lead.open(answer.headers["location"])


def test_parts_of_a_file_that_is_wrong_are_refused_with_the_row(projects: Projects, project: str) -> None:
    lead, page = projects.site.person("department:housing"), f"/pages/projects/{project}/consultations"
    wrong = PARTS_CSV.replace(b"60.25", b"-1", 1)
    answer = send(lead, page, "drafts", **QUESTION, files={"file": ("parts.csv", wrong, "text/csv")})
    assert (answer.status_code, "第2行 面积：面积写成平方米，大于0" in answer.text) == (422, True)
