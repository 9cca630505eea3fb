"""The case of the sheds: chosen, analysed, tried in a pilot, ruled by Measures, closed once all have adopted them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from demo.diary import Diary
from demo.interfaces import Interfaces
from demo.rule import texts
from demo.rule.rollout import RollOut
from demo.rule.supervision import Supervision
from services.contracts.department_events import CaseNotice, ProjectNotice
from services.contracts.event import Event
from services.contracts.project_events import TypicalCaseProposed

PILOT_AFTER = timedelta(days=28)
"""From the choice: by then it is decided what is built."""
CONSULTED = timedelta(days=14)
"""How long the draft of the Measures is open to opinions."""
ADOPT_WITHIN = timedelta(days=60)
KEPT_AFTER = (timedelta(days=330), timedelta(days=660))
"""From the issue: when the review finds that the Measures are kept; each within a year of the one before."""


class Case:
    """Plays who leads the case, and the hub, which takes what goes beyond one office. `case_id` None: none proposed."""

    def __init__(self, interfaces: Interfaces, diary: Diary, supervision: Supervision) -> None:
        self._interfaces = interfaces
        self._hub = interfaces.as_role("hub")
        self._diary = diary
        self.case_id: str | None = None
        self.lead = ""
        self.standard_id: str | None = None
        self.pilot: str | None = None
        self._accepted = False
        self.supervision = supervision
        self.rollout = RollOut(interfaces, diary, self._close)

    def hear(self, department: str, message: Event, now: datetime) -> None:
        """What any department is sent; each fact counts once."""
        self.rollout.hear(department, message, now)
        if isinstance(message, CaseNotice):
            proposed = message.stage == TypicalCaseProposed.type and message.state == "proposed"
            if proposed and message.type_code == texts.TYPE_CODE and self.case_id is None:
                self.case_id, self.lead = message.case_id, message.lead
                self._diary.plan(now, self._choose)
        elif isinstance(message, ProjectNotice) and (message.project_id, message.state) == (self.pilot, "accepted"):
            if not self._accepted:
                self._diary.plan(now, self._draft)
            self._accepted = True

    def _choose(self, now: datetime) -> None:
        """Chosen with its evidence; then the root causes, each with complaints that show it and a countermeasure."""
        sheet = self._sheet()
        self.lead = sheet["case"]["lead"]
        self._step("choice", "proposed", criteria=texts.CRITERIA)
        tickets = [ticket["ticket_id"] for ticket in sheet["tickets"]]
        for number, cause in enumerate(texts.CAUSES):
            unit = cause.unit or self.lead
            body = {
                "kind": cause.kind,
                "finding": cause.finding,
                "tickets": tickets[number :: len(texts.CAUSES)][:3],
                "measures": [
                    {"unit": unit, "task": cause.task, "due": (now + timedelta(days=cause.due)).date().isoformat()}
                ],
            }
            lead = self._interfaces.as_role(f"department:{self.lead}")
            lead.step("projects", self._at, "causes", body, wanted=partial(_has_causes, number))
            self._diary.plan(now + timedelta(days=cause.done), partial(self._do_measure, number))
        self._step("analysis", "chosen")
        self._diary.plan(now + PILOT_AFTER, self._try)
        self.supervision.begin(sheet, now)

    def _do_measure(self, number: int, _: datetime) -> None:
        (measure,) = self._hub.get("projects", self._at)["causes"][number]["measures"]
        act = f"measures/{measure['id']}/completion"
        person = self._interfaces.as_role(f"department:{measure['unit']}")
        person.step("projects", self._at, act, {}, wanted=lambda seen: _open(seen, measure["id"]))

    def _try(self, now: datetime) -> None:
        """The pilot is the project that one of the hot issues led to."""
        issues = self._hub.get("projects", self._at)["hot_issues"]
        projects = (self._hub.get("projects", f"/hot-issues/{one}")["project_id"] for one in issues)
        self.pilot = next(one for one in projects if one)
        self._hub.step(
            "projects", self._at, "pilot", {"project_id": self.pilot}, wanted=lambda seen: seen["state"] == "analysed"
        )

    def _draft(self, now: datetime) -> None:
        """The pilot is accepted: the Measures are drafted, and whoever must be heard says something."""
        form = hashlib.sha256(texts.TITLE.encode()).hexdigest()
        content = {
            "text": texts.TITLE,
            "clauses": [{"id": code, "text": text} for code, text in texts.CLAUSES.items()],
            "elements": [texts.MENU_ROW["element"], "E17"],
            "menu": [texts.MENU_ROW],
            "templates": [{"title": "车棚管理公示表", "sha256": form}],
        }
        draft = {
            "title": texts.TITLE,
            "lead": "housing",
            "type_codes": [texts.TYPE_CODE, "MJ04"],
            "case_id": self.case_id,
            "content": content,
        }
        self.standard_id = str(self._hub.post("projects", "/standards", draft)["standard_id"])
        bureau, at = self._interfaces.as_role("department:housing"), f"/standards/{self.standard_id}/opinions"
        for role, clause, words, adopted, why in texts.OPINIONS:
            said = {"id": own_id("opinion", role), "role": role, "clause": clause, "words": words}
            heard = bureau.post("projects", at, said)
            if heard["adopted"] is None:
                answer = {"version": heard["version"], "adopted": adopted, "why": why}
                bureau.post("projects", f"{at}/{heard['opinion_id']}/answer", answer)
        self._diary.plan(now + CONSULTED, self._issue)

    def _issue(self, now: datetime) -> None:
        bureau, at = self._interfaces.as_role("department:housing"), f"/standards/{self.standard_id}"
        bureau.step("projects", at, "consultation", {}, wanted=lambda seen: seen["state"] == "draft")
        adopt_by = (now + ADOPT_WITHIN).date()
        days = {"effective_from": now.date().isoformat(), "adopt_by": adopt_by.isoformat()}
        bureau.step("projects", at, "issue", days, wanted=lambda seen: seen["state"] == "consulted")
        assert self.standard_id
        self.rollout.begin(self.standard_id, self._hub.get("projects", self._at)["sub_districts"], now, adopt_by)
        for after in KEPT_AFTER:
            self._diary.plan(now + after, self._keep)
        self.supervision.issued(now)

    def _keep(self, now: datetime) -> None:
        bureau = self._interfaces.as_role("department:housing")
        bureau.step("projects", f"/standards/{self.standard_id}", "keeping", {}, wanted=lambda _: False)

    def _close(self, now: datetime) -> None:
        self._step("closing", "pilot")

    def _step(self, step: str, state: str, **body: Any) -> None:
        """By who leads it, while it is in this state."""
        person = self._interfaces.as_role(f"department:{self.lead}")
        person.step("projects", self._at, step, body, wanted=lambda seen: seen["state"] == state)

    def _sheet(self) -> dict[str, Any]:
        sheet: dict[str, Any] = self._hub.get("projects", f"{self._at}/sheet")
        return sheet

    @property
    def _at(self) -> str:
        return f"/cases/{self.case_id}"


def own_id(*parts: str) -> str:
    """The same in every play."""
    return str(uuid5(NAMESPACE_URL, "|".join(("the rule on sheds", *parts))))


def _has_causes(number: int, case: dict[str, Any]) -> bool:
    return len(case["causes"]) == number


def _open(case: dict[str, Any], measure: str) -> bool:
    return any(one["id"] == measure and not one["done_on"] for cause in case["causes"] for one in cause["measures"])
