"""Ballots in the order of their arrival, each with the hash of the one before: none can change or go unseen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.projects.domain.consultation.ballots import Ballot
from services.projects.domain.consultation.digests import digest


def chained(ballots: Iterable[Ballot], begin: str) -> Iterator[dict[str, Any]]:
    """Each ballot as facts with `previous` and `hash`. `begin`: the hash of what is voted on, by whom and how."""
    return links(map(ballot_facts, ballots), begin)


def links(chain: Iterable[Mapping[str, Any]], begin: str) -> Iterator[dict[str, Any]]:
    """Facts, numbered from 1, each with the hash of the one before and its own."""
    previous = begin
    for facts in chain:
        made = _hash(previous, facts)
        yield {**facts, "previous": previous, "hash": made}
        previous = made


def first_broken(links: Iterable[Mapping[str, Any]], begin: str) -> int | None:
    """The place, from 1, of the first link that is not what its content and the one before make it."""
    previous = begin
    for place, found in enumerate(links, start=1):
        facts = {name: value for name, value in found.items() if name not in ("previous", "hash")}
        if found["number"] != place or found["previous"] != previous or found["hash"] != _hash(previous, facts):
            return place
        previous = found["hash"]
    return None


def _hash(previous: str, facts: Mapping[str, Any]) -> str:
    return digest([previous, facts])


def ballot_facts(ballot: Ballot) -> dict[str, Any]:
    """Who entered it and when stand in it where they are known."""
    entry = {"entered_at": ballot.entered_at.isoformat(), "entered_by": ballot.entered_by} if ballot.entered_at else {}
    return {
        "number": ballot.number,
        "round": ballot.round,
        "part_id": ballot.part_id,
        "item": ballot.item,
        "choice": ballot.choice.value,
        "origin": ballot.origin,
        "at": ballot.at and ballot.at.isoformat(),
        "delivered": ballot.delivered,
        "text_hash": ballot.text_hash,
        "evidence": ballot.evidence,
        "proxy": ballot.proxy,
        **entry,
    }
