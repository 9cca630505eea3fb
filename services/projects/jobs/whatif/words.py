"""The difference between two rule books in words for a head of department, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from services.contracts.taxonomy import taxonomy
from services.projects.domain.detection import Fulfilment, IssueLevel
from services.projects.domain.evidence import Cell
from services.projects.domain.months import ZONE
from services.projects.domain.replay import Raised
from services.projects.domain.rules import Rules
from services.projects.jobs.whatif.rule_comparison import Lost, RulesDifference

NO_TYPE = "（未归类事项 / of no type）"
_LEVEL_CN = {IssueLevel.ABOVE_USUAL: "，明显多于往常"}
_LEVEL_EN = {IssueLevel.ABOVE_USUAL: ", far more than is usual there"}


def in_words(found: RulesDifference, now: Rules, then: Rules, begin: datetime, end: datetime) -> Iterator[str]:
    """Line by line."""
    both = len(found.same) + len(found.moved)
    yield f"规则试算 / What if: {_day(begin)} – {_day(end)}, {found.tickets:,} 件工单 tickets"
    yield "实际数据未改动 / Live data is untouched"
    yield ""
    yield (
        f"现行规则（第{now.version}版）认定集中问题{both + len(found.lost)}个，试算规则（第{then.version}版）"
        f"认定{both + len(found.gained)}个；两者都认定{both}个，其中{len(found.moved)}个时间不同。"
    )
    yield (
        f"The rules now (version {now.version}) raise {both + len(found.lost)} problems, the rules tried (version "
        f"{then.version}) {both + len(found.gained)}; {both} by both, {len(found.moved)} of them at another time."
    )
    changes = [f"{one.rule}: {one.now} → {one.then}" for one in found.changed]
    yield from _section("规则的差别 / What differs in the rules", changes)
    yield from _section("不再认定 / No longer raised", [_lost(found, one, then) for one in found.lost])
    yield from _section("新增认定 / Raised in addition", [_raised(found, one) for one in found.gained])
    yield from _section("认定时间不同 / Raised at another time", [_moved(found, *one) for one in found.moved])
    yield from _section("两者相同 / The same by both", [_raised(found, one) for one in found.same])
    events = [
        f"{_type(event.type_code)}：{event.day}，{event.spread.estates}个小区{event.calls}件 / "
        f"{event.spread.estates} estates, {event.calls} calls"
        for event in found.events_then
    ]
    yield from _section("全区性事件，不计入、不立项 / Citywide events, which count for no problem", events)


def as_data(found: RulesDifference, now: Rules, then: Rules) -> dict[str, Any]:
    """The same as data."""
    return {
        "now": now.version,
        "then": then.version,
        "tickets": found.tickets,
        "changed": [one._asdict() for one in found.changed],
        "same": [_data(found, one) for one in found.same],
        "moved": [{**_data(found, after), "was": before.found.at.isoformat()} for before, after in found.moved],
        "gained": [_data(found, one) for one in found.gained],
        "lost": [{**_data(found, one.raised), "most_callers": one.most_callers} for one in found.lost],
        "events_now": len(found.events_now),
        "events_then": len(found.events_then),
    }


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield f"{title} ({len(lines)})"
        yield from (f"  · {line}" for line in lines)


def _raised(found: RulesDifference, one: Raised) -> str:
    return (
        f"{_name(found, one.cell)}：{_day(one.found.at)}认定（{_by_cn(one.found)}），共{one.callers}人{one.calls}件 / "
        f"raised {_day(one.found.at)} ({_by_en(one.found)}), {one.callers} callers, {one.calls} calls in all"
    )


def _lost(found: RulesDifference, lost: Lost, then: Rules) -> str:
    rule, one, most = then.detection, lost.raised, lost.most_callers
    why_cn = f"试算规则下{rule.window_days}天内最多{most}人"
    why_en = f"at most {most} callers within {rule.window_days} days"
    if most >= rule.distinct_callers and lost.more_events:
        why_cn, why_en = "试算规则视为全区性事件", "by the rules tried it belongs to a citywide event"
    return (
        f"{_name(found, one.cell)}：现行规则{_day(one.found.at)}认定（{_by_cn(one.found)}），{why_cn} / "
        f"now raised {_day(one.found.at)} ({_by_en(one.found)}); {why_en}"
    )


def _moved(found: RulesDifference, before: Raised, after: Raised) -> str:
    apart = after.found.at - before.found.at
    cn, en = ("晚", "later") if apart > timedelta() else ("早", "earlier")
    by_cn, by_en = _long(abs(apart))
    return (
        f"{_name(found, after.cell)}：由{_day(before.found.at)}改为{_day(after.found.at)}，{cn}{by_cn}"
        f"（{_by_cn(after.found)}）/ {_day(before.found.at)} → {_day(after.found.at)}, {by_en} {en}"
    )


def _data(found: RulesDifference, one: Raised) -> dict[str, Any]:
    return {
        "estate": one.cell.estate,
        "estate_name": found.names.get(one.cell.estate),
        "type_code": one.cell.type_code,
        "raised_at": one.found.at.isoformat(),
        "level": one.found.level,
        "window_callers": one.found.callers,
        "callers": one.callers,
        "calls": one.calls,
    }


def _by_cn(found: Fulfilment) -> str:
    return f"{found.window_days}天内{found.callers}人{_LEVEL_CN.get(found.level, '')}"


def _by_en(found: Fulfilment) -> str:
    return f"{found.callers} callers within {found.window_days} days{_LEVEL_EN.get(found.level, '')}"


def _name(found: RulesDifference, cell: Cell) -> str:
    return f"{found.names.get(cell.estate, cell.estate)} {_type(cell.type_code)}"


def _type(type_code: str) -> str:
    kind = taxonomy().types.get(type_code)
    return kind.name_cn if kind else NO_TYPE


def _long(span: timedelta) -> tuple[str, str]:
    days, hours = span.days, span.seconds // 3600
    return (f"{days}天", f"{days} days") if days else (f"{hours}小时", f"{hours} hours")


def _day(moment: datetime) -> str:
    return moment.astimezone(ZONE).date().isoformat()
