"""A result as plain facts: integers and codes, areas in 0.01 m². It is what a record keeps and a recount must equal."""

from __future__ import annotations

from typing import Any

from services.projects.domain.consultation.counting import Counting
from services.projects.domain.consultation.result import DecidedItem, Judged, Outcome
from services.projects.domain.consultation.rules import CountBy


def facts_of(decided: DecidedItem) -> dict[str, Any]:
    return {
        "item": decided.item,
        "passed": decided.passed,
        "failed_conditions": list(decided.deciding.failed_conditions),
        "decided_by": decided.decided_by.value,
        "silence": decided.silence.value,
        "majority": decided.majority and decided.majority.value,
        "silent": decided.silent,
        "answers": {choice.value: number for choice, number in decided.answers.items()},
        "electorates": {
            level.value: {"parts": one.parts, "heads": one.heads, "area": one.area, "heaviest": one.heaviest}
            for level, one in decided.weights.items()
        },
        "cast": _outcome(decided.cast),
        "with_silence": _outcome(decided.with_silence),
        "set_aside": [
            {"ballot": one.ballot.number, "counted": one.counted.number, "reason": one.reason.value}
            for one in decided.set_aside
        ],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "passed": outcome.passed,
        "failed_conditions": list(outcome.failed_conditions),
        "electorates": {level.value: _counting(counting) for level, counting in outcome.by_level.items()},
        "conditions": [_judged(one) for one in outcome.judged],
    }


def _counting(counting: Counting) -> dict[str, Any]:
    sums = {count.value: counting.by(count) for count in CountBy}
    return {
        **{
            name: {"all": one.all, "taking_part": one.taking_part, "agreeing": one.agreeing}
            for name, one in sums.items()
        },
        "split_heads": counting.split_heads,
    }


def _judged(one: Judged) -> dict[str, Any]:
    return {
        "name": one.condition.name,
        "have": one.have,
        "of": one.of,
        "met": one.met,
        "needed": one.needed,
        "missing": one.missing,
    }
