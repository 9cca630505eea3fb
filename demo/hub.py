"""The district's operation centre: decides on hot issues, calls residents back, and asks again after the works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from demo.diary import Diary
from demo.district import District
from demo.interfaces import Interfaces
from demo.residents import Residents
from demo.scene import Scenes
from demo.story import Cure
from demo.world import Condition, Fault, World
from services.contracts.department_events import HotIssueNotice
from services.contracts.event import Event
from services.contracts.hot_issue_events import HotIssueConfirmed, HotIssueReopened, HotIssueVerified, HotIssueWithdrawn
from services.contracts.taxonomy import taxonomy

NO_COMMON_CAUSE = "现场核实无共同原因，逐件办理。"
SOLVED_SHARE = 0.88
CONTENT = ("very satisfied", "satisfied", "satisfied", "basically satisfied")
DISCONTENT = ("basically satisfied", "dissatisfied", "dissatisfied", "very dissatisfied")
NOT_SOLVED_ALL_THE_SAME = 0.03
UNDECIDED = frozenset({"confirmed", "assigned", "reopened"})
TO_DECIDE = frozenset({HotIssueConfirmed.type, HotIssueReopened.type})


class Hub:
    """Plays the people of the hub. What callers answer, and what is found on site, is the truth of the world.

    `faults` maps each hot issue to the fault behind it, as found on site. The callers of `self_answering` tickets are
    not asked after the works: they answer a message.
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
        self._district = district
        self._world = world
        self._residents = residents
        self._diary = diary
        self._scenes = scenes
        self._undecided: dict[str, HotIssueNotice] = {}
        self._verified: list[str] = []
        self._in_review: list[dict[str, Any]] = []
        self._settled: list[dict[str, Any]] = []
        self._asked: list[dict[str, Any]] = []
        self.faults: dict[str, Fault] = {}
        self.self_answering: set[str] = set()

    def look(self) -> None:
        """Looks at the work of this step, before anybody acts: what is new by then is the next one's."""
        lists: list[Callable[[], list[dict[str, Any]]]] = [
            lambda: self._ordinary("in review"),
            lambda: self._ordinary("settled"),
            lambda: list(self._self.pages("intake", "/follow-ups", stage="asked")),
        ]
        self._in_review, self._settled, self._asked = self._interfaces.all_at_once(lambda one: one(), lists)

    def hear(self, message: Event) -> None:
        if not isinstance(message, HotIssueNotice):
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
        for hot_issue in sorted(self._undecided):
            self._decide(hot_issue, now)
        self._undecided.clear()
        for hot_issue in sorted(self._verified):
            self._close_project(hot_issue)
        self._verified.clear()
        self._visit_callers()

    def _decide(self, hot_issue: str, now: datetime) -> None:
        fault = self.faults.get(hot_issue)
        body: dict[str, Any] = {"kind": "explain", "reason": NO_COMMON_CAUSE}
        if fault is not None:
            cure = fault.cure
            body |= {"kind": cure.kind, "reason": cure.reason}
            if cure.kind == "project":
                body["project"] = _plan(fault, cure, now)
        self._self.step(
            "projects", f"/hot-issues/{hot_issue}", "decision", body, wanted=lambda seen: seen["state"] in UNDECIDED
        )
        if fault is None:
            return
        if cure.kind == "explain":
            self._world.finish(fault)
        elif cure.kind in ("service", "rule"):
            done = now + timedelta(days=cure.preparation_days)
            self._diary.plan(done, lambda _: self._report_done(hot_issue, fault))

    def _report_done(self, hot_issue: str, fault: Fault) -> None:
        self._self.step(
            "projects",
            f"/hot-issues/{hot_issue}",
            "cure-done",
            {"note": "已按要求落实，转入观察。"},
            wanted=lambda seen: seen["state"] == "in cure",
        )
        self._world.finish(fault)

    def _close_project(self, hot_issue: str) -> None:
        """Closes the project, if there was one, once the cure of its problem is proven."""
        project = self._self.get("projects", f"/hot-issues/{hot_issue}")["project_id"]
        if project:
            self._self.step(
                "projects",
                f"/projects/{project}",
                "steps",
                {"to": "verified"},
                wanted=lambda seen: "verified" in seen["may_become"],
            )

    def dispatch_by_hand(self) -> None:
        """Dispatches the tickets in review; the hub itself leads those without a place."""
        for ticket in self._in_review:
            call = self._residents.calls.get(ticket["ticket_id"])
            type_code = call.type_code if call else ticket["type_code"]
            body = {"type_code": type_code, "reason": "人工判读。"}
            if taxonomy().types[type_code].lead_at((ticket["place"] or {}).get("sub_district")) is None:
                body["lead"] = self.department
            self._take(ticket, "dispatch", body)

    def _visit_callers(self) -> None:
        """Calls back everybody whose ticket was settled."""
        visits = [(one, self._caller_says(one)) for one in self._settled]
        self._interfaces.all_at_once(lambda visit: self._take(visit[0], "visit", visit[1]), visits)

    def _take(self, ticket: dict[str, Any], step: str, body: dict[str, Any]) -> None:
        """Takes a step with a ticket as listed, unless it has left that state meanwhile."""
        self._self.step(
            "intake",
            f"/tickets/{ticket['ticket_id']}",
            step,
            body,
            version=ticket["version"],
            wanted=lambda seen: seen["state"] == ticket["state"],
        )

    def _ordinary(self, state: str) -> list[dict[str, Any]]:
        """The tickets in a state, except those of a scene."""
        found = self._self.pages("intake", "/tickets", state=state)
        return [one for one in found if one["ticket_id"] not in self._scenes.tickets]

    def _caller_says(self, ticket: dict[str, Any]) -> dict[str, Any]:
        call = self._residents.calls.get(ticket["ticket_id"])
        fault = call and call.estate and self._world.fault_of(call.estate, call.type_code)
        cured = not fault or fault.condition is Condition.CURED
        name = self._residents.name_of(ticket["ticket_id"], ticket["continues"])
        dice = self._district.dice(f"visit/{name}")
        solved = cured and dice.random() < SOLVED_SHARE
        grade = dice.choice(CONTENT if solved else DISCONTENT)
        return {"caller_solved": solved, "satisfaction": grade}

    def ask_again(self) -> None:
        """Asks the callers whose follow-up is due, 90 days after the works: is it really solved?"""
        asked = (one for one in self._asked if one["ticket_id"] not in self.self_answering)
        answers = [(one, self._answer(one)) for one in asked]
        self._interfaces.all_at_once(lambda answer: self._record(*answer), answers)

    def _record(self, follow_up: dict[str, Any], answer: dict[str, Any]) -> None:
        self._self.step(
            "intake",
            f"/follow-ups/{follow_up['follow_up_id']}",
            "answer",
            answer,
            version=follow_up["version"],
            wanted=lambda seen: seen["stage"] == "asked",
        )

    def _answer(self, follow_up: dict[str, Any]) -> dict[str, Any]:
        fault = self.faults.get(follow_up["hot_issue_id"])
        cured = fault is None or fault.condition is Condition.CURED
        name = self._residents.name_of(follow_up["ticket_id"], None)
        dice = self._district.dice(f"follow-up/{follow_up['hot_issue_id']}/{follow_up['round']}/{name}")
        solved = cured and dice.random() >= NOT_SOLVED_ALL_THE_SAME
        return {"solved": solved}


def _plan(fault: Fault, cure: Cure, now: datetime) -> dict[str, Any]:
    start = now.date() + timedelta(days=cure.preparation_days)
    return {
        "floor_area_m2": fault.estate.floor_area_m2,
        "elements": list(cure.elements),
        "planned_start": start.isoformat(),
        "planned_end": (start + timedelta(days=cure.works_days)).isoformat(),
    }
