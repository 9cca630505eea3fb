"""A consultation in one file, which anybody can recount without the service (format: docs/consultation.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.projects.domain.consultation.admission import ANY_TIME, ItemOnBallot, Opening
from services.projects.domain.consultation.ballots import Ballot
from services.projects.domain.consultation.chain import chained
from services.projects.domain.consultation.digests import digest
from services.projects.domain.consultation.electorate import Electorate, Transfer
from services.projects.domain.consultation.facts import facts_of
from services.projects.domain.consultation.result import DecidedItem, decide

FORMAT: Literal["closedloop-consultation/1"] = "closedloop-consultation/1"


@dataclass(frozen=True, slots=True)
class ConsultationVote:
    """All that a count needs. `ballots` are numbered from 1 in the order of their arrival."""

    electorate: Electorate
    items: Mapping[str, ItemOnBallot]
    ballots: Sequence[Ballot]
    opening: Opening = ANY_TIME
    transfers: Sequence[Transfer] = ()

    def decided(self) -> list[DecidedItem]:
        """Of each item, in their order. The ballots are admissible. Raises VotedTwice and BadElectorate."""
        by_item: dict[str, list[Ballot]] = {item: [] for item in self.items}
        for ballot in self.ballots:
            by_item[ballot.item].append(ballot)
        return [
            decide(
                name,
                self.electorate,
                item.rule,
                by_item[name],
                building=item.building,
                hallway=item.hallway,
                transfers=self.transfers,
            )
            for name, item in self.items.items()
        ]


def record_of(vote: ConsultationVote) -> dict[str, Any]:
    """As JSON can hold it. Raises as `decided` does."""
    asked = question_of(vote)
    begin = begin_of(asked)
    return record_with(asked, begin, list(chained(vote.ballots, begin)), [facts_of(one) for one in vote.decided()])


def question_of(vote: ConsultationVote) -> dict[str, Any]:
    """The part of a record that stands before the first ballot: rules, electorate, items, opening, transfers."""
    rules = {item.rule.name: item.rule for item in vote.items.values()}
    return {
        "format": FORMAT,
        "rules": [rules[name].model_dump(mode="json") for name in sorted(rules)],
        "electorate": {
            "hash": vote.electorate.hash,
            "parts": [
                {
                    "id": part.id,
                    "building": part.building,
                    "hallway": part.hallway,
                    "area": part.area,
                    "head": part.head,
                    "hash": part.hash,
                }
                for part in vote.electorate.parts
            ],
        },
        "items": [
            {
                "item": item.item,
                "rule": item.rule.name,
                "building": item.building,
                "hallway": item.hallway,
                "text_hash": item.text_hash,
            }
            for item in vote.items.values()
        ],
        "opening": {
            "round": vote.opening.round,
            "opens": vote.opening.opens and vote.opening.opens.isoformat(),
            "closes": vote.opening.closes and vote.opening.closes.isoformat(),
        },
        "transfers": [
            {"part_id": one.part_id, "at": one.at.isoformat(), "evidence": one.evidence} for one in vote.transfers
        ],
    }


def record_with(
    asked: Mapping[str, Any], begin: str, links: Sequence[Mapping[str, Any]], result: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """`links`: the ballots as they stand in their chain. Nothing of it is checked here; `verify` does."""
    last = links[-1]["hash"] if links else begin
    seal = seal_of(len(links), last, result)
    return {**asked, "begin": begin, "ballots": list(links), "result": list(result), "seal": seal}


def begin_of(body: Mapping[str, Any]) -> str:
    """What binds the ballots to rules, electorate, items and opening."""
    bound = {name: body[name] for name in ("format", "rules", "items", "opening", "transfers")}
    return digest({**bound, "electorate": body["electorate"]["hash"]})


def seal_of(ballots: int, last: str, result: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What binds the number of ballots and the result; whoever published its hash can be held to it."""
    return {"ballots": ballots, "last": last, "hash": digest([ballots, last, list(result)])}
