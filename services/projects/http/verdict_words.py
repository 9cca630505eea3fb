"""What was found of the effect of works, as sentences with their numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from services.chassis.pages.speech import Speech
from services.contracts.hot_issue_events import Effect, EffectFinding
from services.projects.domain.causes import Why
from services.projects.domain.months import Month


def judged_in_words(say: Speech, values: Mapping[str, Any]) -> str:
    """The verdict against estates without works, by the values of its cause."""
    parts = [say(f"judged.{values['finding']}")]
    if values.get("look"):
        spans = {name: _spans(say, values[name]) for name in ("months_before", "months_after")}
        parts.append(say("judged_counts", before=values["before"], after=values["after"], **spans))
    if "left_percent" in values:
        parts.append(
            say("judged_left", left=values["left_percent"], low=values["low_percent"], high=values["high_percent"])
        )
    parts.append(say("judged_controls", controls=values["controls"]))
    if values["nuisance"]:
        parts.append(say("judged_nuisance", nuisance=values["nuisance"]))
    if not values["months_before"]:
        parts.append(say("judged_remark.no_months"))
    parts += [say(f"judged_remark.{one}") for one in values["remarks"]]
    return say("judged_sentence", said=say("judged_separator").join(parts))


def compared_in_words(say: Speech, values: Mapping[str, Any]) -> str:
    """A verdict by the rule until ADR 48."""
    effect = Effect.model_validate(values)
    counts = say(
        "effect_counts",
        before=effect.before,
        after=effect.after,
        months_before=_spans(say, effect.months_before),
        months_after=_spans(say, effect.months_after),
    )
    beside = say("effect_nuisance", nuisance=effect.nuisance) if effect.nuisance else ""
    if effect.finding is EffectFinding.TOO_FEW:
        change = say("effect_few", least=effect.least_before)
    else:
        fall = (effect.before - effect.after) / effect.before
        change = say("effect_fall" if fall >= 0 else "effect_rise", share=f"{abs(fall):.0%}")
    return say(f"effect_sentence.{effect.finding}", counts=counts, change=change, beside=beside)


def relapse_in_words(say: Speech, values: Mapping[str, Any]) -> str:
    expected = f"{values['expected_hundredths'] / 100:.1f}"
    return say("why.relapse_suspected", month=values["month"], callers=values["callers"], expected=expected)


VERDICTS: Mapping[Why, Callable[[Speech, Mapping[str, Any]], str]] = {
    Why.EFFECT_JUDGED: judged_in_words,
    Why.MONTHS_COMPARED: compared_in_words,
    Why.RELAPSE_SUSPECTED: relapse_in_words,
}
"""By the cause of a step, the words for what was found of the effect."""


def _spans(say: Speech, months: Sequence[str]) -> str:
    """Months that follow each other as a span."""
    spans = (
        f"{first}" if first == last else say("months_span", first=first, last=last) for first, last in _runs(months)
    )
    return say("months_separator").join(spans)


def _runs(months: Sequence[str]) -> Iterator[tuple[Month, Month]]:
    runs: list[tuple[Month, Month]] = []
    for month in (Month(*map(int, one.split("-"))) for one in months):
        if runs and runs[-1][1].plus(1) == month:
            runs[-1] = (runs[-1][0], month)
        else:
            runs.append((month, month))
    yield from runs
