"""The way of one hot issue: when it came into which stage, and how long it stayed there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from demo.report.scale import day_of

Issue = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of time an issue spent in one state."""

    state: str
    begin: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.begin).days


@dataclass(frozen=True, slots=True)
class Stage:
    """A moment on the way, for a table: in Chinese and English, with what was noted."""

    day: date
    cn: str
    en: str
    note: str = ""


STATES = {
    "unnoticed": ("来电积累", "calls add up"),
    "suspected": ("苗头，街道已获知", "an early warning, the sub-district knows"),
    "lapsed": ("苗头已消退", "the warning lapsed"),
    "confirmed": ("待决定", "waits for a decision"),
    "assigned": ("已指派，待决定", "assigned, waits for a decision"),
    "reopened": ("再次发生，待决定", "back again, waits for a decision"),
    "decided": ("工程准备", "works are prepared"),
    "in cure": ("施工 / 整治中", "works or service under way"),
    "observing": ("观察效果", "watched for the effect"),
    "verified": ("已证实治愈", "proven cured"),
    "not shown": ("未证实", "no effect shown"),
    "explained": ("已公开说明", "openly explained"),
    "merged": ("已并案", "merged"),
    "withdrawn": ("已撤销", "withdrawn"),
}

_ISSUE_STEPS = {
    "suspected": ("短期内多人来电，系统提示苗头", "Several callers within days: the system warns early"),
    "confirmed": ("系统认定为热点问题，通知牵头部门", "The system confirms a hot issue and tells the lead department"),
    "decided": ("区城运中心作出决定", "The operation centre decides"),
    "explained": ("公开说明暂不能解决", "It is openly said that it cannot be solved now"),
    "in cure": ("整治开始", "The cure begins"),
    "observing": ("整治完成，开始观察", "The cure is done; the watch over its effect begins"),
    "verified": ("效果得到证实，问题闭环", "The effect is proven: the loop is closed"),
    "not shown": ("效果未得到证实", "No effect could be shown"),
    "reopened": ("投诉再次集中，重新打开", "Complaints concentrate again: reopened"),
}
_TOLD_BY_PROJECT = frozenset({"in cure", "observing"})
_PROJECT_STEPS = {
    "need": ("修缮需求立案", "A repair project is opened"),
    "consulted": ("居民意愿征询", "Residents are consulted"),
    "listed": ("列入年度计划", "Ranked and put on the year's list"),
    "approved": ("立项批准", "The project is approved"),
    "designed": ("勘察设计", "Surveyed and designed"),
    "scheme_public": ("方案公示", "The scheme is published"),
    "scheme_confirmed": ("方案确认", "The scheme is confirmed"),
    "tendered": ("招标", "Put out to tender"),
    "contracted": ("签订合同", "The contract is signed"),
    "started": ("开工", "Works start"),
    "accepted": ("竣工验收，开始观察效果", "Works are accepted; their effect is watched"),
    "handed_over": ("移交长效管理", "Handed over for long-term care"),
}


def phases(issue: Issue, end: date) -> list[Phase]:
    """From the first call to `end`, without gaps."""
    marks = [("unnoticed", day_of(issue["first_at"]))]
    marks += [(step["state"], day_of(step["at"])) for step in _changes(issue["history"])]
    closing = [day for _, day in marks[1:]] + [end]
    return [Phase(state, day, until) for (state, day), until in zip(marks, closing, strict=True)]


def stages(issue: Issue, project: Mapping[str, Any] | None) -> list[Stage]:
    """Every moment of an issue and of the project that cured it, in order."""
    found = [
        Stage(day_of(issue["first_at"]), "第一个来电", "The first call"),
        Stage(
            day_of(issue["confirmed_at"]),
            "30 天内第 5 位不同居民来电",
            "The fifth different resident within 30 days calls",
        ),
    ]
    found += [
        Stage(day_of(step["at"]), *_ISSUE_STEPS[step["state"]], note=_note(step))
        for step in _changes(issue["history"])
        if step["state"] in _ISSUE_STEPS and not (project and step["state"] in _TOLD_BY_PROJECT)
    ]
    for step in _changes(project["history"]) if project else []:
        if step["state"] in _PROJECT_STEPS:
            found.append(Stage(day_of(step["at"]), *_PROJECT_STEPS[step["state"]], note=step["note"] or ""))
    return sorted(found, key=lambda stage: stage.day)


def _note(step: Mapping[str, Any]) -> str:
    """A decision is written down as its kind and its reason; the reason says enough."""
    detail = step["detail"] or ""
    return detail.partition(": ")[2] if step["state"] in ("decided", "explained") else detail


def _changes(history: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The steps that changed the state; notes and members that joined are left out."""
    changed: list[Mapping[str, Any]] = []
    for step in history:
        if not changed or changed[-1]["state"] != step["state"]:
            changed.append(step)
    return changed
