"""The chapter on units and their people: how they hear, what happens when nobody reads, and who joins late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from demo.clockwork import ZONE
from demo.duty import endpoint as technicians
from demo.duty.account import Duty
from services.contracts.departments import departments

Words = tuple[str, str]
ENDED: dict[str, Words] = {
    "sent": ("已送达", "sent"),
    "waiting": ("待发送", "waiting"),
    "bundled": ("待汇总发送", "in a message to come"),
    "read already": ("已先阅知", "read before it left"),
    "read earlier": ("前一级已阅知", "read at an earlier step"),
    "officer left": ("人员已移出名册", "the officer had left"),
    "confidential": ("保密件", "confidential by then"),
    "too late": ("已过时", "too late"),
}
CHAINS: dict[str, Words] = {
    "running": ("进行中", "running"),
    "read": ("已阅知，停止", "read, so it stopped"),
    "done": ("已办理，停止", "dealt with, so it stopped"),
    "ended": ("已到最高一级", "at its last step"),
}
POSTS: dict[str, Words] = {"duty": ("值班人员", "on duty"), "leader": ("负责人", "leader")}


def duty(found: Duty) -> dict[str, Any]:
    """What is None was not over when the demo ended."""
    unit = departments()[technicians.UNIT]
    return {
        "endpoint": found.endpoint,
        "endpoint_unit": (unit.name_cn, unit.name_en),
        "officers": found.officers,
        "ended": _counted(found.officers.ended, ENDED) if found.officers else [],
        "chains": _counted(found.officers.chains, CHAINS) if found.officers else [],
        "escalated": _steps(found.officers.escalated) if found.officers and found.officers.escalated else None,
        "late": found.late,
        "late_unit": (departments()[found.late.unit].name_cn, departments()[found.late.unit].name_en),
    }


def _counted(counter: Counter[str], words: Mapping[str, Words]) -> list[tuple[str, str, int]]:
    return [(*words.get(one, (one, one)), number) for one, number in counter.most_common()]


def _steps(chain: dict[str, Any]) -> dict[str, Any]:
    """`steps`: when, and who at which unit was notified; the first step is whoever the rule named."""
    return {
        "number": chain["number"],
        "version": chain["rule_version"],
        "steps": [
            (datetime.fromisoformat(one["told_at"]).astimezone(ZONE).strftime("%Y-%m-%d %H:%M"), _who(one["posts"]))
            for one in chain["steps"]
            if one.get("told_at")
        ],
        "end": CHAINS.get(chain["state"], ("", "")),
        "ended": (
            datetime.fromisoformat(chain["ended_at"]).astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
            if chain.get("ended_at")
            else None
        ),
    }


def _who(posts: list[list[str]]) -> Words:
    if not posts:
        return "规则所指人员", "whoever the rule names"
    named = [(departments()[unit], POSTS.get(post, (post, post))) for unit, post in posts if unit in departments()]
    return (
        "、".join(f"{unit.name_cn}{post[0]}" for unit, post in named),
        ", ".join(f"{unit.name_en}, {post[1]}" for unit, post in named),
    )
