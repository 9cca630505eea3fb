"""Hot issues and repair projects as the API shows them: the facts of their events, and words beside them."""

from __future__ import annotations

from typing import Any

from services.chassis.database.work import Work
from services.contracts.taxonomy import taxonomy
from services.projects.app.measure_heat import MeasureHeat
from services.projects.app.publishing import issue_facts
from services.projects.app.repair import project_facts
from services.projects.domain.hot_issue import HotIssue, HotIssueEntry
from services.projects.domain.works.repair_project import ProjectEntry, RepairProject
from services.projects.http.wording import Wording
from services.projects.store.hot_issue_views import IssueInFull


def issue_shown(issue: HotIssue, words: Wording) -> dict[str, Any]:
    """What the issue's events carry, and what helps a person to judge it."""
    kind = taxonomy().types.get(issue.cell.type_code)
    return {
        **issue_facts(issue, words),
        "place": issue.place.model_dump(exclude={"building"}),
        "area": issue.cell.type_code[:2],
        "type_cn": kind and kind.name_cn,
        "type_en": kind and kind.name_en,
    }


def issue_in_full_shown(work: Work, found: IssueInFull, heat: MeasureHeat, words: Wording) -> dict[str, Any]:
    """With its heat as of now, its members and its history."""
    tally = heat.issues.tally(work, found.issue)
    return {
        **issue_shown(found.issue, words),
        "heat": heat(work, found.issue, tally).model_dump() if tally else None,
        "members": [dict(member) for member in found.members],
        "history": [_issue_line(line, words) for line in found.history],
    }


def project_shown(project: RepairProject, words: Wording) -> dict[str, Any]:
    """What the project's events carry, and what helps a person to take the next step."""
    return {
        **project_facts(project),
        "place": project.place.model_dump(),
        "estates": [one.model_dump() for one in project.estates or (project.place,)],
        "title": words.project_title(project),
        "may_become": sorted(project.may_become()),
    }


def project_in_full_shown(project: RepairProject, history: list[ProjectEntry], words: Wording) -> dict[str, Any]:
    return {**project_shown(project, words), "history": [_project_line(line, words) for line in history]}


def _issue_line(line: HotIssueEntry, words: Wording) -> dict[str, Any]:
    return {
        "version": line.version,
        "at": line.at,
        "state": line.state,
        "actor": line.actor,
        "detail": words.detail(line.cause, line.note),
        "cause": line.cause and line.cause.why,
        "cause_values": line.cause and line.cause.values,
        "note": line.note,
    }


def _project_line(line: ProjectEntry, words: Wording) -> dict[str, Any]:
    return {
        "version": line.version,
        "at": line.at,
        "from_state": line.from_state,
        "state": line.state,
        "actor": line.actor,
        "note": words.joined(line.joined) if line.joined else line.note,
        "joined": line.joined,
        "reverses": line.reverses,
        "responsible": line.responsible,
        "review_on": line.review_on,
    }
