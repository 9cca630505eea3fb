"""Electorates and ballots by chance, as plain rows for a count by hand and as the domain's own."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from services.projects.domain.consultation.ballots import Ballot, BallotChoice
from services.projects.domain.consultation.electorate import Electorate, OwnedPart
from tests.unit.projects.consultation.votes import OPENED

CHOICES = [choice.value for choice in BallotChoice]
ORIGINS = ["paper", "electronic", "by messenger"]


def estate_of(source: random.Random) -> list[dict[str, Any]]:
    owners = [f"owner {one}" for one in range(source.randint(1, 9))]
    return [
        {
            "id": f"part {one}",
            "building": source.choice("12"),
            "area": source.choice([1, 2, 3, 50, source.randint(1, 100_000)]),
            "owner": source.choice(owners),
        }
        for one in range(source.randint(1, 14))
    ]


def rows_of(source: random.Random, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Some part answers twice, and thrice; no two at the same time, and not in the order of the rows."""
    often = source.choice([1, 2, 5])
    weights = [source.choice([1, 6]) for _ in CHOICES]
    rows = [
        {
            "part": part["id"],
            "choice": source.choices(CHOICES, weights)[0],
            "origin": source.choice(ORIGINS),
            "delivered": source.random() < 0.7,
        }
        for part in parts
        for _ in range(source.choice([0, 1, 1, 1, often]))
    ]
    arrival = source.sample(range(len(rows)), len(rows))
    return [{**row, "at": minute} for minute, row in zip(arrival, rows, strict=True)]


def ballots_of(rows: list[dict[str, Any]]) -> list[Ballot]:
    return [
        Ballot(
            number,
            row["part"],
            "roof",
            BallotChoice(row["choice"]),
            row["origin"],
            OPENED + timedelta(minutes=row["at"]),
            row["delivered"],
        )
        for number, row in enumerate(rows, start=1)
    ]


def electorate_of(parts: list[dict[str, Any]]) -> Electorate:
    return Electorate.of(OwnedPart(one["id"], one["building"], "1", one["area"], one["owner"]) for one in parts)
