"""Needs and surveys as pages: recorded, withdrawn, listed, taken from a file; in Chinese and English, with rights."""

from __future__ import annotations

import re
from html import unescape

import pytest

from services.contracts.ticket_events import RequestKind
from tests.integration.pages.conftest import Person, Projects
from tests.integration.pages.english import english_in
from tests.integration.projects.asking import ask, needs
from tests.integration.projects.events import dispatched
from tests.integration.projects.events import take as happen

MOON = {"id": "quyang-1", "name": "明月小区", "sub_district": "310109010", "floor_area_m2": "8000.50"}
STARS = {"id": "jiaxing-1", "name": "星辰公寓", "sub_district": "310109014"}
PAGE = "/pages/estates/quyang-1/needs"
JPEG = b"\xff\xd8\xff\xe0 a roof"
UUID_SHOWN = re.compile(r">[^<]*[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[^<]*<")
SURVEY = {
    "role": "designer",
    "unit": "某设计院",
    "made_at": "2026-06-30T09:00",
    "on_site": "yes",
    "note-1": "屋面多处渗漏",
    "elements-1": ["E01", "E06"],
}


@pytest.fixture
def estates(projects: Projects) -> Projects:
    assert projects.district.hub.post("/estates/batch", json={"estates": [MOON, STARS]}).status_code == 200
    return projects


def form(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the first form that posts there."""
    body = next(one for one in html.split("<form")[1:] if f'action="{action}"' in one).partition("</form>")[0]
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', body)}


def send(person: Person, action: str, page: str = PAGE, files: object = None, **entered: object) -> tuple[int, str]:
    fields = form(person.open(page), action)
    answer = person.browser.post(action, data=fields | entered, files=files)  # type: ignore[arg-type]
    return answer.status_code, answer.text or answer.headers["location"]


def test_a_committees_request_is_recorded_listed_and_withdrawn(estates: Projects) -> None:
    street = estates.site.person("subdistrict:310109010")
    assert send(street, f"{PAGE}/request", elements=["E01", "E06"])[0] == 303
    assert [one["element"] for one in needs(estates.district)] == ["E01", "E06"]
    html = street.open("/pages/needs?element=E01")
    for said in ("曲阳路街道 · 明月小区", "居委会或业委会 × 1", "待安排"):
        assert said in html
    assert html.count("居委会或业委会 × 1") == 1
    assert "明月小区" not in street.open("/pages/needs?element=E16").partition("<table")[2]
    assert send(street, f"{PAGE}/withdrawal")[0] == 303
    assert sorted(one["state"] for one in needs(estates.district)) == ["open", "refused"]
    assert "已无人提出" in street.open(PAGE)
    for page in (PAGE, "/pages/needs", "/pages/estates/quyang-1"):
        assert UUID_SHOWN.search(street.open(page)) is None
        assert english_in(street.open(page).split("<main")[-1]) == set()
        assert "needs" in street.open(f"{page}?lang=en").lower()
        street.open(f"{page}?lang=zh")


def test_a_survey_is_recorded_with_its_photographs_and_withdrawn(estates: Projects) -> None:
    hub = estates.site.person("hub")
    photographs = [("photographs-1", (f"{n}.jpg", JPEG + bytes([n]), "image/jpeg")) for n in range(2)]
    assert send(hub, f"{PAGE}/survey", files=photographs, **SURVEY)[0] == 303
    html = hub.open(PAGE)
    for said in ("2026年6月30日 09:00", "设计单位 某设计院", "到现场", "屋面防水翻修", "屋面多处渗漏", "照片2张"):
        assert said in html
    assert {one["element"] for one in needs(estates.district)} == {"E01", "E06"}
    ask(estates.district, "E06")
    assert send(hub, f"{PAGE}/survey-withdrawal")[0] == 303
    assert "已撤回" in hub.open(PAGE)
    assert "已撤回" in hub.open("/pages/estates/quyang-1")
    assert [(one["element"], one["state"]) for one in needs(estates.district)] == [("E01", "refused"), ("E06", "open")]


def test_a_survey_that_is_refused_keeps_what_was_entered_and_says_what_is_wrong(estates: Projects) -> None:
    hub = estates.site.person("hub")
    later = SURVEY | {"made_at": "2030-01-01T09:00", "note-2": "楼道灯坏"}
    status, html = send(hub, f"{PAGE}/survey", files=[("photographs-1", ("a.jpg", JPEG))], **later)
    assert status == 422
    assert "请至少填写一项发现的情况和修缮内容" in html or "请从清单中选择修缮内容" in html
    for kept in ('value="某设计院"', 'value="2030-01-01T09:00"', ">屋面多处渗漏</textarea>", ">楼道灯坏</textarea>"):
        assert kept in html, kept
    assert len(re.findall(r'name="elements-1" value="E0[16]" checked', html)) == 2
    assert '<option value="designer" selected' in html
    status, html = send(
        hub, f"{PAGE}/survey", files=[("photographs-1", ("a.jpg", JPEG))], **(later | {"elements-2": "E08"})
    )
    assert (status, "请填写已经过去的调查时间" in html) == (422, True)
    status, html = send(hub, f"{PAGE}/survey", files=[("photographs-1", ("a.pdf", b"%PDF-1.7"))], **SURVEY)
    assert (status, "所选文件不是照片" in html, ">屋面多处渗漏</textarea>" in html) == (422, True, True)
    assert needs(estates.district) == []


def test_a_file_is_taken_row_by_row_and_faults_are_said_in_the_readers_language(estates: Projects) -> None:
    street = estates.site.person("subdistrict:310109010")
    rows = "小区,修缮内容\n明月小区,屋面防水翻修、E06\n星辰公寓,E01\n明月小区,游泳池\n"
    page, action = "/pages/needs/file", "/pages/needs/file/rows"
    for _ in range(2):
        status, html = send(street, action, page, files={"file": ("需求.csv", rows.encode("gb18030"))})
        assert status == 200
        for said in ("已录入1行，2行未录入", "小区“星辰公寓”未登记，或不在您的辖区", "没有“游泳池”这项修缮内容"):
            assert said in html, said
        assert re.findall(r'<td class="num">(\d+)</td>', html) == ["3", "4"]
    assert [(one["element"], len(one["sources"])) for one in needs(estates.district)] == [("E01", 1), ("E06", 1)]
    status, html = send(street, action, page, files={"file": ("a.csv", '小区,修缮内容\n明月小区,"E0'.encode())})
    assert (status, "文件不完整" in html, english_in(html.split("<main")[-1])) == (422, True, set())
    good = "小区,修缮内容\n明月小区,\n"
    assert send(street, action, page, files={"file": ("a.csv", good.encode())})[0] == 303
    english = street.open(f"{page}?lang=en")
    assert "CSV with the columns" in english


def test_who_may_not_ask_for_an_estate_finds_no_form_and_is_refused(estates: Projects) -> None:
    ask(estates.district, "E01")
    for role in ("supervisor", "department:fire"):
        reader = estates.site.person(role)
        assert "<form" not in reader.open(PAGE).split("<main")[-1]
    token = estates.site.person("hub")
    other = estates.site.person("subdistrict:310109014")
    other.open(PAGE, 404)
    fields = {"csrf": form(other.open("/pages/needs/file"), "/pages/needs/file/rows")["csrf"]}
    refused = other.browser.post(f"{PAGE}/request", data=fields | {"id": "0" * 8 + "-0000-4000-8000-" + "0" * 12})
    assert refused.status_code in (404, 422)
    assert len(needs(estates.district)) == 1
    assert form(token.open(PAGE), f"{PAGE}/request")["id"]


def test_an_estate_that_is_not_registered_is_listed_without_a_link_that_leads_nowhere(estates: Projects) -> None:
    happen(estates.district.workshop, dispatched(901, "MJ19", "quyang-2", by=1, kind=RequestKind.ENQUIRY))
    ask(estates.district, "E01")
    html = estates.site.person("hub").open("/pages/needs")
    assert "居民来电 × 1" in html
    assert re.findall(r'href="/pages/estates/([^"]+)/needs"', html) == ["quyang-1"]


def test_an_estates_page_lists_its_blocks_with_numbers_and_no_owner(estates: Projects) -> None:
    parts = [
        {"part_id": f"{block}-{n}", "block": block, "hallway": str(n), "area_m2": "50.25", "owner": "c" * 32}
        for block in ("1", "5甲")
        for n in (1, 2)
    ]
    assert estates.district.hub.post("/estates/quyang-1/parts", json={"parts": parts}).status_code == 200
    html = estates.site.person("supervisor").open("/pages/estates/quyang-1")
    for said in ("各楼栋", "5甲", "1、2", "100.50", "201.00"):
        assert said in html, said
    assert "c" * 32 not in html
