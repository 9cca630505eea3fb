"""Results of a consultation in sentences, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from services.projects.domain.consultation.result import DecidedItem, Judged
from services.projects.domain.consultation.rules import Condition, ConsultationRule, CountBy
from services.projects.jobs.consultation.parts import metres
from services.projects.jobs.consultation.words import condition_in_words, missing_in_words


class Sentence(NamedTuple):
    cn: str
    en: str


def missing_sentence(decided: DecidedItem) -> Sentence:
    """What an item still lacks: each condition that is not met, and how many owners or m² more, or that it is out of
    reach."""
    lacking = [_lacking(one) for one in decided.deciding.judged if not one.met]
    if not lacking:
        return Sentence("已达到全部条件", "every condition is met")
    return Sentence("；".join(cn for cn, _ in lacking), "; ".join(en for _, en in lacking))


def _lacking(one: Judged) -> Sentence:
    (cn, en), (more_cn, more_en) = condition_in_words(one.condition), missing_in_words(one)
    return Sentence(f"{cn}：{more_cn}", f"{en}: {more_en}")


def condition_sentence(condition: Condition, judged: Mapping[str, Any]) -> Sentence:
    """A published condition with its two integers."""
    shown = metres if condition.count is CountBy.AREA else str
    unit = " m²" if condition.count is CountBy.AREA else ""
    cn, en = condition_in_words(condition)
    sums = f"{shown(judged['have'])} / {shown(judged['of'])}{unit}"
    met_cn, met_en = ("达到", "met") if judged["met"] else ("未达到", "not met")
    return Sentence(f"{cn}：{sums}，{met_cn}（{condition.basis}）", f"{en}: {sums}, {met_en} ({condition.basis})")


def result_sentence(rule: ConsultationRule, result: Mapping[str, Any]) -> Sentence:
    """The verdict on an item with its reasons: each condition of the counting that decided."""
    judged = result[result["decided_by"]]["conditions"]
    reasons = [condition_sentence(one, found) for one, found in zip(rule.conditions, judged, strict=True)]
    by_cn, by_en = _COUNTING[result["decided_by"]]
    cn, en = ("通过", "Passed") if result["passed"] else ("未通过", "Not passed")
    return Sentence(
        f"{cn}（{by_cn}）：{'；'.join(one.cn for one in reasons)}。",
        f"{en}, {by_en}: {'; '.join(one.en for one in reasons)}.",
    )


_COUNTING = {
    "cast": ("按实际投票", "by ballots cast"),
    "with_silence": ("计入已送达未反馈票", "with delivered ballots that were not answered"),
}


def judged_shown(one: Judged) -> dict[str, Any]:
    """`unit`: what `have`, `of` and `missing` are in."""
    return {
        "name": one.condition.name,
        "have": one.have,
        "of": one.of,
        "met": one.met,
        "needed": one.needed,
        "missing": one.missing,
        "out_of_reach": not one.met and one.is_out_of_reach,
        "unit": "0.01 m2" if one.condition.count is CountBy.AREA else one.condition.count.value,
        "basis": one.condition.basis,
    }
