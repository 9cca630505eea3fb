"""The same count once more, as plainly as it can be written: lists, loops and fractions, nothing of the service."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

Row = dict[str, Any]


def which_counts(rows: list[Row]) -> Row | None:
    """Paper before electronic before anything else; the earliest of these; invalid only if there is no valid one."""
    valid = [row for row in rows if row["choice"] in ("agree", "disagree", "abstain")]
    candidates = valid or [row for row in rows if row["choice"] == "invalid"]
    for origin in ("paper", "electronic"):
        of_origin = [row for row in candidates if row["origin"] == origin]
        if of_origin:
            candidates = of_origin
            break
    return min(candidates, key=lambda row: row["at"]) if candidates else None


def count_by_hand(parts: list[Row], rows: list[Row], follow: str | None, invalid_takes_part: bool) -> Row:
    """`follow`: what parts with a delivered and unanswered ballot are taken to say."""
    answer = {}
    for part in parts:
        mine = [row for row in rows if row["part"] == part["id"]]
        row = which_counts(mine)
        if row is not None:
            answer[part["id"]] = row["choice"], "real"
        elif follow is not None and any(row["delivered"] for row in mine):
            answer[part["id"]] = follow, "silent"
    takes_part = [
        part for part in parts if part["id"] in answer and (answer[part["id"]][0] != "invalid" or invalid_takes_part)
    ]
    agrees = [part for part in takes_part if answer[part["id"]][0] == "agree"]
    owners_of = {part["owner"] for part in takes_part}
    agreeing_owners = set()
    saying: dict[str, set[str]] = {}
    for owner in owners_of:
        mine = [answer[part["id"]] for part in takes_part if part["owner"] == owner]
        real = {choice for choice, how in mine if how == "real"}
        saying[owner] = real or {choice for choice, how in mine}
        if saying[owner] == {"agree"}:
            agreeing_owners.add(owner)
    return {
        "area": (area(parts), area(takes_part), area(agrees)),
        "heads": (len({part["owner"] for part in parts}), len(owners_of), len(agreeing_owners)),
        "contracts": (len(parts), len(takes_part), len(agrees)),
        "leaders": [
            leader({choice: sum(said == {choice} for said in saying.values()) for choice in OPINIONS}),
            leader(
                {
                    choice: sum(part["area"] for part in takes_part if answer[part["id"]][0] == choice)
                    for choice in OPINIONS
                }
            ),
        ],
    }


OPINIONS = ("agree", "disagree", "abstain")


def area(parts: list[Row]) -> int:
    return sum(part["area"] for part in parts)


def leader(votes: dict[str, int]) -> str | None:
    most = max(votes.values())
    leaders = [choice for choice, number in votes.items() if number == most]
    return leaders[0] if len(leaders) == 1 and most > 0 else None


def both_by_hand(parts: list[Row], rows: list[Row], invalid_takes_part: bool) -> tuple[Row, Row, str | None]:
    cast = count_by_hand(parts, rows, None, invalid_takes_part)
    by_heads, by_area = cast["leaders"]
    follow = by_heads if by_heads == by_area and by_heads in ("agree", "disagree") else None
    return cast, count_by_hand(parts, rows, follow, invalid_takes_part), follow


def met_by_hand(condition: Row, counting: Row) -> bool:
    whole, taking, agreeing = counting[condition["count"]]
    above = taking if condition["counted"] == "taking_part" else agreeing
    below = whole if condition["denominator"] == "all" else taking
    if below == 0:
        return False
    share, asked = Fraction(above, below), Fraction(condition["num"], condition["den"])
    return share > asked if condition["op"] == ">" else share >= asked
