"""The history of the scenes' tickets, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from demo.clockwork import ZONE
from demo.scene import Scene
from services.contracts.departments import departments

STEPS: Mapping[str, tuple[str, str]] = {
    "receive": ("受理", "received"),
    "classify": ("识别", "classified"),
    "send to review": ("转人工", "sent to review"),
    "reclassify": ("核定", "classification confirmed or corrected"),
    "dispatch": ("派单", "dispatched"),
    "redispatch": ("改派", "passed on"),
    "sign": ("签收", "signed"),
    "contact": ("先行联系", "caller contacted"),
    "report": ("中途汇报", "interim report"),
    "request return": ("申请退单", "return requested"),
    "refuse return": ("驳回退单", "return refused"),
    "uphold return": ("同意退单", "return upheld"),
    "request extension": ("申请延期", "extension requested"),
    "grant extension": ("同意延期", "extension granted"),
    "supervise": ("督办", "supervised"),
    "merge": ("并单", "linked"),
    "unmerge": ("撤销并单", "link undone"),
    "warn": ("时限预警", "limit approaching"),
    "breach": ("超过时限", "limit passed"),
    "settle": ("办结", "settled"),
    "visit": ("回访", "caller called back"),
    "order redo": ("重办", "redo ordered"),
    "archive": ("归档", "archived"),
}
CLOCKS: Mapping[str, str] = {
    "dispatch": "派单",
    "contact": "先行联系",
    "on site": "到场",
    "settle": "办结",
    "return": "退单",
    "adjudicate": "退单裁定",
    "supervise": "督办",
    "redo": "重办",
}
LATE = frozenset({"warn", "breach"})


def lives(played: Sequence[tuple[Scene, Sequence[Mapping[str, Any]]]]) -> list[dict[str, Any]]:
    """One section per scene: its title, and the history of each of its tickets."""
    return [
        {"cn": scene.title_cn, "en": scene.title_en, "tickets": [_life(ticket) for ticket in tickets]}
        for scene, tickets in played
    ]


def _life(ticket: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": ticket["text"], "steps": [_step(line) for line in ticket["history"]]}


def _step(line: Mapping[str, Any]) -> dict[str, str]:
    cn, en = STEPS[line["step"]]
    detail = line["detail"] or ""
    if line["step"] in LATE:
        clock = detail.partition(":")[0]
        detail = f"{CLOCKS[clock]} {clock}"
    at = datetime.fromisoformat(line["at"]).astimezone(ZONE)
    return {"at": f"{at:%Y-%m-%d %H:%M}", "cn": cn, "en": en, "note": _named(detail), "css": line["step"]}


def _named(detail: str) -> str:
    """Replaces a department's code at the start of a detail by its name."""
    code, colon, rest = detail.partition(":")
    department = departments().get(code)
    return f"{department.name_cn}{colon}{rest}" if department else detail
