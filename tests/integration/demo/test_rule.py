"""demo/rule against projects' own routes: from the proposal of a case to eight sub-districts, and who supervises."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from demo.diary import Diary
from demo.interfaces import Person
from demo.report import rule as chapter
from demo.rule import texts
from demo.rule.account import Account, account
from demo.rule.case import Case
from demo.rule.supervision import Supervision
from services.chassis.database.work import Workshop
from services.contracts.department_events import CaseNotice, ProjectNotice, StandardNotice
from services.contracts.districts import sub_districts
from services.contracts.project_events import TypicalCaseProposed
from services.contracts.standard_events import RolloutChanged
from tests.integration.projects.asking import events_of
from tests.integration.projects.conftest import NOW, workshop
from tests.integration.projects.events import take
from tests.integration.projects.loop_of import District
from tests.integration.projects.storms import SUB_DISTRICTS, somewhere

__all__ = ["workshop"]
STEP = timedelta(days=12)


class Interfaces:
    """The demo's people, who meet projects alone."""

    def __init__(self, district: District) -> None:
        self._district = district

    def as_role(self, *roles: str) -> Person:
        return Person(self._district.as_(*roles), {"projects": ""})


class Play:
    """A play of the case alone: what departments would be sent is sent by the test."""

    def __init__(self, workshop: Workshop) -> None:
        self.district, self.diary = District(workshop), Diary()
        self.interfaces: Any = Interfaces(self.district)
        self.case = Case(self.interfaces, self.diary, Supervision(self.interfaces, self.diary))
        self.now = NOW
        estates = [
            {"id": f"estate-{number}", "name": f"{number}号小区", "sub_district": SUB_DISTRICTS[number]}
            for number in range(3)
        ]
        assert self.district.hub.post("/estates/batch", json={"estates": estates}).is_success
        for estate in range(3):
            calls = (somewhere(10 * estate + n, estate, by=n, day=10 * estate + n, type_code="XQ05") for n in range(5))
            take(workshop, *calls)
        self.proposed = self.district.hub.get("/cases").json()["items"][0]
        issue = self.proposed["hot_issues"][0]
        self.project = self.district.decide(issue, kind="project")["project_id"]

    def hear(self, message: Any, department: str = "urban-operation") -> None:
        self.case.hear(department, message, self.now)

    def until(self, end: datetime) -> None:
        while self.now < end:
            self.now += STEP
            self.district.until(self.now)
            self.diary.do(self.now)
            self._late()

    def _late(self) -> None:
        if self.case.rollout.late and not self.case.rollout.late_notice_on:
            for one in events_of(self.district, RolloutChanged):
                if one.overdue:
                    office = sub_districts()[one.place.sub_district].office
                    self.hear(StandardNotice.model_construct(place=one.place, overdue=True), office)


@pytest.fixture
def play(workshop: Workshop) -> Play:
    return Play(workshop)


def _played(play: Play) -> Account:
    proposed = CaseNotice.model_construct(
        case_id=play.proposed["case_id"],
        stage=TypicalCaseProposed.type,
        state="proposed",
        type_code=texts.TYPE_CODE,
        lead=play.proposed["lead"],
    )
    for _ in range(2):
        play.hear(proposed)
    play.until(NOW + timedelta(days=200))
    play.district.advance(play.project, "accepted")
    for _ in range(2):
        play.hear(ProjectNotice.model_construct(project_id=play.project, state="accepted"))
    play.until(NOW + timedelta(days=720))
    found = account(play.interfaces, play.case)
    assert found
    return found


@pytest.mark.timeout(120)
def test_one_type_of_problem_becomes_a_rule_that_eight_sub_districts_keep(play: Play) -> None:
    found = _played(play)
    case = found.sheet["case"]
    assert (case["state"], len(case["causes"]), case["pilot"]) == ("closed", 3, play.project)
    measures = [measure for cause in case["causes"] for measure in cause["measures"]]
    assert all(one["done_on"] for one in measures)
    rollout = found.sheet["rollout"]
    assert rollout["tally"] == {"adopted": 8, "older": 0, "exempt": 0, "unknown": 0, "planned": 0}
    assert {one["state"] for one in rollout["items"]} == {"accepted"}
    assert found.late_notice_on
    adopted = {one["sub_district"]: one["adopted_on"] for one in rollout["items"]}
    assert sorted(adopted, key=lambda code: adopted[code])[-2:] == [found.late, found.exempt]
    assert [one["adopted"] for one in found.opinions].count(False) == 1
    assert found.refused
    assert found.refused["field"] == "body.on"
    first, second = found.topic["opinions"]
    assert [one["reply_class"] for one in first["replies"]] == ["B", "C"]
    assert [one["result"] for one in first["ratings"]] == ["dissatisfied", "mostly"]
    assert (first["state"], second["state"], found.topic["state"]) == ("carried_out", "carried_out", "closed")
    assert first["replies"][-1]["kept"] is True
    assert found.suggestion["state"] == "taken_up"
    issues = [play.district.issue(one) for one in case["hot_issues"]]
    loader = FileSystemLoader(Path(chapter.__file__).parent)
    page = Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("rule.html.j2")
    shown = page.render(rule=chapter.rule(found, issues))
    for said in (texts.TITLE, texts.SUGGESTION["subject"], texts.WHY_NOT, texts.BETTER["text"], "现行版本 8", "逾期"):
        assert said in shown
