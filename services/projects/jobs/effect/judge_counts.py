"""Judges anybody's counts by the rules that the service judges by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.contracts.effect import EffectVerdict
from services.projects.domain.effect.panel import Panel
from services.projects.domain.effect.published_facts import DIGITS_OF_P, rounded
from services.projects.domain.effect.rules import EffectRules
from services.projects.domain.effect.verdict_facts import ClassVerdict, EstateVerdict
from services.projects.files.effect_rules import effect_rules
from services.projects.jobs.effect.counts import CallersByMonth


class Verdicts(NamedTuple):
    estates: Sequence[EstateVerdict]
    classes: Sequence[ClassVerdict]


def judge_counts(counts: CallersByMonth, rules: EffectRules | None = None) -> Verdicts:
    """Each estate by the controls of its class; each class with several estates as a whole."""
    rules = rules or effect_rules()
    panels = {
        kind: Panel(counts.controls_of(kind), counts.through, rules) for kind in {one.kind for one in counts.repaired}
    }
    of_class = {kind: [one for one in counts.repaired if one.kind == kind] for kind in sorted(panels)}
    return Verdicts(
        [panels[one.kind].estate(one) for one in counts.repaired],
        [panels[kind].of_class(estates) for kind, estates in of_class.items() if len(estates) > 1],
    )


def summary(verdicts: Verdicts, counts: CallersByMonth) -> dict[str, Any]:
    found = Counter(one.finding for one in verdicts.estates)
    return {
        "estates": len(verdicts.estates),
        **{finding.value: found[finding] for finding in EffectVerdict},
        "classes": {one.kind: one.finding for one in verdicts.classes},
        "controls": sum(map(len, counts.controls.values())),
        "through": str(counts.through),
        "months_without_row": counts.filled,
        "rules_version": effect_rules().version,
    }


def rows(verdicts: Verdicts) -> list[Mapping[str, Any]]:
    """One for each estate, then one for each class, whose `estate` is blank."""
    return [*map(_estate_row, verdicts.estates), *map(_class_row, verdicts.classes)]


def _estate_row(one: EstateVerdict) -> Mapping[str, Any]:
    return {
        "estate": one.estate,
        "class": one.kind,
        "verdict": one.finding,
        "look_months": one.look,
        "callers_before": one.before,
        "callers_after": one.after,
        "months_before": len(one.months_before),
        "months_after": len(one.months_after) if one.look else None,
        **_left(one),
        "controls": one.controls,
        "few_controls": one.few_controls,
        "controls_ratio": rounded(one.level),
        "tau_squared": rounded(one.between),
        "placebo_share": rounded(one.placebo.share) if one.placebo else None,
        "calibrated": one.placebo.calibrated if one.placebo else None,
        "rank": rounded(one.rank),
        "short_before": one.short_before,
        "estates": 1,
        "rules_version": one.rules_version,
    }


def _class_row(one: ClassVerdict) -> Mapping[str, Any]:
    return {
        "estate": "",
        "class": one.kind,
        "verdict": one.finding,
        "look_months": one.look,
        "callers_before": one.before,
        "callers_after": one.after,
        **_left(one),
        "controls": one.controls,
        "estates": one.estates,
        "rules_version": one.rules_version,
    }


def _left(one: EstateVerdict | ClassVerdict) -> dict[str, float | None]:
    left = one.left._asdict() if one.left else dict.fromkeys(("ratio", "low", "high", "p"))
    return {
        "ratio": rounded(left["ratio"]),
        "ratio_low_90": rounded(left["low"]),
        "ratio_high_90": rounded(left["high"]),
        "p": rounded(left["p"], DIGITS_OF_P),
    }
