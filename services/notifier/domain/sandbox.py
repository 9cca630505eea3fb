"""Generated work for authors of a department's program; no real caller's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from services.contracts.clock_events import ClockOwner, TicketClockWarned
from services.contracts.department_events import TicketAssigned, TicketNotice, TicketShared
from services.contracts.event import Event
from services.contracts.ticket_events import (
    Channel,
    ClockLimit,
    Place,
    RequestKind,
    TicketDispatched,
    TicketEvent,
    TicketSettled,
    Urgency,
)
from services.contracts.topics import SANDBOX
from services.notifier.domain.delivery import RedactedText, notice, with_text
from services.notifier.domain.held_ticket import HeldTicket

OTHER: Final = "sandbox-other"
"""The unit that leads what the sandbox helps with, or loses."""
_PLACE = Place(estate="sandbox-1", estate_name="演练小区", building="3")
_WORDS = (
    "【演练】三号楼二层楼道灯不亮",
    "【演练】屋面漏水，雨天更重",
    "【演练】小区门口垃圾未清运",
    "【演练】电梯停运一天",
)
_TYPES = ("MJ01", "XQ01", "SC01")


def generated(number: int, now: datetime) -> Iterator[Event]:
    """The messages of a ticket and, before each, what the state topic says.

    By its number one is given, given and warned of, shared and settled by its lead, or given and taken away.
    """
    ticket = str(uuid4())
    held = HeldTicket(ticket)
    text = RedactedText(f"【演练】{_WORDS[number % len(_WORDS)]}", "演练小区 3 号")
    due = now + timedelta(days=5)
    facts: dict[str, Any] = {
        "ticket_id": ticket,
        "number": f"99{now:%Y%m%d}{number:08d}",
        "channel": Channel.PHONE,
        "caller_ref": uuid4().hex,
        "occurred_at": now,
        "received_at": now,
        "type_code": _TYPES[number % len(_TYPES)],
        "kind": RequestKind.COMPLAINT,
        "place": _PLACE,
        "urgency": Urgency.URGENT if number % 5 == 0 else Urgency.NORMAL,
        "settle_by": due,
        "limits": (ClockLimit(clock="settle", due=due),),
    }
    shared = number % 4 == 2
    lead, helping = (OTHER, (SANDBOX,)) if shared else (SANDBOX, ())
    facts |= {"lead": lead, "co_handlers": helping}
    given = TicketDispatched.model_validate(facts | {"version": 2, "state": "dispatched"})
    yield from _state(held, given, text, now)
    yield with_text(TicketShared if shared else TicketAssigned, given, text, SANDBOX, uuid4())
    follows: dict[int, TicketEvent] = {
        1: TicketClockWarned.model_validate(
            facts | {"version": 3, "state": "dispatched", "clock": "settle", "owner": ClockOwner.UNIT, "due": due}
        ),
        2: TicketSettled.model_validate(
            facts | {"version": 3, "state": "settled", "settled_at": now, "unit_solved": True, "limits": ()}
        ),
        3: TicketDispatched.model_validate(
            facts | {"version": 3, "state": "dispatched", "lead": OTHER, "taken_from": SANDBOX}
        ),
    }
    if fact := follows.get(number % 4):
        yield from _state(held, fact, text, now)
        yield notice(TicketNotice, fact, SANDBOX, uuid4(), {})


def _state(held: HeldTicket, fact: TicketEvent, text: RedactedText, now: datetime) -> Iterator[Event]:
    held.follow(fact, now, OTHER)
    holding = held.holdings[SANDBOX]
    if record := holding.next_record(held.record(holding, text)):
        yield record
