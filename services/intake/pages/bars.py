"""A ticket's deadlines as bars: how much time has passed, and the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.intake.domain.deadline import DeadlineOutcome
from services.intake.domain.limits import DeadlineKind
from services.intake.files.deadline_rules import deadline_rules


@dataclass(frozen=True, slots=True)
class Bar:
    """`passed` is in percent of the time from start to end, at most 100. `mood` is its status, a key of the words."""

    kind: DeadlineKind
    due_at: datetime
    passed: int
    mood: str
    running: bool
    extended: bool
    calendar_known: bool


def bars_of(clocks: list[Mapping[str, Any]], now: datetime) -> list[Bar]:
    """The running ones first, the earliest end on top; then the others, the newest first."""
    bars = [_bar(clock, now) for clock in clocks]
    running = sorted((bar for bar in bars if bar.running), key=lambda bar: bar.due_at)
    return [*running, *reversed([bar for bar in bars if not bar.running])]


def _bar(clock: Mapping[str, Any], now: datetime) -> Bar:
    kind, started, due = DeadlineKind(clock["kind"]), clock["started_at"], clock["due_at"]
    until = clock["stopped_at"] or clock["paused_at"] or now
    passed = 100 if until >= due else int(100 * (until - started) / (due - started))
    return Bar(
        kind, due, passed, _mood(clock, now), clock["stopped_at"] is None, clock["rule"] == "extended",
        clock["calendar_known"],
    )  # fmt: skip


def _mood(clock: Mapping[str, Any], now: datetime) -> str:
    lapses = clock["lapses"]
    if clock["outcome"]:
        return "used" if lapses and clock["outcome"] == DeadlineOutcome.MET else str(clock["outcome"])
    if clock["paused_at"]:
        return "paused"
    if now > clock["due_at"]:
        return "lapsed" if lapses else "breached"
    passed = (now - clock["started_at"]) / (clock["due_at"] - clock["started_at"])
    return "near" if passed >= deadline_rules().warn_at and not lapses else "running"
