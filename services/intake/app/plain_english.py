"""The plain English of history lines and review reasons, for events, the API and stored rows.

It is made from facts and never parsed: pages put the facts into the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.intake.domain.dispatch import DOUBTFUL_BELOW
from services.intake.domain.history import Facts, TicketHistoryEntry
from services.intake.domain.review import ReviewCode, ReviewReason
from services.intake.domain.steps import TicketStep

JOINS = "joins what is known"


def reason_in_english(reason: ReviewReason) -> str:
    """A person's own words stay as they are."""
    match reason.code:
        case ReviewCode.EMERGENCY:
            return "an emergency, it seems: transfer it to 110, 119, 120 or 122, or dispatch it at once"
        case ReviewCode.ELSEWHERE:
            return f"it seems to be in {reason.elsewhere}, not in this district: return it, or say where it is"
        case ReviewCode.ABOUT_UNIT:
            return f"it is about {reason.unit}, to which the catalogue would give it: dispatch it to another unit"
        case ReviewCode.NO_TYPE:
            return "none of the catalogue's types"
        case ReviewCode.DOUBTFUL:
            doubt = f"confidence {reason.confidence:.2f} is below {DOUBTFUL_BELOW:.2f}"
            return f"type {reason.type_code} is doubtful: {doubt}"
        case ReviewCode.NO_PLACE:
            return f"type {reason.type_code} belongs to the sub-district office, and the place is not known"
        case ReviewCode.JOINS_KNOWN:
            return JOINS
        case None:
            return reason.words or ""


def entry_in_english(entry: TicketHistoryEntry) -> str | None:
    """None for a step without facts and words."""
    head = _HEADS.get(entry.step)
    if head is None or not entry.facts:
        return entry.words
    return f"{head(entry.facts)}: {entry.words}" if entry.words else head(entry.facts)


def _reading(facts: Facts) -> str:
    if "confidence" not in facts:
        return f"{facts['type_code']}: {JOINS}"
    return f"{facts['type_code']} {facts['confidence']:.2f}: {' '.join(facts['signs'])}"


def _corrected(facts: Facts) -> str:
    return f"about {facts['about']}" if "about" in facts else f"follows {facts['follows']}"


def _outcome(facts: Facts) -> str:
    return "solved" if facts["solved"] else "not solved"


def _recount(facts: Facts) -> str:
    taken_back = ", the breach is taken back" if facts.get("breach_taken_back") else ""
    return f"{facts['clock']}: due {facts['due']}, not {facts['was']}{taken_back}"


_HEADS: Mapping[TicketStep, Callable[[Facts], str]] = {
    TicketStep.CLASSIFY: _reading,
    TicketStep.RECLASSIFY: _corrected,
    TicketStep.SEND_TO_REVIEW: lambda facts: reason_in_english(ReviewReason.of_facts(facts)),
    TicketStep.DISPATCH: lambda facts: facts["lead"],
    TicketStep.REDISPATCH: lambda facts: facts["lead"],
    TicketStep.ASSIST: lambda facts: f"{facts['unit']} spoke with the caller" if facts["contacted"] else facts["unit"],
    TicketStep.CALL_IN: lambda facts: facts["unit"],
    TicketStep.ASSIGN: lambda facts: facts["person"],
    TicketStep.TRANSFER: lambda facts: facts["line"],
    TicketStep.MISS_CONTACT: lambda facts: facts["result"],
    TicketStep.MERGE: lambda facts: f"{facts['into']}: {JOINS}" if facts.get("joins") else facts["into"],
    TicketStep.WARN: lambda facts: f"{facts['clock']}: due {facts['due']}",
    TicketStep.BREACH: lambda facts: f"{facts['clock']}: was due {facts['due']}",
    TicketStep.RECOUNT: _recount,
    TicketStep.SETTLE: _outcome,
    TicketStep.VISIT: _outcome,
}
