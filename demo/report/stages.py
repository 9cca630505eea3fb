"""The stages of one hot issue: when it entered each, and how long it stayed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from demo.report.scale import day_of

Issue = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Phase:
    """The time an issue spent in one state."""

    state: str
    begin: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.begin).days


@dataclass(frozen=True, slots=True)
class Stage:
    """One row of the table of stages, in Chinese and English, with its note."""

    day: date
    cn: str
    en: str
    note: str = ""


STATES = {
    "unnoticed": ("来电积累", "calls accumulate"),
    "suspected": ("苗头，街道已获知", "early warning to the sub-district"),
    "lapsed": ("苗头已消退", "early warning lapsed"),
    "confirmed": ("待决定", "waiting for a decision"),
    "assigned": ("已指派，待决定", "assigned, waiting for a decision"),
    "reopened": ("再次发生，待决定", "reopened, waiting for a decision"),
    "decided": ("工程准备", "works in preparation"),
    "in cure": ("施工 / 整治中", "works or service in progress"),
    "observing": ("观察效果", "effect under observation"),
    "verified": ("已证实治愈", "proven cured"),
    "not shown": ("未证实", "no effect shown"),
    "explained": ("已公开说明", "explained publicly"),
    "merged": ("已并案", "merged"),
    "withdrawn": ("已撤销", "withdrawn"),
}

_ISSUE_STEPS = {
    "suspected": ("短期内多人来电，系统提示苗头", "Several callers within days: an early warning"),
    "confirmed": ("系统认定为热点问题，通知牵头部门", "Confirmed as a hot issue; the lead department is notified"),
    "decided": ("区城运中心作出决定", "The operation centre decides"),
    "explained": ("公开说明暂不能解决", "Publicly explained that it cannot be solved now"),
    "in cure": ("整治开始", "Work on the cause begins"),
    "observing": ("整治完成，开始观察", "The work is done; its effect is observed"),
    "verified": ("效果得到证实，问题闭环", "The effect is proven; the loop is closed"),
    "not shown": ("效果未得到证实", "No effect could be shown"),
    "reopened": ("投诉再次集中，重新打开", "Complaints return; reopened"),
}
_SHOWN_BY_PROJECT = frozenset({"in cure", "observing"})
PROJECT_STEPS = {
    "need": ("修缮需求立案", "A repair project is opened"),
    "consulted": ("居民意愿征询", "Residents are consulted"),
    "listed": ("列入年度计划", "Included in the annual plan"),
    "approved": ("立项批准", "The project is approved"),
    "designed": ("勘察设计", "Survey and design"),
    "scheme_public": ("方案公示", "The design is published"),
    "scheme_confirmed": ("方案确认", "The design is confirmed"),
    "tendered": ("招标", "Put out to tender"),
    "contracted": ("签订合同", "The contract is signed"),
    "started": ("开工", "Works start"),
    "accepted": ("竣工验收，开始观察效果", "Works are accepted; their effect is observed"),
    "handed_over": ("移交长效管理", "Handed over for long-term care"),
}


def phases(issue: Issue, end: date) -> list[Phase]:
    """From the first call to `end`, without gaps."""
    marks = [("unnoticed", day_of(issue["first_at"]))]
    marks += [(step["state"], day_of(step["at"])) for step in _changes(issue["history"])]
    closing = [day for _, day in marks[1:]] + [end]
    return [Phase(state, day, until) for (state, day), until in zip(marks, closing, strict=True)]


def stages(issue: Issue, project: Mapping[str, Any] | None) -> list[Stage]:
    """The stages of an issue and of its project, in order."""
    found = [
        Stage(day_of(issue["first_at"]), "第一个来电", "The first call"),
        Stage(
            day_of(issue["confirmed_at"]),
            "30 天内第 5 位不同居民来电",
            "The fifth resident within 30 days calls",
        ),
    ]
    found += [
        Stage(day_of(step["at"]), *_ISSUE_STEPS[step["state"]], note=_note(step))
        for step in _changes(issue["history"])
        if step["state"] in _ISSUE_STEPS and not (project and step["state"] in _SHOWN_BY_PROJECT)
    ]
    for step in _changes(project["history"]) if project else []:
        if step["state"] in PROJECT_STEPS:
            found.append(Stage(day_of(step["at"]), *PROJECT_STEPS[step["state"]], note=step["note"] or ""))
    return sorted(found, key=lambda stage: stage.day)


def _note(step: Mapping[str, Any]) -> str:
    """A decision's detail is its kind and its reason; only the reason is shown."""
    detail = step["detail"] or ""
    return detail.partition(": ")[2] if step["state"] in ("decided", "explained") else detail


def _changes(history: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The steps that changed the state, without notes and joining members."""
    changed: list[Mapping[str, Any]] = []
    for step in history:
        if not changed or changed[-1]["state"] != step["state"]:
            changed.append(step)
    return changed
