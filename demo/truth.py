"""Compares what the services found with the truth: missed faults, and alarms where there is no fault."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from demo.calls import Call
from demo.world import Fault

WINDOW = timedelta(days=30)
DISTINCT_CALLERS = 5
"""The promise of level L2 (docs/domain.md §3.2),
repeated here so that the check does not depend on the code it checks.
"""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`missed`: cells (estate, type) of visible faults not found. `false_alarms`: ids of hot issues without a fault."""

    missed: list[tuple[str, str]]
    false_alarms: list[str]


def judge(faults: Sequence[Fault], calls: Iterable[Call], hot_issues: Iterable[Mapping[str, Any]]) -> Judgement:
    """A fault about which too few people called within the window is not visible, and so cannot be missed."""
    issues = [one for one in hot_issues if one["state"] != "withdrawn"]
    found = {(one["place"]["estate"], one["type_code"]) for one in issues}
    spoken = sorted(calls, key=lambda one: one.at)
    cells = {fault.cell for fault in faults}
    shown = [cell for cell in sorted(cells) if shows([one for one in spoken if (one.estate, one.type_code) == cell])]
    return Judgement(
        missed=[cell for cell in shown if cell not in found],
        false_alarms=[
            str(one["hot_issue_id"]) for one in issues if (one["place"]["estate"], one["type_code"]) not in cells
        ],
    )


def shows(calls: Iterable[Call]) -> bool:
    """Whether enough distinct callers fall into some window. `calls` are of one cell, in order."""
    inside: deque[Call] = deque()
    for one in calls:
        inside.append(one)
        while inside[0].at <= one.at - WINDOW:
            inside.popleft()
        if len({call.phone for call in inside if call.phone}) >= DISTINCT_CALLERS:
            return True
    return False
