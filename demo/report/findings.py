"""The data of the report, read from the services with the rights of the hub."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from demo.clockwork import BEGIN
from demo.interfaces import Person


@dataclass(frozen=True, slots=True)
class Findings:
    """`hot_issues` with members and history, earliest first; `projects` with history, by id.

    `follow_ups` counts each issue's callers by stage; `voices` holds what the first callers said, by ticket.
    """

    begin: datetime
    end: datetime
    hot_issues: list[dict[str, Any]]
    projects: dict[str, dict[str, Any]]
    months: list[dict[str, Any]]
    quarters: list[dict[str, Any]]
    indicators: dict[str, Any]
    tickets: dict[str, int]
    follow_ups: Mapping[str, Counter[str]]
    voices: dict[str, str]


VOICES = 4


def collect(hub: Person, begin: datetime, end: datetime) -> Findings:
    issues = [_detail(hub, "hot-issues", one["hot_issue_id"]) for one in hub.pages("projects", "/hot-issues")]
    projects = [_detail(hub, "projects", one["project_id"]) for one in hub.pages("projects", "/projects")]
    kpi = hub.get("projects", "/kpi", **{"from": BEGIN.isoformat(), "to": end.date().isoformat()})
    issues.sort(key=lambda issue: str(issue["first_at"]))
    return Findings(
        begin=begin,
        end=end,
        hot_issues=issues,
        projects={one["project_id"]: one for one in projects},
        months=kpi["months"],
        quarters=kpi["quarters"],
        indicators=hub.get("intake", "/indicators"),
        tickets=hub.get("intake", "/tickets/summary"),
        follow_ups=_follow_ups(hub),
        voices=_voices(hub, issues),
    )


def _detail(hub: Person, kind: str, identity: str) -> dict[str, Any]:
    detail: dict[str, Any] = hub.get("projects", f"/{kind}/{identity}")
    return detail


def _follow_ups(hub: Person) -> Mapping[str, Counter[str]]:
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for one in hub.pages("intake", "/follow-ups"):
        counted[one["hot_issue_id"]][one["stage"]] += 1
    return counted


def _voices(hub: Person, issues: list[dict[str, Any]]) -> dict[str, str]:
    """What the first callers of each issue said, as redacted by intake, by ticket."""
    first = [
        member["ticket_id"]
        for issue in issues
        for member in sorted(issue["members"], key=lambda one: str(one["occurred_at"]))[:VOICES]
    ]
    return {ticket: hub.get("intake", f"/tickets/{ticket}")["text"] for ticket in first}
