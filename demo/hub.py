"""The district's operation centre: decides on hot issues, asks callers back, and asks again after the works."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from demo.diary import Diary
from demo.district import District
from demo.interfaces import Interfaces
from demo.residents import Residents
from demo.scene import Scenes
from demo.story import Cure
from demo.world import Condition, Fault, World
from services.contracts.department_events import HotIssueTold
from services.contracts.event import Event
from services.contracts.hot_issue_events import HotIssueConfirmed, HotIssueReopened, HotIssueVerified, HotIssueWithdrawn
from services.contracts.taxonomy import taxonomy

NO_COMMON_CAUSE = "现场核实无共同原因，逐件办理。"
SOLVED_SHARE = 0.88
CONTENT = ("very satisfied", "satisfied", "satisfied", "basically satisfied")
DISCONTENT = ("basically satisfied", "dissatisfied", "dissatisfied", "very dissatisfied")
NOT_SOLVED_ALL_THE_SAME = 0.03
TO_DECIDE = frozenset({HotIssueConfirmed.type, HotIssueReopened.type})


class Hub:
    """Plays the hub's people. What callers answer, and what is found on site, is what is true in the world.

    `faults` is the fault behind each hot issue, as found on site.
    """

    department = "urban-operation"

    def __init__(
        self,
        interfaces: Interfaces,
        district: District,
        world: World,
        residents: Residents,
        diary: Diary,
        scenes: Scenes,
    ) -> None:
        self._interfaces = interfaces
        self._self = interfaces.as_role("hub")
        self._dice = district.dice("hub")
        self._world = world
        self._residents = residents
        self._diary = diary
        self._scenes = scenes
        self._undecided: dict[str, HotIssueTold] = {}
        self._verified: list[str] = []
        self.faults: dict[str, Fault] = {}

    def hear(self, message: Event) -> None:
        if not isinstance(message, HotIssueTold):
            return
        fault = self._world.fault_of(message.place.estate, message.type_code)
        if fault is not None:
            self.faults[message.hot_issue_id] = fault
        if message.stage in TO_DECIDE:
            self._undecided[message.hot_issue_id] = message
        elif message.stage == HotIssueWithdrawn.type:
            self._undecided.pop(message.hot_issue_id, None)
        elif message.stage == HotIssueVerified.type:
            self._verified.append(message.hot_issue_id)

    def act(self, now: datetime) -> None:
        for hot_issue in list(self._undecided):
            self._decide(hot_issue, now)
        self._undecided.clear()
        for hot_issue in self._verified:
            self._close_project(hot_issue)
        self._verified.clear()
        self._dispatch_by_hand()
        self._visit_callers()
        self._ask_again()

    def _decide(self, hot_issue: str, now: datetime) -> None:
        fault = self.faults.get(hot_issue)
        version = self._self.get("projects", f"/hot-issues/{hot_issue}")["version"]
        body: dict[str, Any] = {"version": version, "kind": "explain", "reason": NO_COMMON_CAUSE}
        if fault is not None:
            cure = fault.cure
            body |= {"kind": cure.kind, "reason": cure.reason}
            if cure.kind == "project":
                body["project"] = _plan(fault, cure, now)
        self._self.post("projects", f"/hot-issues/{hot_issue}/decision", body)
        if fault is None:
            return
        if cure.kind == "explain":
            self._world.finish(fault)
        elif cure.kind in ("service", "rule"):
            done = now + timedelta(days=cure.preparation_days)
            self._diary.plan(done, lambda _: self._tell_done(hot_issue, fault))

    def _tell_done(self, hot_issue: str, fault: Fault) -> None:
        version = self._self.get("projects", f"/hot-issues/{hot_issue}")["version"]
        body = {"version": version, "note": "已按要求落实，转入观察。"}
        self._self.post("projects", f"/hot-issues/{hot_issue}/cure-done", body)
        self._world.finish(fault)

    def _close_project(self, hot_issue: str) -> None:
        """The proof that its problem is cured ends a project, if it was cured by one."""
        project = self._self.get("projects", f"/hot-issues/{hot_issue}")["project_id"]
        if project:
            version = self._self.get("projects", f"/projects/{project}")["version"]
            self._self.post("projects", f"/projects/{project}/steps", {"version": version, "to": "verified"})

    def _dispatch_by_hand(self) -> None:
        """Reads what the machine was in doubt about; where nobody said where it is, the hub asks and leads itself."""
        for ticket in self._of_nobody("in review"):
            call = self._residents.calls.get(ticket["ticket_id"])
            type_code = call.type_code if call else ticket["type_code"]
            body = {"version": ticket["version"], "type_code": type_code, "reason": "人工判读。"}
            if taxonomy().types[type_code].lead_at((ticket["place"] or {}).get("sub_district")) is None:
                body["lead"] = self.department
            self._self.post("intake", f"/tickets/{ticket['ticket_id']}/dispatch", body)

    def _visit_callers(self) -> None:
        """Asks everybody whose ticket was settled since the last step."""
        visits = [(one, self._caller_says(one)) for one in self._of_nobody("settled")]
        self._interfaces.all_at_once(
            lambda visit: self._self.post("intake", f"/tickets/{visit[0]['ticket_id']}/visit", visit[1]), visits
        )

    def _of_nobody(self, state: str) -> list[dict[str, Any]]:
        """The tickets in a state, but for those of a scene."""
        found = self._self.pages("intake", "/tickets", state=state)
        return [one for one in found if one["ticket_id"] not in self._scenes.tickets]

    def _caller_says(self, ticket: dict[str, Any]) -> dict[str, Any]:
        call = self._residents.calls.get(ticket["ticket_id"])
        fault = call and call.estate and self._world.fault_of(call.estate, call.type_code)
        cured = not fault or fault.condition is Condition.CURED
        solved = cured and self._dice.random() < SOLVED_SHARE
        grade = self._dice.choice(CONTENT if solved else DISCONTENT)
        return {"version": ticket["version"], "caller_solved": solved, "satisfaction": grade}

    def _ask_again(self) -> None:
        """The follow-ups that have come due, 90 days after the works: is it really solved?"""
        answers = [(one, self._answer(one)) for one in self._self.pages("intake", "/follow-ups", stage="asked")]
        self._interfaces.all_at_once(
            lambda said: self._self.post("intake", f"/follow-ups/{said[0]['follow_up_id']}/answer", said[1]), answers
        )

    def _answer(self, follow_up: dict[str, Any]) -> dict[str, Any]:
        fault = self.faults.get(follow_up["hot_issue_id"])
        cured = fault is None or fault.condition is Condition.CURED
        solved = cured and self._dice.random() >= NOT_SOLVED_ALL_THE_SAME
        return {"version": follow_up["version"], "solved": solved}


def _plan(fault: Fault, cure: Cure, now: datetime) -> dict[str, Any]:
    start = now.date() + timedelta(days=cure.preparation_days)
    return {
        "floor_area_m2": fault.estate.floor_area_m2,
        "elements": list(cure.elements),
        "planned_start": start.isoformat(),
        "planned_end": (start + timedelta(days=cure.works_days)).isoformat(),
    }
