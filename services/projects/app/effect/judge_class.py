"""What was done against one type of problems, in all its estates together (docs/effect.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from services.chassis.database.work import Work
from services.projects.app.effect.judge_effect import Case, JudgeEffect
from services.projects.domain.effect.panel import class_verdict
from services.projects.domain.effect.placebo import Placebo
from services.projects.domain.effect.verdict_facts import ClassVerdict
from services.projects.domain.hot_issue import HotIssue
from services.projects.domain.months import Month


class CuredIssues(Protocol):
    def cured(self, work: Work, type_code: str) -> list[HotIssue]:
        """Issues of a type whose cure is in place and whose effect is watched or judged, by id."""


class JudgedClass(NamedTuple):
    """`verdict` and `placebo` are None where nothing was cured, or the controls are too few for it."""

    verdict: ClassVerdict | None
    placebo: Placebo | None
    cases: Sequence[Case]


@dataclass(frozen=True, slots=True)
class JudgeClass:
    effect: JudgeEffect
    cured: CuredIssues

    def __call__(self, work: Work, type_code: str) -> JudgedClass:
        """As of the last month that is over."""
        through = Month.of(work.clock.now()).plus(-1)
        cases = self.effect.cases(work, self.cured.cured(work, type_code), through)
        if not cases:
            return JudgedClass(None, None, ())
        placebos = [found for case in cases if (found := case.panel.estate(case.repaired).placebo)]
        return JudgedClass(
            class_verdict([(case.panel, case.repaired) for case in cases]),
            max(placebos, key=lambda one: one.controls, default=None),
            cases,
        )
