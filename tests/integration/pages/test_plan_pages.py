"""Estates and yearly plans as pages: ranked, decided, published, begun; in Chinese and English."""

from __future__ import annotations

import re

import pytest

from tests.integration.pages.conftest import Person, Projects
from tests.integration.pages.english import english_in
from tests.integration.projects.asking import ask, needs

ESTATE = {"id": "quyang-1", "name": "明月小区", "sub_district": "310109010", "property_kind": "sold-public",
          "built": 1976, "floor_area_m2": "8000.50"}  # fmt: skip
PAGE = re.compile(r"/pages/plans/[0-9a-f-]{36}")


@pytest.fixture
def planned(projects: Projects) -> Projects:
    assert projects.district.hub.post("/estates/batch", json={"estates": [ESTATE]}).status_code == 200
    ask(projects.district, "E01", "E16")
    return projects


def drafted(lead: Person, budget: str = "3000000") -> str:
    answer = lead.browser.post("/pages/plans/new", data={"csrf": csrf_of(lead), "year": "2027", "budget": budget})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].partition("?")[0])


def csrf_of(person: Person) -> str:
    return re.findall(r'name="csrf" value="([^"]+)"', person.open("/pages/plans"))[-1]


def send(lead: Person, page: str, form: str, **entered: str) -> tuple[int, str]:
    """The form as the page has it; `version` is that of the first form with it, or as entered."""
    html = lead.open(page)
    versions = re.findall(r'name="version" value="(\d+)"', html)
    fields = {"csrf": csrf_of(lead), "version": versions[0] if versions else "1"}
    answer = lead.browser.post(f"{page}/{form}", data=fields | entered)
    return answer.status_code, answer.text or answer.headers["location"]


def test_a_plan_is_drafted_decided_published_and_begun_on_its_pages(planned: Projects) -> None:
    lead = planned.site.person("department:housing", subject="li")
    page = drafted(lead)
    html = lead.open(page)
    for said in ("明月小区", "曲阳路街道", "房龄（年）", "51 → 20.0", "待决定"):
        assert said in html
    assert "<svg" in html
    hub = planned.site.person("hub")
    entry = {"estate": "quyang-1", "decision": "listed", "reason": "no_money", "version": "1"}
    status, refused = send(hub, page, "entries", **entry)
    assert (status, "列入计划须填写大于零的估算费用" in refused) == (422, True)
    status, _ = send(hub, page, "entries", cost="1250000.00", agreement="91", **entry)
    assert status == 303
    html = lead.open(page)
    for said in ("¥1,250,000.00", "由区房管局决定", "¥250,000.00"):
        assert said in html
    status, _ = send(lead, page, "publication")
    assert status == 303
    status, again = send(hub, page, "publication", version="3")
    assert (status, "已公布" in again) == (409, True)
    status, _ = send(lead, page, "project", estate="quyang-1")
    assert status == 303
    assert {one["state"] for one in needs(planned.district, estate="quyang-1")} == {"in_project"}
    estate = lead.open("/pages/estates/quyang-1")
    for said in ("售后公房", "1976", "8000.50", "屋面防水翻修", "项目实施中", "居委会或业委会 × 1", "2027"):
        assert said in estate
    assert PAGE.search(estate)
    assert "明月小区" in lead.open("/pages/estates")


def test_a_decision_that_is_refused_keeps_what_was_entered(planned: Projects) -> None:
    hub = planned.site.person("hub")
    page = drafted(hub)
    entry = {"estate": "quyang-1", "version": "1", "decision": "refused", "reason": "other_programme"}
    for given in ({"decision": "listed"}, {"decision": "postponed"}):
        assert send(hub, page, "entries", estate="quyang-1", version="1", **given)[0] == 422
    status, refused = send(hub, page, "entries", cost="1250.50", agreement="101", **entry)
    assert status == 422
    form = next(one for one in refused.split("<form") if 'name="agreement"' in one)
    assert set(re.findall(r'<option value="(\w+)" selected', form)) == {"refused", "other_programme"}
    assert 'name="cost" type="number" min="0.01" step="0.01" inputmode="decimal" value="1250.50"' in form
    assert 'max="100" value="101"' in form


def test_the_next_version_says_in_words_what_it_says_otherwise(planned: Projects) -> None:
    hub = planned.site.person("hub")
    first = drafted(hub)
    send(hub, first, "entries", estate="quyang-1", version="1", decision="postponed", reason="no_money")
    assert send(hub, first, "publication")[0] == 303
    second = drafted(hub, "4000000")
    send(hub, second, "entries", estate="quyang-1", version="1", decision="listed", cost="1250000")
    html = hub.open(second)
    for said in ("与第1版相比", "¥3,000,000.00", "¥4,000,000.00", "由“暂缓（资金不足）”改为“列入”", "¥1,250,000.00"):
        assert said in html, said
    english = hub.open(f"{second}?lang=en")
    assert "Against version 1" in english
    assert "postponed (no money) becomes listed" in english


def test_a_plan_over_its_budget_stays_a_draft_and_the_page_says_so(planned: Projects) -> None:
    hub = planned.site.person("hub")
    page = drafted(hub, "1000")
    send(hub, page, "entries", estate="quyang-1", decision="listed", cost="5000000", version="1")
    assert "超出预算" in hub.open(page)
    status, refused = send(hub, page, "publication")
    assert (status, "不得超出预算" in refused) == (422, True)
    assert "编制中" in hub.open(page)
    status, _ = send(hub, page, "ranking", budget="9000000")
    assert status == 303
    assert send(hub, page, "publication")[0] == 303


def test_who_only_looks_finds_no_form_and_english_is_english(planned: Projects) -> None:
    page = drafted(planned.site.person("hub"))
    supervisor = planned.site.person("supervisor")
    for address in (page, "/pages/plans", "/pages/estates", "/pages/estates/quyang-1"):
        main = supervisor.open(address).split("<main")[-1]
        assert "<form" not in main
        assert english_in(main) == set()
    english = supervisor.open(f"{page}?lang=en")
    assert "Estates by rank" in english
    supervisor.open("/pages/estates/nowhere-1", 404)
    supervisor.open("/pages/plans/00000000-0000-4000-8000-000000000000", 404)


def test_a_project_of_several_estates_leads_to_each(planned: Projects) -> None:
    other = {"id": "jiaxing-1", "name": "星辰公寓", "sub_district": "310109014"}
    assert planned.district.hub.post("/estates/batch", json={"estates": [other]}).status_code == 200
    ask(planned.district, "E16", estate="jiaxing-1")
    named = [{"id": one["need_id"], "version": one["version"]} for one in needs(planned.district)]
    project = planned.district.hub.post("/projects", json={"needs": named}).json()["project_id"]
    html = planned.site.person("department:housing").open(f"/pages/projects/{project}")
    assert "涉及小区" in html
    for estate in ("quyang-1", "jiaxing-1"):
        assert f'href="/pages/estates/{estate}"' in html
