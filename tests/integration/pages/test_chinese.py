"""A page in Chinese holds no English sentence, wherever its links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from tests.harness.works import do, inspection, works
from tests.integration.intake.conftest import Intake
from tests.integration.pages.conftest import NOW, Person, Projects, Site
from tests.integration.pages.english import english_in
from tests.integration.pages.steps import NOBODY, take
from tests.integration.projects.events import dispatched
from tests.integration.projects.events import take as happen
from tests.integration.projects.issues import ROOF, WALL
from tests.integration.projects.supervising import DISPLEASED, SOLVED, Supervising

PARKED = "jiaxing-1"
MOST_PAGES = 300
_LINK = re.compile(r'href="(/pages[^"#]*|\?[^"#]*)')


def pages_from(person: Person, first: str) -> Iterator[tuple[str, str]]:
    """Every page that links lead to, in Chinese, each address once."""
    waiting, known = [first], {first}
    while waiting and len(known) <= MOST_PAGES:
        path = waiting.pop(0)
        html = person.browser.get(path).text
        yield path, html
        for link in map(unescape, _LINK.findall(html)):
            onward = path.partition("?")[0] + link if link.startswith("?") else link
            if onward not in known and not re.search(r"lang=|\.csv|\.json|/attachments/|/login", onward):
                known.add(onward)
                waiting.append(onward)


def crawled(person: Person, first: str) -> Mapping[str, set[str]]:
    """By page, the English in it."""
    return {path: found for path, html in pages_from(person, first) if (found := english_in(html))}


@pytest.fixture
def tickets(intake: tuple[Intake, Site]) -> Site:
    """Tickets at every stage, some late."""
    stand, site = intake
    lead = "department:housing"
    names = ("signed", "contacted", "returned", "linked", "turned", "settled", "late", "redone", "extended")
    one = {name: stand.file(text="楼顶漏雨，请来修") for name in names}
    for ticket in one.values():
        stand.classify(ticket)
    stand.classify(stand.file(text="有人吵架"), type_code="XQ01", confidence=0.31)
    stand.classify(stand.file(text="谢谢你们"), kind="praise")
    take(stand, lead, one["signed"], "signature")
    take(stand, lead, one["contacted"], "contact", note="已约定")
    take(stand, lead, one["returned"], "return", note="属市政道路")
    take(stand, "hub", one["returned"], "return/refusal", reason="在小区内")
    take(stand, "hub", one["linked"], "merge", into=one["signed"], reason="同一件事")
    take(stand, "hub", one["turned"], "transfer", line="119", reason="冒烟")
    take(stand, lead, one["extended"], "extension", note="须搭脚手架")
    take(stand, "hub", one["extended"], "extension/grant", reason="情况复杂")
    take(stand, "hub", one["extended"], "supervision", reason="请书面说明")
    for name in ("settled", "redone"):
        _settle(stand, one[name])
    _visit(stand, one["settled"], solved=True)
    _visit(stand, one["redone"], solved=False, redo="第二天又漏")
    stand.clock.advance(timedelta(days=9))
    stand.fire_timers()
    return site


def _settle(stand: Intake, ticket: str) -> None:
    body = {"version": stand.show(ticket)["version"], "public_answer": "已修好。", "unit_solved": True}
    answer = stand.client("department:housing").post(f"/tickets/{ticket}/settlement", json=body)
    assert answer.status_code == 200, answer.text


def _visit(stand: Intake, ticket: str, *, solved: bool, **more: Any) -> None:
    satisfaction = "satisfied" if solved else "dissatisfied"
    body = {"version": stand.show(ticket)["version"], "caller_solved": solved, "satisfaction": satisfaction, **more}
    answer = stand.client("hub", subject="visitor").post(f"/tickets/{ticket}/visit", json=body)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("role", ["hub", "department:housing", "supervisor", "subdistrict:310109016"])
def test_intake_says_nothing_in_english(tickets: Site, role: str) -> None:
    assert crawled(tickets.person(role), "/pages/inbox") == {}


PAUSE = {"responsible": "housing", "review_on": "2027-01-04"}


@pytest.mark.parametrize("role", ["hub", "department:housing", "supervisor:congress"])
def test_projects_says_nothing_in_english(projects: Projects, role: str) -> None:
    district = projects.district
    project = district.decide(ROOF, kind="project", reason="整体翻修")["project_id"]
    district.decide(WALL, kind="service", reason="加强巡查")
    district.cure_done(WALL)
    district.advance(project, "building")
    wrong = {"version": district.project(project)["version"], "reason": "点错了"}
    assert district.hub.post(f"/projects/{project}/reversals", json=wrong).status_code == 200
    (roof,) = works(district.hub, project)["items"]
    do(district.hub, project, "inspections", **inspection(roof, NOW))
    do(district.hub, project, "inspections", **inspection(roof, NOW, readings={}))
    night = {"starts": (NOW - timedelta(hours=9)).isoformat(), "ends": (NOW - timedelta(hours=6)).isoformat()}
    do(district.hub, project, "impacts", id=str(uuid4()), kind="noise", blocks=["3"], happened=True, **night)
    noisy = (dispatched(200 + n, f"MJ{16 + n}", "quyang-1", by=n, day=30) for n in range(3))
    happen(district.workshop, *noisy)
    bad = {"id": str(uuid4()), "item_id": roof["item_id"], "severity": "minor", "note": "起鼓"}
    do(district.hub, project, "defects", **bad)
    for step in ("suspended", "cancelled"):
        body = {"version": district.project(project)["version"], "to": step, "note": "房屋列入征收"} | PAUSE
        assert district.hub.post(f"/projects/{project}/steps", json=body).status_code == 200
    happen(district.workshop, *(dispatched(100 + n, "XQ04", PARKED, by=n + 100, day=21) for n in range(9)))
    district.until(NOW + timedelta(days=400))
    estate = {"id": "quyang-1", "name": "明月小区", "property_kind": "mixed", "sub_district": "310109010"}
    assert district.hub.post("/estates/batch", json={"estates": [estate]}).status_code == 200
    finding = {"elements": ["E16"], "note": "车棚不够"}
    survey = {"id": NOBODY, "estate": "quyang-1", "role": "designer", "unit": "某设计院", "on_site": True,
              "made_at": NOW.isoformat(), "findings": [finding]}  # fmt: skip
    assert district.hub.post("/surveys", json=survey).status_code == 201
    asked = {"id": NOBODY[:-1] + "1", "estate": "quyang-1", "kind": "pump", "cost_fen": 5, "safety": True}
    assert district.hub.post("/fund-uses", json=asked).status_code == 201
    plan = district.hub.post("/plans", json={"year": 2027, "budget_fen": 10**9}).json()
    entry = {"version": 1, "decision": "listed", "cost_fen": 10**8}
    assert district.hub.post(f"/plans/{plan['plan_id']}/entries/quyang-1", json=entry).status_code == 200
    desk = Supervising(district)
    topic = desk.topic(type_code="MJ01")
    desk.send("supervisor:congress", f"topics/{topic['topic_id']}/inspections", 201, **desk.inspection())
    clause = desk.step(desk.handed_over(topic), "reply", "department:housing", **SOLVED)
    desk.step(desk.step(clause, "rating", **DISPLEASED), "reply", "department:housing", **SOLVED)
    desk.step(desk.handed_over(topic), "extension", "department:housing", reason="需招标", until="2027-12-01")
    desk.step(desk.handed_over(topic), "return", "department:housing", reason="属建管委职责")
    assert crawled(projects.site.person(role), "/pages/hot-issues") == {}


REFUSALS = (f"/pages/tickets/{NOBODY}", "/pages/inbox?tab=none", "/pages/inbox?cursor=x")


@pytest.mark.parametrize("path", REFUSALS)
def test_intake_refuses_in_chinese(tickets: Site, path: str) -> None:
    assert english_in(tickets.person("hub").browser.get(path).text) == set()


ASTRAY = (f"/pages/hot-issues/{NOBODY}", "/pages/areas?from=1066-01-01", "/pages/areas?area=ZZ")


@pytest.mark.parametrize("path", ASTRAY)
def test_projects_refuses_in_chinese(projects: Projects, path: str) -> None:
    assert english_in(projects.site.person("hub").browser.get(path).text) == set()


def test_english_is_found_where_it_is() -> None:
    html = (
        '<p>已受理</p><p title="it was sent back">ok</p><b>The project&#39;s area must be given</b><code>a b c</code>'
    )
    assert english_in(html) == {"it was sent back", "The project's area must be given"}
