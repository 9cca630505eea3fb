"""The facts that a message may mention: of a ticket's step, or of a hot issue's stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.intake.app.ports import KnownHotIssue, PlannedTelling
from services.intake.domain.follow_up import Stage
from services.intake.domain.history import TicketHistoryEntry
from services.intake.domain.occasion import Each, Occasion
from services.intake.domain.telling_plan import Addressee, Decision
from services.intake.domain.ticket import Ticket
from services.intake.domain.works_news import WorksNews


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step just taken of a ticket, which stands as its steps left it. `limit` is until when the caller gets an
    answer."""

    ticket: Ticket
    entry: TicketHistoryEntry
    limit: datetime | None


@dataclass(frozen=True, slots=True)
class StageReached:
    """The caller of a ticket is at a stage of a hot issue, and was at another before. `joining`: just now. `start` is
    the day on which the works are to start, for those to whom they are planned."""

    issue: KnownHotIssue
    ticket: Ticket
    stage: Stage
    round: int
    before: Stage
    joining: bool = False
    start: date | None = None


@dataclass(frozen=True, slots=True)
class ToTell:
    """A possible message to the caller of a ticket."""

    ticket: Ticket
    occasion: Occasion
    occurrence: str
    facts: dict[str, Any]
    hot_issue_id: str | None = None

    @property
    def person(self) -> str:
        return person_of(self.ticket)

    @property
    def key(self) -> tuple[str, str, str]:
        return self.person, self.occasion.code, self.occurrence

    def addressee(self, *, stopped: bool) -> Addressee:
        return addressee(self.ticket, stopped=stopped)

    def planned(self, decision: Decision, at: datetime) -> PlannedTelling:
        return PlannedTelling(
            person=self.person,
            ticket_id=self.ticket.id,
            hot_issue_id=self.hot_issue_id,
            occasion=self.occasion.code,
            occurrence=self.occurrence,
            facts=self.facts,
            way=decision.way,
            cause=decision.cause,
            planned_at=at,
            not_before=decision.not_before,
        )


def of_step(occasion: Occasion, taken: StepTaken) -> ToTell:
    ticket, entry = taken.ticket, taken.entry
    known = {
        "number": _number(ticket),
        "type_code": ticket.type_code,
        "limit": taken.limit.isoformat() if taken.limit and "limit" in occasion.given else None,
        "line": entry.facts.get("line"),
        "reason": entry.words if "reason" in occasion.given else None,
    }
    occurrence = of_ticket(occasion, ticket, entry.version, taken.limit)
    return ToTell(ticket, occasion, occurrence, {name: value for name, value in known.items() if value is not None})


def of_stage(occasion: Occasion, reached: StageReached) -> ToTell:
    issue, ticket = reached.issue, reached.ticket
    start = reached.start.isoformat() if reached.start and "start" in occasion.given else None
    known = {
        "number": _number(ticket),
        "type_code": issue.type_code,
        "place": issue.place.model_dump(include={"sub_district", "estate_name"}, exclude_none=True),
        "count": issue.callers,
        "reason": issue.reason,
        "start": start,
    }
    facts = {name: value for name, value in known.items() if value is not None}
    return ToTell(ticket, occasion, at_stage(issue.id, reached.round, reached.stage, start), facts, issue.id)


def of_works(occasion: Occasion, news: WorksNews, ticket: Ticket) -> ToTell:
    place = ticket.place and ticket.place.model_dump(include={"sub_district", "estate_name"}, exclude_none=True)
    known = {"number": _number(ticket), "type_code": ticket.type_code, "place": place, **news.facts}
    facts = {name: value for name, value in known.items() if value is not None}
    return ToTell(ticket, occasion, at_works(occasion, news), facts)


def at_works(occasion: Occasion, news: WorksNews) -> str:
    """What may come again, as a suspension, is another time for each version; everything else notifies once."""
    return f"{news.id}|{news.state}" + (f"|{news.version}" if occasion.each is Each.STEP else "")


def of_ticket(occasion: Occasion, ticket: Ticket, version: int, limit: datetime | None) -> str:
    """Which time of the occasion it is: made of what stays the same when it is done again."""
    match occasion.each:
        case Each.REDO:
            return f"{ticket.id}|{ticket.redos}"
        case Each.LIMIT:
            return f"{ticket.id}|{limit.isoformat() if limit else ''}"
        case Each.PAUSE:
            return f"{ticket.id}|{ticket.paused_at.isoformat() if ticket.paused_at else ''}"
        case Each.STEP:
            return f"{ticket.id}|{version}"
        case _:
            return ticket.id


def at_stage(hot_issue_id: str, round_: int, stage: Stage, start: str | None = None) -> str:
    return f"{hot_issue_id}|{round_}|{stage}" + (f"|{start}" if start else "")


def person_of(ticket: Ticket) -> str:
    """Who is notified: the caller_ref, or the ticket's id for an anonymous call."""
    return ticket.caller_ref or ticket.id


def addressee(ticket: Ticket, *, stopped: bool) -> Addressee:
    return Addressee(
        named=ticket.caller_ref is not None,
        reach=ticket.reach,
        history=ticket.history,
        of_city=ticket.city_number is not None,
        confidential=ticket.restricted,
        stopped=stopped,
    )


def _number(ticket: Ticket) -> str:
    """What its caller knows it by."""
    assert ticket.number  # every ticket that was received has one
    return ticket.city_number or ticket.number
