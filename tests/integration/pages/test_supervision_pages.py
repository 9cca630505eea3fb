"""Supervision on its pages: by the party, the unit and the deputy, from a topic to what was carried out."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from services.projects.domain.estates import Facts
from tests.integration.pages.conftest import Person, Projects
from tests.integration.pages.english import english_in
from tests.integration.pages.sending import send, send_without_file
from tests.integration.projects.events import take
from tests.integration.projects.matters import PUMP, background, calls
from tests.integration.projects.supervising import DISPLEASED, PROMISED, Supervising
from tests.integration.projects.wired import wired

PAPER = {"file": ("signed.pdf", b"signed", "application/pdf")}


@pytest.fixture
def party(projects: Projects) -> Person:
    return projects.site.person("supervisor:congress", subject="zhao")


def topic_page(party: Person) -> str:
    body = {"party": "congress", "area": "home", "title": "屋面渗漏整治", "why": "三个小区反复投诉"}
    assert send(party, "/pages/supervision", "topics", **body).status_code == 303
    (page,) = re.findall(r"/pages/supervision/[0-9a-f-]{36}", party.open("/pages/supervision"))
    return str(page)


def act(person: Person, page: str, step: str, **entered: object) -> int:
    """Sends the form of a step of the only clause."""
    clause = re.findall(rf"/clauses/([0-9a-f-]{{36}})/{step}", person.open(page))[0]
    return int(send(person, page, f"clauses/{clause}/{step}", **entered).status_code)


def test_a_clause_goes_its_way_on_the_pages_of_all_who_take_part(projects: Projects, party: Person) -> None:
    page = topic_page(party)
    seen = {"made_at": "2026-06-30T09:00", "sub_district": "310109010", "units": ["housing"], "note": "顶楼渗水",
            "role_0": "deputy", "number_0": "3"}  # fmt: skip
    own = seen | {"role_0": "official", "unit_0": "housing"}
    refused = send(party, page, "inspections", **own, files={"file": ("a.jpg", b"x", "image/jpeg")})
    assert (refused.status_code, "被检查单位的人员不得参加检查" in refused.text) == (422, True)
    assert "顶楼渗水" in refused.text
    assert send(party, page, "inspections", **seen, files={"file": ("a.jpg", b"x", "image/jpeg")}).status_code == 303
    assert send(party, page, "opinions", text="年内完成屋面翻修", unit="housing").status_code == 303
    unit = projects.site.person("department:housing")
    assert "第1条" not in unit.open(page)  # it was inspected, and nothing is handed over
    assert act(party, page, "hand-over", unit="housing") == 303
    html = unit.open(page)
    assert "未办结的意见" in unit.open("/pages/supervision")
    for said in ("自2026年7月1日 08:00起3个月", "2026年10月1日、", "2026年7月4日、2026年7月5日", "第1条", "照片1张"):
        assert said in html
    vague = {"reply_class": "B", "text": "年内完成", "signed_on": "2026-07-01", "files": PAPER}
    assert act(unit, page, "reply", **vague) == 422
    assert act(unit, page, "reply", **vague | {"on": "2026-10-31"}) == 303
    assert act(party, page, "rating", **DISPLEASED) == 303
    assert act(unit, page, "reply", **vague | {"on": "2026-09-30"}) == 303
    assert act(party, page, "rating", manner="satisfied", result="mostly") == 303
    assert act(party, page, "carried-out", on="2026-07-01") == 303
    assert send(party, page, "closing", reason="全部落实").status_code == 303
    html = party.open(page)
    for said in ("已办结", "承诺已兑现", "是 · 2026年7月1日", "没有说清何时完工"):
        assert said in html
    assert "2/2 (100%)" in party.open("/pages/supervision")


def test_an_inspection_without_a_photograph_is_noted_as_a_browser_sends_it(projects: Projects, party: Person) -> None:
    page = topic_page(party)
    seen = {"made_at": "2026-06-30T09:00", "sub_district": "310109010", "units": "housing", "note": "顶楼渗水",
            "role_0": "deputy", "number_0": "3"}  # fmt: skip
    answer = send_without_file(party, page, "inspections", **seen)
    assert (answer.status_code, "顶楼渗水" in party.open(page)) == (303, True), answer.text


def test_an_inspection_names_a_registered_estate_by_its_name_and_unregistered_places_are_said_to_be(
    projects: Projects, party: Person
) -> None:
    with projects.district.workshop.open() as work:
        here = Facts("roof-1", "密云一村", "310109010", "sold-public", 1985, 2_000_000, None, None)
        wired(projects.district.workshop).register.estates(work, [here])
    take(projects.district.workshop, *background(), *calls(PUMP, first=500))
    page = topic_page(party)
    html = party.open(page)
    assert '<option value="roof-1">密云一村</option>' in html
    assert "来电中提到、未登记为小区的地点" in html
    assert re.search(r"<option disabled>[^<]*临溪桥小学[^<]*</option>", html)
    seen = {"made_at": "2026-06-30T09:00", "units": "housing", "note": "顶楼渗水", "role_0": "deputy", "number_0": "3"}
    for place, said in (
        ({"sub_district": "310109016", "estate_id": "roof-1"}, "不在所选街道"),
        ({"sub_district": "310109010", "estate_id": "quyang-1"}, "未登记为小区"),
    ):
        refused = send_without_file(party, page, "inspections", **seen, **place)
        assert (refused.status_code, said in refused.text, "顶楼渗水" in refused.text) == (422, True, True)
    taken = send_without_file(party, page, "inspections", **seen, sub_district="310109010", estate_id="roof-1")
    assert taken.status_code == 303
    assert "曲阳路街道 · 密云一村" in party.open(page)


def test_an_answer_without_its_paper_is_refused_in_its_form(projects: Projects) -> None:
    desk, unit = Supervising(projects.district), projects.site.person("department:housing")
    clause = desk.handed_over()
    page, step = f"/pages/supervision/{clause['topic_id']}", f"clauses/{clause['clause_id']}/reply"
    hidden = {"clause": clause["clause_id"], "act": "reply"}
    said = hidden | {"reply_class": "B", "text": "年内完成翻修", "on": "2026-09-30", "signed_on": "2026-07-01"}
    refused = send_without_file(unit, page, step, **said)
    assert (refused.status_code, "签字文件" in refused.text, "年内完成翻修" in refused.text) == (422, True, True)


def test_after_the_second_return_the_page_says_that_the_party_decides(projects: Projects, party: Person) -> None:
    desk = Supervising(projects.district)
    clause = desk.handed_over()
    page = f"/pages/supervision/{clause['topic_id']}"
    for onward in ("housing", "housing"):
        clause = desk.step(clause, "return", "department:housing", reason="不是本单位职责")
        said = party.open(page)
        clause = desk.step(clause, "hand-over", unit=onward)
    assert "本次交办即为定责" in said
    unit = projects.site.person("department:housing").open(page)
    assert ("监督方已定责，不再退回" in unit, f"/clauses/{clause['clause_id']}/return" in unit) == (True, False)


def test_a_unit_that_was_refused_more_time_finds_the_form_again(projects: Projects) -> None:
    desk, unit = Supervising(projects.district), projects.site.person("department:housing")
    clause = desk.handed_over()
    page = f"/pages/supervision/{clause['topic_id']}"
    asked, form = {"reason": "须招标", "until": "2026-11-30"}, f"/clauses/{clause['clause_id']}/extension"
    for granted, offered in ((False, True), (True, False)):
        clause = desk.step(clause, "extension", "department:housing", **asked)
        assert form not in unit.open(page)
        clause = desk.step(clause, "extension/decision", granted=granted)
        assert (form in unit.open(page)) is offered


def test_who_only_looks_finds_no_form_and_each_language_is_whole(projects: Projects, party: Person) -> None:
    desk = Supervising(projects.district)
    tracked = desk.tracked()
    desk.handed_over()
    suggestion = {"id": str(uuid4()), "subject": "充电", "reason": "车棚不够", "countermeasure": "利用空地"}
    desk.send("deputy", "suggestions", 201, **suggestion)
    for role in ("supervisor", "hub", "admin"):
        person = projects.site.person(role)
        for page in ("/pages/supervision", f"/pages/supervision/{tracked['topic_id']}"):
            main = person.open(page).split("<main")[-1]
            assert english_in(main) == set()
            assert role == "hub" or "<form" not in main
    bulletin = party.open("/pages/bulletins/2026-07?for=committee")
    assert "监督意见办理" in bulletin
    assert f'href="/pages/supervision/{tracked["topic_id"]}"' in bulletin
    assert not english_in(bulletin)
    english = party.open(f"/pages/supervision/{tracked['topic_id']}?lang=en")
    assert "Promised for" in english
    assert re.search(r"[\u4e00-\u9fff]", english.split("<main")[-1].split("clause_id")[0]) is not None  # what was said
    projects.site.person("subdistrict:310109010").open("/pages/supervision", 403)


def test_a_deputy_finds_supervision_alone_and_suggests_there(projects: Projects, party: Person) -> None:
    deputy = projects.site.person("deputy", subject="chen")
    assert deputy.browser.get("/pages").headers["location"] == "/pages/supervision"
    html = deputy.open("/pages/supervision")
    assert "/pages/hot-issues" not in html
    said = {"subject": "加装充电设施", "reason": "车棚不够", "countermeasure": "利用空地"}
    assert send(deputy, "/pages/supervision", "suggestions", **said).status_code == 303
    waiting = party.open("/pages/supervision")
    assert "人大代表" in waiting
    (of,) = re.findall(r'name="suggestion_id" value="([0-9a-f-]{36})"', waiting)
    body = {"party": "congress", "area": "estate", "title": "充电设施", "why": "代表建议", "suggestion_id": of}
    assert send(party, "/pages/supervision", "topics", **body).status_code == 303
    assert "已列为议题" in deputy.open("/pages/supervision")


def test_two_who_rate_at_once_are_warned_on_the_page(projects: Projects, party: Person) -> None:
    desk = Supervising(projects.district)
    clause = desk.replied(PROMISED)
    page = f"/pages/supervision/{clause['topic_id']}"
    html = party.open(page)
    desk.step(clause, "rating", manner="satisfied", result="satisfied")
    sent = dict(re.findall(r'name="(csrf)" value="([^"]*)"', html)) | {
        "version": "3",
        "manner": "mostly",
        "result": "mostly",
    }
    late = party.browser.post(f"{page}/clauses/{clause['clause_id']}/rating", data=sent)
    assert (late.status_code, "已有人先一步办理" in late.text, "跟踪落实" in late.text) == (409, True, True)
