"""How pressing a hot issue is: the index of docs/domain.md §3.2 with its parts."""

from __future__ import annotations

from services.contracts.hot_issue_events import Heat
from services.projects.domain.hot_issue import Tally

PER_M2 = 100_000
STEADY = 1.0


def growth_of(window_calls: int, past_calls: int, window_days: int, past_days: int) -> float:
    """The window's calls by the mean of as long a window of the past; 1 where the past holds none to compare with."""
    if not past_calls or not window_calls:
        return STEADY
    return round(window_calls / (past_calls * window_days / past_days), 2)


def heat_of(members: Tally, dissatisfied: int, growth: float, severity: float, floor_area_m2: float | None) -> Heat:
    """`dissatisfied`: how many of the members' callers said so. What is not known multiplies and divides by nothing."""
    area = floor_area_m2 / PER_M2 if floor_area_m2 else None
    repeats = (members.calls - members.callers) / members.calls if members.callers else 0.0
    unhappy = dissatisfied / members.calls
    score = members.callers * severity * (1 + repeats + unhappy) * growth / (area or 1)
    return Heat(
        score=round(score, 1),
        callers=members.callers,
        severity=severity,
        repeat_share=round(repeats, 3),
        dissatisfied_share=round(unhappy, 3),
        growth=growth,
        floor_area_100k_m2=area and round(area, 3),
    )
