"""Which departments have a ticket to work on, and what the state topic of each says about it (ADR 53)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from services.contracts.clock_events import TicketClockBreached, TicketClockBreachTakenBack
from services.contracts.department_state_events import (
    OPEN_STATES,
    DepartmentTicketState,
    HeldLimit,
    Role,
    Withdrawal,
)
from services.contracts.ticket_events import DepartmentCode, TicketEvent
from services.notifier.domain.confidence import may_hear
from services.notifier.domain.delivery import RedactedText

WITHDRAWN_FOR: Final = timedelta(days=30)
"""As long as the stream keeps what was sent of the ticket: a reader of it finds here that it is over."""

_SHOWN: Final = frozenset(DepartmentTicketState.model_fields) & frozenset(TicketEvent.model_fields)
_KEPT: Final = _SHOWN - {"version", "ticket_id"} | {"text_version", "caller_ref", "about_unit"}
_GUARDS: Final = ("restricted", "lead", "about_unit")


@dataclass(slots=True)
class Holding:
    """What one department was last sent of a ticket. `revision` counts its records; 0: none yet.

    `role` None: the ticket is withdrawn, for the reason and since the time that are given. `shown` is a hash of the
    newest record; None once that is a tombstone.
    """

    department: DepartmentCode
    revision: int = 0
    role: Role | None = None
    withdrawn: Withdrawal | None = None
    withdrawn_at: datetime | None = None
    shown: bytes | None = None
    changed: bool = False

    def over_at(self) -> datetime | None:
        """From when on the record is a tombstone."""
        return self.withdrawn_at and self.withdrawn_at + WITHDRAWN_FOR

    def next_record(self, record: DepartmentTicketState) -> DepartmentTicketState | None:
        """`record` with the next version; None if it says what the newest says."""
        content = record.model_copy(update={"version": 1}).model_dump_json(exclude_none=True)
        shown = hashlib.sha256(content.encode()).digest()
        if shown == self.shown:
            return None
        self.shown, self.revision, self.changed = shown, self.revision + 1, True
        return record.model_copy(update={"version": self.revision})

    def bury(self) -> bool:
        """False if the newest record is a tombstone already, or there is none."""
        if self.shown is None:
            return False
        self.shown, self.revision, self.changed = None, self.revision + 1, True
        return True


@dataclass(slots=True)
class HeldTicket:
    """A ticket as its newest fact left it. `facts` is of that fact what departments are shown or what decides on it.

    `breached` has the end of each clock that was reported as breached, by clock.
    """

    ticket_id: str
    version: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    breached: dict[str, str] = field(default_factory=dict)
    holdings: dict[DepartmentCode, Holding] = field(default_factory=dict)
    changed: bool = False

    def follow(self, fact: TicketEvent, at: datetime, hub: DepartmentCode) -> None:
        """Takes a fact and decides whose work the ticket is; one that is not newer changes nothing."""
        if fact.version <= self.version:
            return
        facts = fact.model_dump(mode="json", include=set(_KEPT), exclude_none=True)
        if fact.limits is None and "limits" in self.facts:
            facts["limits"] = self.facts["limits"]
        self.version, self.facts, self.changed = fact.version, facts, True
        if isinstance(fact, TicketClockBreached):
            self.breached[fact.clock] = fact.due.isoformat()
        elif isinstance(fact, TicketClockBreachTakenBack):
            self.breached.pop(fact.clock, None)
        roles = _roles(fact, hub)
        for department, role in roles.items():
            holding = self.holdings.setdefault(department, Holding(department))
            holding.role, holding.withdrawn, holding.withdrawn_at, holding.changed = role, None, None, True
        for department, holding in self.holdings.items():
            if holding.role and department not in roles:
                holding.withdrawn = _why_withdrawn(fact, department)
                holding.role, holding.withdrawn_at, holding.changed = None, at, True

    @property
    def text_version(self) -> int:
        """The text that a department is to have before it sees the ticket."""
        return int(self.facts.get("text_version", 1))

    def record(self, holding: Holding, text: RedactedText | None) -> DepartmentTicketState:
        """What the department's topic says of the ticket; `version` is the caller's to set."""
        known = {
            "version": 1,
            "department": holding.department,
            "ticket_id": self.ticket_id,
            "number": self.facts.get("number"),
            "ticket_version": self.version,
        }
        if holding.role is None:
            # The fact is not for a unit that lost the ticket: it may not hear of what comes after.
            over = {} if holding.withdrawn in ("left", "restricted") else {"state": self.facts.get("state")}
            gone = {"standing": "withdrawn", "withdrawn": holding.withdrawn, "withdrawn_at": holding.withdrawn_at}
            return DepartmentTicketState.model_validate(known | gone | over)
        shown = {name: value for name, value in self.facts.items() if name in _SHOWN}
        words = {"text": text.text, "address": text.address} if text else {}
        limits = [HeldLimit.model_validate(one | {"breached": self._is_breached(one)}) for one in self._limits()]
        more = {
            "standing": "open",
            "role": holding.role,
            "limits": limits,
            "reading_path": self._reading_path(holding.role),
        }
        return DepartmentTicketState.model_validate(shown | known | more | words)

    def forget_if_over(self) -> None:
        """Drops the facts once every department that had the ticket has a tombstone, but for who may hear of it if not
        all may. The version stays, so that older facts change nothing."""
        if not self.holdings or any(one.role or one.shown for one in self.holdings.values()):
            return
        closed = self.facts.get("restricted") or self.facts.get("about_unit")
        kept = {name: self.facts[name] for name in _GUARDS if name in self.facts} if closed else {}
        if self.facts != kept:
            self.facts, self.breached, self.changed = kept, {}, True

    def _limits(self) -> list[dict[str, Any]]:
        return self.facts.get("limits") or []

    def _is_breached(self, limit: Mapping[str, str]) -> bool:
        breach = self.breached.get(limit["clock"])
        return breach is not None and datetime.fromisoformat(breach) == datetime.fromisoformat(limit["due"])

    def _reading_path(self, role: Role) -> str | None:
        """Where the lead reads the caller. Of a confidential or restricted ticket it may not (ADR 35)."""
        known = "caller_ref" in self.facts and not (self.facts.get("confidential") or self.facts.get("restricted"))
        return f"/tickets/{self.ticket_id}/caller" if known and role == "lead" else None


def _roles(fact: TicketEvent, hub: DepartmentCode) -> dict[DepartmentCode, Role]:
    if fact.state not in OPEN_STATES:
        return {}
    helping: dict[DepartmentCode, Role] = dict.fromkeys(fact.co_handlers, "co-handler")
    leading: dict[DepartmentCode, Role] = {fact.lead: "lead"} if fact.lead else {}
    return {unit: role for unit, role in (helping | leading).items() if may_hear(unit, fact, hub)}


def _why_withdrawn(fact: TicketEvent, department: DepartmentCode) -> Withdrawal:
    """A unit that is reported learns no more than that another has the ticket."""
    if fact.state not in OPEN_STATES:
        return "merged" if fact.merged_into else "ended"
    return "restricted" if fact.restricted and department in fact.co_handlers else "left"
