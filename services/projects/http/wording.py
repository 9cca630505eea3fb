"""Puts facts into words, in Chinese and English, for the API and the events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from services.chassis.pages.look import SHARED
from services.chassis.pages.speech import Language, Speech, read_words
from services.contracts.hot_issue_events import Effect, EffectFinding
from services.contracts.taxonomy import taxonomy
from services.projects.domain.causes import Cause, Why
from services.projects.domain.hot_issue import HotIssue, IssueState
from services.projects.domain.months import ZONE, Month
from services.projects.domain.repair_project import RepairProject

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

    def verdict(self, effect: Effect) -> str:
        return f"{effect_in_words(self._zh, effect)}{effect_in_words(self._en, effect)}"

    def detail(self, cause: Cause | None, note: str | None) -> str | None:
        if cause and cause.why is Why.MONTHS_COMPARED:
            return self.verdict(Effect.model_validate(cause.values))
        why = self._en(f"why.{cause.why}", **cause.values) if cause else None
        return joined_words(self._en, why, note)

    def project_title(self, project: RepairProject) -> str:
        """In Chinese."""
        return self._zh("project_title", place=project.place.estate_name or project.place.estate)

    def joined(self, hot_issue_id: str) -> str:
        """That a hot issue joined a project, in English."""
        return self._en("joined_project", issue=hot_issue_id)


def cause_in_words(say: Speech, cause: Cause | None, note: str | None) -> str | None:
    """Why a step was taken, and the note of who took it. Codes are replaced by names."""
    if cause and cause.why is Why.MONTHS_COMPARED:
        return effect_in_words(say, Effect.model_validate(cause.values))
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


def effect_in_words(say: Speech, effect: Effect) -> str:
    """The verdict as a sentence with its numbers."""
    counts = say(
        "effect_counts",
        before=effect.before,
        after=effect.after,
        months_before=_spans(say, effect.months_before),
        months_after=_spans(say, effect.months_after),
    )
    beside = say("effect_nuisance", nuisance=effect.nuisance) if effect.nuisance else ""
    if effect.finding is EffectFinding.TOO_FEW:
        change = say("effect_few", least=effect.least_before)
    else:
        fall = (effect.before - effect.after) / effect.before
        change = say("effect_fall" if fall >= 0 else "effect_rise", share=f"{abs(fall):.0%}")
    return say(f"effect_sentence.{effect.finding}", counts=counts, change=change, beside=beside)


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


def _spans(say: Speech, months: Sequence[str]) -> str:
    """Months that follow each other as a span."""
    spans = (
        f"{first}" if first == last else say("months_span", first=first, last=last) for first, last in _runs(months)
    )
    return say("months_separator").join(spans)


def _runs(months: Sequence[str]) -> Iterator[tuple[Month, Month]]:
    runs: list[tuple[Month, Month]] = []
    for month in (Month(*map(int, one.split("-"))) for one in months):
        if runs and runs[-1][1].plus(1) == month:
            runs[-1] = (runs[-1][0], month)
        else:
            runs.append((month, month))
    yield from runs
