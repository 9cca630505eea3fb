"""Standards and their roll-out as routes answer them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from services.chassis.working_days import SHANGHAI
from services.projects.app.standards.publishing import content_digest, edition_fact, standard_facts
from services.projects.domain.standards.clause_checks import StandardCheck, open_findings
from services.projects.domain.standards.opinions import StandardOpinion
from services.projects.domain.standards.rollout import Rollout, standing, tally
from services.projects.domain.standards.standard import Edition, Standard


def standard_shown(standard: Standard) -> dict[str, Any]:
    facts = standard_facts(standard, standard.editions[-1])
    del facts["edition"]
    return facts | {"editions": [edition_shown(one) for one in standard.editions]}


def edition_shown(edition: Edition) -> dict[str, Any]:
    """`text_sha256` tells which opinions were given on this text, by their `on_text`."""
    return edition_fact(edition).model_dump() | {"text_sha256": content_digest(edition.content)}


def opinion_shown(opinion: StandardOpinion) -> dict[str, Any]:
    return {
        "opinion_id": opinion.id,
        "version": opinion.version,
        "number": opinion.number,
        "role": opinion.role,
        "clause": opinion.clause,
        "words": opinion.words,
        "adopted": opinion.adopted,
        "why": opinion.why,
        "on_text": opinion.on_text,
    }


def rollout_shown(rollout: Rollout) -> dict[str, Any]:
    return {name: getattr(rollout, name) for name in rollout.__slots__}


def check_shown(check: StandardCheck, today: date, overdue: bool) -> dict[str, Any]:
    """`says`: the verdict as far as it holds today."""
    return {
        **{name: getattr(check, name) for name in check.__slots__},
        "says": check.says(today),
        "overdue": overdue,
    }


def rollouts_shown(
    standard: Standard, rollouts: Sequence[Rollout], checks: Sequence[tuple[StandardCheck, int, bool]], now: datetime
) -> dict[str, Any]:
    """How many sub-districts stand how towards the version in force, and each of them with its checks."""
    today = now.astimezone(SHANGHAI).date()
    in_force = standard.in_force(today, now)
    number = in_force.number if in_force else None
    findings = {one.id for one in open_findings(check for check, _, _ in checks)}
    items = []
    for one in rollouts:
        here = [(check, overdue) for check, _, overdue in checks if check.sub_district == one.sub_district]
        items.append(
            rollout_shown(one)
            | {
                "standing": standing(one, [check for check, _ in here], number, today),
                "checks": [
                    check_shown(check, today, overdue) | {"open": check.id in findings} for check, overdue in here
                ],
            }
        )
    return {"in_force": number, "tally": tally(item["standing"] for item in items), "items": items}
