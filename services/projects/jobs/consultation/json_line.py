"""A count as one JSON object: areas in m², rows of the file instead of ballot numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.projects.domain.consultation.admission import ItemOnBallot
from services.projects.domain.consultation.electorate import weight
from services.projects.domain.consultation.record import ConsultationVote
from services.projects.domain.consultation.result import DecidedItem
from services.projects.domain.consultation.result_facts import facts_of
from services.projects.domain.consultation.rules import CountBy


def data_of(vote: ConsultationVote, decided: Sequence[DecidedItem], rows: Sequence[int]) -> dict[str, Any]:
    whole = weight(vote.electorate.parts)
    return {
        "electorate": {
            "hash": vote.electorate.hash,
            "parts": whole.parts,
            "heads": whole.heads,
            "area_m2": whole.area / 100,
        },
        "ballots": len(vote.ballots),
        "items": [_item(vote.items[one.item], one, rows) for one in decided],
    }


def _item(asked: ItemOnBallot, one: DecidedItem, rows: Sequence[int]) -> dict[str, Any]:
    facts = facts_of(one)
    countings = {name: _counting(facts[name]) for name in ("cast", "with_silence")}
    return {
        "item": one.item,
        "rule": asked.rule.name,
        "rule_version": asked.rule.version,
        "building": asked.building,
        "hallway": asked.hallway,
        "passed": facts["passed"],
        "failed_conditions": facts["failed_conditions"],
        "decided_by": facts["decided_by"],
        **{name: countings[one.decided_by.value][name] for name in ("heads", "area_m2", "contracts")},
        "countings": countings,
        "conditions": [
            {
                **condition.model_dump(mode="json"),
                **{name: judged[name] for name in ("have", "of", "met", "needed", "missing")},
                "unit": "0.01 m2" if condition.count is CountBy.AREA else condition.count.value,
            }
            for condition, judged in zip(asked.rule.conditions, facts[one.decided_by.value]["conditions"], strict=True)
        ],
        "silence": facts["silence"],
        "majority": facts["majority"],
        "silent_parts": facts["silent"],
        "answers": facts["answers"],
        "largest_owner_m2": next(iter(one.weights.values())).heaviest / 100,
        "set_aside": [
            {
                "row": rows[entry.ballot.number - 1],
                "part_id": entry.ballot.part_id,
                "choice": entry.ballot.choice.value,
                "counted_row": rows[entry.counted.number - 1],
                "reason": entry.reason.value,
            }
            for entry in one.set_aside
        ],
    }


def _counting(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """The sums of the widest electorate, and of each one where the rule has several."""
    electorates = {level: _sums(sums) for level, sums in outcome["electorates"].items()}
    widest = next(iter(electorates.values()))
    several = {"electorates": electorates} if len(electorates) > 1 else {}
    return {
        "passed": outcome["passed"],
        "failed_conditions": outcome["failed_conditions"],
        **widest,
        **several,
    }


def _sums(sums: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "heads": sums["heads"],
        "area_m2": {name: area / 100 for name, area in sums["area"].items()},
        "contracts": sums["contracts"],
        "split_heads": sums["split_heads"],
    }
