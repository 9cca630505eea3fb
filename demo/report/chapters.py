"""The report's chapters on hot issues: one shown in full, and the table of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Any

from demo.calls import Call
from demo.report.findings import Findings
from demo.report.issue_charts import before_and_after, calls_of
from demo.report.scale import day_of
from demo.report.stages import STATES, Issue, Phase, Stage, phases, stages
from services.contracts.districts import sub_districts

DECISIONS = {
    "project": ("立项修缮", "repair project"),
    "service": ("加强服务", "service"),
    "rule": ("立规矩", "new rule"),
    "explain": ("公开说明", "public explanation"),
    "merge": ("并案", "merged"),
}
NONE = "–"
ASKED_AFTER = timedelta(days=90)
"""Counted from the acceptance of the works (docs/domain.md §10.4)."""


def title(issue: Issue) -> tuple[str, str]:
    """The label of its line in the chart: estate and type, below it the sub-district and the type in English."""
    place, _ = where(issue)
    return f"{place} · {issue['type_cn']}", f"{where(issue)[1]} · {issue['type_en']}"


def where(issue: Issue) -> tuple[str, str]:
    place = issue["place"]
    office = sub_districts().get(place["sub_district"])
    return place["estate_name"] or place["estate"], office.name_en if office else ""


def rows(findings: Findings) -> list[dict[str, Any]]:
    return [_row(issue, findings.end.date()) for issue in findings.hot_issues]


def _row(issue: Issue, end: date) -> dict[str, Any]:
    spent = phases(issue, end)
    office = sub_districts().get(issue["place"]["sub_district"])
    return {
        "number": issue["number"],
        "estate": where(issue)[0],
        "office_cn": office.name_cn if office else "",
        "office_en": office.name_en if office else "",
        "cn": issue["type_cn"],
        "en": issue["type_en"],
        "calls": issue["calls"],
        "callers": issue["callers"],
        "first": day_of(issue["first_at"]),
        "found": _after(spent, "confirmed"),
        "decided": _after(spent, "decided", "in cure", "explained"),
        "cured": _latest(spent, "observing"),
        "decision": DECISIONS.get(issue["decision"] or "", (NONE, "")),
        "effect": NONE if issue["before"] is None else f"{issue['before']} → {issue['after']}",
        "state": STATES[issue["state"]][0],
        "css": issue["state"].replace(" ", "-"),
        "reopened": times_reopened(issue),
    }


def days_to_proof(findings: Findings) -> int | None:
    """The median time from the first call to the proof of the cure; None without a proven cure."""
    end = findings.end.date()
    proven = [phases(one, end) for one in findings.hot_issues if one["state"] == "verified"]
    return round(median((spent[-1].begin - spent[0].begin).days for spent in proven)) if proven else None


def times_reopened(issue: Issue) -> int:
    return sum(phase.state == "reopened" for phase in phases(issue, date.max))


def _after(spent: Sequence[Phase], *states: str) -> str:
    """Days from the first call to the first of `states`."""
    return next((f"{(phase.begin - spent[0].begin).days} 天" for phase in spent if phase.state in states), NONE)


def _latest(spent: Sequence[Phase], state: str) -> str:
    return next((f"{(one.begin - spent[0].begin).days} 天" for one in reversed(spent) if one.state == state), NONE)


def chosen(findings: Findings) -> Issue | None:
    """The issue shown in full: among those cured by a project (if any), the one with the most callers."""
    issues = findings.hot_issues
    proven = [one for one in issues if one["state"] == "verified" and one["project_id"] and not times_reopened(one)]
    return max(proven or issues, key=lambda one: int(one["callers"]), default=None)


def story(issue: Issue, findings: Findings, calls: Sequence[Call]) -> dict[str, Any]:
    end = findings.end.date()
    spent, place = phases(issue, end), where(issue)
    project = findings.projects.get(issue["project_id"] or "")
    marks = sorted([*stages(issue, project), *_asked(issue, spent, findings)], key=lambda mark: mark.day)
    first, previous, table = marks[0].day, marks[0].day, []
    for mark in marks:
        table.append(
            {
                "day": mark.day,
                "since": (mark.day - previous).days or "",
                "total": (mark.day - first).days,
                "cn": mark.cn,
                "en": mark.en,
                "note": mark.note,
            }
        )
        previous = mark.day
    members = {str(member["ticket_id"]): member for member in issue["members"]}
    return {
        "title": title(issue)[0],
        "title_en": issue["type_en"],
        "place_en": place[1],
        "place": place[0],
        "issue": issue,
        "lasted": _lasted(issue, spent),
        "voices": [
            (day_of(str(members[ticket]["occurred_at"])), words)
            for ticket, words in findings.voices.items()
            if ticket in members
        ],
        "chart": calls_of(issue, _by_month(issue, calls), findings.begin.date(), end),
        "stages": table,
        "comparison": before_and_after(issue) if issue["before"] is not None else None,
        "verdict": issue["verdict"],
    }


def _asked(issue: Issue, spent: Sequence[Phase], findings: Findings) -> list[Stage]:
    """When its callers were asked after the works, and what they answered."""
    said = findings.follow_ups[issue["hot_issue_id"]]
    accepted = [phase.begin for phase in spent if phase.state == "observing"]
    if not accepted or not said["solved"] + said["not solved"]:
        return []
    note = f"真正解决 solved: {said['solved']} · 未解决 not solved: {said['not solved']}"
    return [Stage(accepted[-1] + ASKED_AFTER, "逐一再问来电人", "Every caller is called back", note)]


def _lasted(issue: Issue, spent: Sequence[Phase]) -> dict[str, Any]:
    """Days in each stage; `total` up to the verdict, or up to today."""
    days = {state.replace(" ", "_"): sum(one.days for one in spent if one.state == state) for state in STATES}
    return {
        **days,
        "decision": days["confirmed"] + days["reopened"],
        "total": sum(one.days for one in spent if one.state not in ("verified", "not shown")),
        "state_cn": STATES[issue["state"]][0],
        "state_en": STATES[issue["state"]][1],
    }


def _by_month(issue: Issue, calls: Sequence[Call]) -> Mapping[str, int]:
    cell = issue["place"]["estate"], issue["type_code"]
    months: dict[str, int] = {}
    for one in calls:
        if (one.estate, one.type_code) == cell:
            month = f"{one.at:%Y-%m}"
            months[month] = months.get(month, 0) + 1
    return months
