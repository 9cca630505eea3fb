"""A consultation in one file, which anybody can recount without the service (format: docs/consultation.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.projects.domain.consultation.admission import ANY_TIME, HeldIn, ItemOnBallot, Opening
from services.projects.domain.consultation.ballots import Ballot
from services.projects.domain.consultation.chain import chained
from services.projects.domain.consultation.digests import digest
from services.projects.domain.consultation.electorate import Electorate, Transfer
from services.projects.domain.consultation.register_check import Difference, RegisterBasis
from services.projects.domain.consultation.result import DecidedItem, decide
from services.projects.domain.consultation.result_facts import facts_of
from services.projects.domain.consultation.sales import Sale

FORMAT: Literal["closedloop-consultation/1"] = "closedloop-consultation/1"


@dataclass(frozen=True, slots=True)
class ConsultationVote:
    """All that a count needs. `ballots` are numbered from 1 in the order of their arrival.

    `transfers` were known when it was announced, `sales` were entered later. `register_check`: what the electorate was
    held against, with each difference, as `register_facts` writes it.
    """

    electorate: Electorate
    items: Mapping[str, ItemOnBallot]
    ballots: Sequence[Ballot]
    opening: Opening = ANY_TIME
    transfers: Sequence[Transfer] = ()
    register_check: Mapping[str, Any] | None = None
    sales: Sequence[Sale] = ()

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
                transfers=[*self.transfers, *(one.transfer for one in self.sales)],
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
            **_held_in(vote.opening.held_in),
        },
        "transfers": [
            {"part_id": one.part_id, "at": one.at.isoformat(), "evidence": one.evidence} for one in vote.transfers
        ],
        **({"register_check": vote.register_check} if vote.register_check else {}),
    }


def register_facts(basis: RegisterBasis, found: Sequence[Difference]) -> dict[str, Any]:
    return {
        "estate": basis.estate,
        "within": list(basis.within),
        "hash": basis.hash,
        "why": basis.why,
        "differences": [
            {"part_id": one.part_id, "kind": one.kind.value, "registered": one.registered, "given": one.given}
            for one in found
        ],
    }


def _held_in(held: HeldIn | None) -> dict[str, Any]:
    if held is None:
        return {}
    issued = held.issued_on.isoformat()
    return {"held_in": {"system": held.system, "number": held.number, "evidence": held.evidence, "issued_on": issued}}


def record_with(
    asked: Mapping[str, Any],
    begin: str,
    links: Sequence[Mapping[str, Any]],
    result: Sequence[Mapping[str, Any]],
    meanwhile: Meanwhile | None = None,
) -> dict[str, Any]:
    """`links`: the ballots as they stand in their chain. Nothing of it is checked here; `verify` does."""
    last = links[-1]["hash"] if links else begin
    bound = meanwhile.facts() if meanwhile else {}
    seal = seal_of(len(links), last, result, bound)
    return {**asked, "begin": begin, "ballots": list(links), **bound, "result": list(result), "seal": seal}


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What happened beside the ballots. `sales`: chained as ballots are, the first to `begin`. `looked`: the counting
    party's first look at how the vote stood, while it could still enter ballots."""

    sales: Sequence[Mapping[str, Any]] = ()
    looked: Mapping[str, Any] | None = None

    def facts(self) -> dict[str, Any]:
        """Only what there was."""
        sales = {"sales": list(self.sales)} if self.sales else {}
        return {**sales, **({"looked": dict(self.looked)} if self.looked else {})}


def begin_of(body: Mapping[str, Any]) -> str:
    """What binds the ballots to rules, electorate, items and opening."""
    bound = {name: body[name] for name in ("format", "rules", "items", "opening", "transfers")}
    bound |= {"register_check": body["register_check"]} if body.get("register_check") else {}
    return digest({**bound, "electorate": body["electorate"]["hash"]})


def seal_of(
    ballots: int, last: str, result: Sequence[Mapping[str, Any]], meanwhile: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What binds the number of ballots, the result, and what happened meanwhile, if anything did; whoever published its
    hash can be held to it."""
    bound = [ballots, last, list(result), *([meanwhile] if meanwhile else [])]
    return {"ballots": ballots, "last": last, "hash": digest(bound)}
