"""Puts facts into words, in Chinese and English, for the API and the events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from services.chassis.pages.look import SHARED
from services.chassis.pages.speech import Language, Speech, read_words
from services.contracts.taxonomy import taxonomy
from services.projects.domain.causes import Cause, Why, judged_by
from services.projects.domain.hot_issue import HotIssue, IssueState
from services.projects.domain.months import ZONE
from services.projects.domain.works.repair_project import RepairProject
from services.projects.http.verdict_words import VERDICTS

WORDS = Path(__file__).parents[1] / "pages" / "words.yaml"


class Wording:
    """Implements the port IssueWords."""

    def __init__(self) -> None:
        words = read_words([SHARED / "words.yaml", WORDS])
        self._zh, self._en = Speech(Language.ZH, words), Speech(Language.EN, words)

    def titled(self, issue: HotIssue) -> dict[str, str]:
        """As 「凉城路1201弄 屋面渗漏水：30天内5人反映」, and when and by how many callers it was reported."""
        title, summary = _titled(self._zh, issue)
        title_en, summary_en = _titled(self._en, issue)
        return {"title": title, "title_en": title_en, "summary": summary, "summary_en": summary_en}

    def verdict(self, issue: HotIssue) -> str | None:
        if issue.judged:
            return self._both(judged_by(issue.judged))
        if issue.effect:
            return self._both(Cause(Why.MONTHS_COMPARED, issue.effect.model_dump(mode="json")))
        return issue.verdict

    def detail(self, cause: Cause | None, note: str | None) -> str | None:
        if cause and cause.why in VERDICTS:
            return self._both(cause)
        why = self._en(f"why.{cause.why}", **cause.values) if cause else None
        return joined_words(self._en, why, note)

    def _both(self, cause: Cause) -> str:
        return f"{cause_in_words(self._zh, cause, None)}{cause_in_words(self._en, cause, None)}"

    def project_title(self, project: RepairProject) -> str:
        """In Chinese."""
        return self._zh("project_title", place=project.place.estate_name or project.place.estate)

    def joined(self, hot_issue_id: str) -> str:
        """That a hot issue joined a project, in English."""
        return self._en("joined_project", issue=hot_issue_id)


def cause_in_words(say: Speech, cause: Cause | None, note: str | None) -> str | None:
    """Why a step was taken, and the note of who took it. Codes are replaced by names."""
    if cause and cause.why in VERDICTS:
        return VERDICTS[cause.why](say, cause.values)
    if cause is None:
        return note
    names: Mapping[str, Callable[[str], str]] = {
        "lead": say.department,
        "decision": lambda code: say(f"kind.{code}"),
        "was": lambda moment: say.limit(datetime.fromisoformat(moment)),
        "decide_by": lambda moment: say.limit(datetime.fromisoformat(moment)),
    }
    values = {name: names[name](value) if name in names else value for name, value in cause.values.items()}
    return joined_words(say, say(f"why.{cause.why}", **values), note)


def joined_words(say: Speech, why: str | None, note: str | None) -> str | None:
    return say("why_and_note", why=why, note=note) if why and note else why or note


def _titled(say: Speech, issue: HotIssue) -> tuple[str, str]:
    kind = taxonomy().types.get(issue.cell.type_code)
    first, last = (moment.astimezone(ZONE).date() for moment in (issue.first_at, issue.last_at))
    named = {
        "place": issue.place.estate_name or issue.cell.estate,
        "kind": say.kind(issue.cell.type_code) if kind else issue.cell.type_code,
    }
    title = say("issue_title", **named, days=issue.window_days, callers=issue.window_callers)
    summary = say(
        "issue_summary",
        **named,
        first=first,
        last=last,
        callers=issue.callers,
        calls=issue.calls,
        found=say(f"found.{issue.level}"),
        standing=say("summary_withdrawn") if issue.state is IssueState.WITHDRAWN else "",
    )
    return title, summary
