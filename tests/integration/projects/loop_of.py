"""People who use projects' routes, and the time that passes between what they do."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi.testclient import TestClient

from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop
from services.chassis.messaging.timers import TimerLoop
from services.chassis.web.health import Health
from tests.harness.works import prepare
from tests.integration.applications import As, clients_of
from tests.integration.projects.wired import REACHED, served, wired

STEPS: Sequence[dict[str, Any]] = (
    {"to": "consulted"},
    {"to": "listed"},
    {"to": "approved"},
    {"to": "designed"},
    {"to": "scheme_public"},
    {"to": "scheme_confirmed", "note": "同意率96%"},
    {"to": "tendered"},
    {"to": "contracted"},
    {"to": "started", "floor_area_m2": 8000, "planned_end": "2027-05-01"},
    {"to": "building"},
    {"to": "accepted"},
    {"to": "audited"},
    {"to": "handed_over"},
    {"to": "warranty"},
    {"to": "verified"},
)


class District:
    """`as_("hub")` is a client; `hub` holds that role."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.as_: As = clients_of(served(workshop))
        self.hub: TestClient = self.as_("hub")
        self._timers = TimerLoop(workshop, wired(workshop).timers, [], Health(), threading.Event())

    def until(self, moment: datetime) -> None:
        """Business time passes; what is due fires."""
        assert isinstance(self.workshop.clock, FixedClock)
        self.workshop.clock.advance(moment - self.workshop.clock.now())
        while self._timers.fire_next(moment):
            pass

    def issue(self, issue_id: str) -> dict[str, Any]:
        answer = self.hub.get(f"/hot-issues/{issue_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def decide(self, issue_id: str, **body: Any) -> dict[str, Any]:
        return REACHED.reach(self.workshop, ("decided", issue_id, repr(body)), lambda: self._decide(issue_id, body))

    def _decide(self, issue_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        body = {"version": self.issue(issue_id)["version"], "reason": "as discussed on site", **body}
        answer = self.hub.post(f"/hot-issues/{issue_id}/decision", json=body)
        assert answer.status_code == 200, answer.text
        decided: dict[str, Any] = answer.json()
        return decided

    def cure_done(self, issue_id: str) -> dict[str, Any]:
        body = {"version": self.issue(issue_id)["version"]}
        answer = self.hub.post(f"/hot-issues/{issue_id}/cure-done", json=body)
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    def project(self, project_id: str) -> dict[str, Any]:
        answer = self.hub.get(f"/projects/{project_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def advance(self, project_id: str, until: str) -> dict[str, Any]:
        """Takes the steps that lead to `until`, with the works that they ask for."""
        return REACHED.reach(self.workshop, ("advanced", project_id, until), lambda: self._advance(project_id, until))

    def _advance(self, project_id: str, until: str) -> dict[str, Any]:
        project = self.project(project_id)
        states = ["need", *(step["to"] for step in STEPS)]
        for step in STEPS[states.index(project["state"]) : states.index(until)]:
            prepare(self.hub, project_id, step["to"], self.workshop.clock.now())
            answer = self.hub.post(f"/projects/{project_id}/steps", json={"version": project["version"], **step})
            assert answer.status_code == 200, answer.text
            project = answer.json()
        return project
