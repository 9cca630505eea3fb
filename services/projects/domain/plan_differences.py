"""What one version of a year's plan says otherwise than the version before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from services.contracts.ticket_events import Place
from services.projects.domain.needs import NeedReason
from services.projects.domain.yearly_plan import PlanDecision, PlanEntry


class PlanChange(StrEnum):
    """ADDED: the version before did not have the estate; BEGUN: works were begun for it since; NO_NEED: it was decided
    on before, and asks for nothing any more. The others: what was said before is said otherwise."""

    ADDED = "added"
    NO_NEED = "no_need"
    DECISION = "decision"
    REASON = "reason"
    COST = "cost"
    BEGUN = "begun"


class SaidOf(NamedTuple):
    """What a version says of an estate."""

    decision: PlanDecision | None = None
    reason: NeedReason | None = None
    cost_fen: int | None = None
    projects: tuple[str, ...] = ()


class EntryDifference(NamedTuple):
    place: Place
    changes: tuple[PlanChange, ...]
    before: SaidOf
    after: SaidOf


def differences(before: Sequence[PlanEntry], after: Sequence[PlanEntry]) -> list[EntryDifference]:
    """Of the estates that either has, in the order of `after`, then those that it has no more. Ranks are no difference:
    they move with every call."""
    was = {one.place.estate: one for one in before}
    now = {one.place.estate: one for one in after}
    places: Mapping[str | None, Place] = {estate: one.place for estate, one in {**now, **was}.items()}
    found = []
    for estate, place in places.items():
        old, new = said_of(was.get(estate)), said_of(now.get(estate))
        if changes := tuple(_changes(estate in was, old, new, estate in now and bool(now[estate].needs))):
            found.append(EntryDifference(place, changes, old, new))
    return found


def said_of(entry: PlanEntry | None) -> SaidOf:
    return SaidOf(entry.decision, entry.reason, entry.cost_fen, entry.projects) if entry else SaidOf()


def _changes(was_there: bool, old: SaidOf, new: SaidOf, asks: bool) -> list[PlanChange]:
    changes = []
    if not was_there:
        return [PlanChange.ADDED]
    if old.decision and new.decision is None and not asks and not new.projects:
        return [PlanChange.NO_NEED]
    if old.decision is not new.decision:
        changes.append(PlanChange.DECISION)
    elif old.reason is not new.reason:
        changes.append(PlanChange.REASON)
    if old.cost_fen != new.cost_fen:
        changes.append(PlanChange.COST)
    if set(new.projects) - set(old.projects):
        changes.append(PlanChange.BEGUN)
    return changes
