"""Clauses (条款) of a standard: their ids stay from version to version, and what was withdrawn keeps its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class ClauseStatus(StrEnum):
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Clause:
    """`successor`: the clause of the same version that took its place, if it is superseded."""

    id: str
    text: str
    status: ClauseStatus = ClauseStatus.ACTIVE
    successor: str | None = None


class ClauseFault(NamedTuple):
    """What is wrong with a clause, by its id; None: with the list."""

    clause: str | None
    why: str


def active(clauses: Sequence[Clause]) -> list[Clause]:
    return [one for one in clauses if one.status is ClauseStatus.ACTIVE]


def clause_faults(clauses: Sequence[Clause], before: Sequence[Clause]) -> list[ClauseFault]:
    """What keeps these clauses from following those of the version before, which may be none."""
    by_id = {one.id: one for one in clauses}
    known = {one.id: one for one in before}
    found = [ClauseFault(one.id, why) for one in clauses if (why := _fault(one, by_id, known.get(one.id)))]
    if len(by_id) != len(clauses):
        found.append(ClauseFault(None, "hold an id twice; ids must be distinct"))
    if gone := [one for one in known if one not in by_id]:
        found.append(
            ClauseFault(None, f"lack {', '.join(gone)} of the version before: keep it, supersede or withdraw it")
        )
    if not active(clauses):
        found.append(ClauseFault(None, "hold none that is active; a standard without one rules nothing"))
    return found


def _fault(clause: Clause, others: dict[str, Clause], before: Clause | None) -> str | None:
    if before is not None and before.status is not ClauseStatus.ACTIVE:
        if clause != before:
            return f"was {before.status} before and stays as it was: give a new clause an id of its own"
        return None
    if clause.status is ClauseStatus.SUPERSEDED:
        successor = others.get(clause.successor or "")
        if successor is None or successor.id == clause.id or successor.status is not ClauseStatus.ACTIVE:
            return "is superseded by none that is active here: name its successor"
    elif clause.successor is not None:
        return "names a successor but is not superseded: leave it out"
    if clause.status is not ClauseStatus.ACTIVE and (before is None or clause.text != before.text):
        return "keeps the text that it had: what ends is not rewritten"
    return None
