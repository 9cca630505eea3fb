"""The judging of effects on the service's own tables."""

from __future__ import annotations

from services.contracts.taxonomy import taxonomy
from services.projects.app.cure import Cure
from services.projects.app.effect.judge_class import JudgeClass
from services.projects.app.effect.judge_effect import JudgeEffect
from services.projects.app.effect.watch_relapse import WatchRelapse
from services.projects.app.ports import CurrentRules, HotIssues
from services.projects.app.publishing import PublishIssue
from services.projects.files.effect_rules import effect_rules
from services.projects.store.effect_counts import SqlCallerBook
from services.projects.store.hot_issues import SqlHotIssues


def cure_of(issues: HotIssues, publish: PublishIssue, rules: CurrentRules) -> Cure:
    effect = JudgeEffect(SqlCallerBook(), issues, effect_rules(), taxonomy())
    return Cure(issues, publish, effect, WatchRelapse(effect, publish, rules))


def judge_class(cure: Cure) -> JudgeClass:
    return JudgeClass(cure.effect, SqlHotIssues())
