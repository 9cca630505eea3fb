"""Electorates and ballots as short as a test can say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from services.projects.domain.consultation.ballots import Ballot, BallotChoice
from services.projects.domain.consultation.electorate import Electorate, OwnedPart
from services.projects.domain.consultation.result import DecidedItem, decide
from services.projects.domain.consultation.rules import ConsultationRule
from services.projects.files.consultation_rules import shipped_rules

OPENED = datetime(2026, 3, 1, tzinfo=UTC)
SIGNS = {"+": BallotChoice.AGREE, "-": BallotChoice.DISAGREE, "o": BallotChoice.ABSTAIN, "x": BallotChoice.INVALID}
RULES = shipped_rules()


def alike(number: int, area: int = 1) -> Electorate:
    """So many parts of one area, each with an owner of its own."""
    return Electorate.of(OwnedPart(f"{one:05}", "1", "1", area, f"owner {one}") for one in range(number))


def owned(*parts: tuple[str, int, str] | tuple[str, int, str, str]) -> Electorate:
    """Parts as (id, area, owner) or (id, area, owner, building)."""
    return Electorate.of(OwnedPart(one[0], one[3] if len(one) > 3 else "1", "1", one[1], one[2]) for one in parts)


def ballot(number: int, part_id: str, sign: str, origin: str = "paper", **more: Any) -> Ballot:
    """`sign`: + - o x, or a dot for a ballot that was delivered and not answered."""
    choice = SIGNS.get(sign, BallotChoice.EMPTY)
    at = OPENED + timedelta(minutes=number)
    return Ballot(number, part_id, "roof", choice, origin, **{"at": at, "delivered": True, **more})


def said(answers: Mapping[str, str]) -> list[Ballot]:
    """By part, in this order."""
    return [ballot(number, part_id, sign) for number, (part_id, sign) in enumerate(answers.items(), start=1)]


def of_alike(electorate: Electorate, **numbers: int) -> list[Ballot]:
    """So many parts that `agree`, `disagree`, `abstain`, `invalid` or are `silent`, one after the other."""
    signs = {"agree": "+", "disagree": "-", "abstain": "o", "invalid": "x", "silent": "."}
    row = "".join(signs[name] * number for name, number in numbers.items())
    return [ballot(number, electorate.parts[number - 1].id, sign) for number, sign in enumerate(row, start=1)]


def counted(
    electorate: Electorate, ballots: Iterable[Ballot], rule: str | ConsultationRule = "ordinary", **more: Any
) -> DecidedItem:
    return decide("roof", electorate, RULES[rule] if isinstance(rule, str) else rule, ballots, **more)


def changed(rule: str, **values: Any) -> ConsultationRule:
    """A rule that comes with the service, in some values another."""
    return ConsultationRule.model_validate({**RULES[rule].model_dump(), **values})
