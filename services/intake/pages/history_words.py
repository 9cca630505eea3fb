"""History lines, review reasons and messages to callers in the reader's language, made from their facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from services.chassis.pages.speech import Speech
from services.intake.domain.dispatched_ticket import NOBODY
from services.intake.domain.history import Facts
from services.intake.domain.steps import TicketStep
from services.intake.domain.telling import Way
from services.intake.domain.telling_words import TellingWords

LINKS = ("into", "follows")
"""Facts that name another ticket."""


def reason_words(say: Speech, facts: Facts | None, english: str | None) -> str:
    """Why a ticket is in review. `english` is shown where there are no facts: a person's own words, or an old row."""
    if not facts:
        return english or ""
    named = {"type": say.kind(facts["type_code"])} if "type_code" in facts else {}
    confidence = {"confidence": f"{facts['confidence']:.2f}"} if "confidence" in facts else {}
    where = {"elsewhere": facts["elsewhere"]} if "elsewhere" in facts else {}
    unit = {"unit": say.department(facts["unit"])} if "unit" in facts else {}
    return say(f"why.{facts['code']}", **named, **confidence, **where, **unit)


def line_words(say: Speech, line: Mapping[str, Any], numbers: Mapping[str, str]) -> str:
    """What a line of the history says beside its step. One without facts is shown as it was written.

    `numbers` are those of other tickets that the reader may see, by id.
    """
    facts = line["facts"]
    if not facts:
        return line["detail"] or ""
    linked = {name: numbers.get(facts[name], facts[name][:8]) for name in LINKS if name in facts}
    said = _SAID[line["step"]](say, {**facts, **linked})
    return f"{said}{say('colon')}{facts['words']}" if "words" in facts else said


def telling_words(say: Speech, words: TellingWords, telling: Mapping[str, Any]) -> str:
    """The message in the reader's language; its code, where the table has no such occasion any more."""
    occasion = words.table.find(telling["occasion"])
    if occasion is None:
        return str(telling["occasion"])
    way = Way(telling["way"]) if telling["way"] else occasion.ways[0]
    return words.of(occasion.code, telling["facts"], say.language.value, way)


def _reading(say: Speech, facts: Facts) -> str:
    named = f"{facts['type_code']} {say.kind(facts['type_code'])}"
    if "confidence" not in facts:
        return f"{named}{say('colon')}{say('why.joins known')}"
    return f"{named} {facts['confidence']:.2f}{say('colon')}{' '.join(facts['signs'])}"


def _clock(say: Speech, facts: Facts) -> str:
    due = say.limit(datetime.fromisoformat(facts["due"]))
    return say("clock_due", clock=say(f"clock.{facts['clock']}"), due=due)


def _recount(say: Speech, facts: Facts) -> str:
    was, due = (say.limit(datetime.fromisoformat(facts[name])) for name in ("was", "due"))
    said = say("clock_recounted", clock=say(f"clock.{facts['clock']}"), was=was, due=due)
    return f"{said}{say('breach_taken_back')}" if facts.get("breach_taken_back") else said


def _outcome(say: Speech, facts: Facts) -> str:
    return say("outcome.solved" if facts["solved"] else "outcome.not solved")


def _assistance(say: Speech, facts: Facts) -> str:
    unit = say.department(facts["unit"])
    return say("contacted_by", unit=unit) if facts["contacted"] else unit


def _link(say: Speech, facts: Facts) -> str:
    target = str(facts["into"])
    return f"{target}{say('colon')}{say('why.joins known')}" if facts.get("joins") else target


def _corrected(say: Speech, facts: Facts) -> str:
    if "about" not in facts:
        return say("follows", ticket=facts["follows"])
    return say("about_nobody") if facts["about"] == NOBODY else say("about", unit=say.department(facts["about"]))


_SAID: Mapping[str, Callable[[Speech, Facts], str]] = {
    TicketStep.CLASSIFY: _reading,
    TicketStep.RECLASSIFY: _corrected,
    TicketStep.SEND_TO_REVIEW: lambda say, facts: reason_words(say, facts, None),
    TicketStep.DISPATCH: lambda say, facts: say.department(facts["lead"]),
    TicketStep.REDISPATCH: lambda say, facts: say.department(facts["lead"]),
    TicketStep.ASSIST: _assistance,
    TicketStep.CALL_IN: lambda say, facts: say.department(facts["unit"]),
    TicketStep.ASSIGN: lambda _, facts: str(facts["person"]),
    TicketStep.TRANSFER: lambda _, facts: str(facts["line"]),
    TicketStep.MISS_CONTACT: lambda say, facts: say(f"in_vain.{facts['result']}"),
    TicketStep.MERGE: _link,
    TicketStep.WARN: _clock,
    TicketStep.BREACH: _clock,
    TicketStep.RECOUNT: _recount,
    TicketStep.SETTLE: _outcome,
    TicketStep.VISIT: _outcome,
}
