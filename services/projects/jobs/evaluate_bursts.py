"""Replays tickets of known places through the rule of a hot issue (level L2 of docs/domain.md §3.2)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.projects.domain.detection import Call, first_hot
from services.projects.domain.rules import RuleBook
from services.projects.files.rules import FILE, load_rules

COUNTED_CALLERS = 64
"""Callers considered, the newest: more than any threshold asks for. Of each only the newest call counts."""
JUDGED_DAYS = 90
JUDGED_CALLERS = 8


@dataclass(slots=True)
class Burst:
    """A time in which the calls about a place are a hot issue. `opened`: the call that fulfilled the rule."""

    place: str
    first: datetime
    opened: datetime
    last: datetime
    tickets: list[str]


@dataclass(slots=True)
class _Place:
    newest: dict[str, Call] = field(default_factory=dict)
    window: list[Call] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    open: Burst | None = None

    def past(self, begin: datetime, end: datetime) -> int:
        return bisect_left(self.times, end) - bisect_left(self.times, begin)


@dataclass(slots=True)
class Bursts:
    """Takes calls in the order of their time. A burst goes on while each further call still fulfils the rule."""

    book: RuleBook = field(default_factory=lambda: load_rules(FILE))
    found: list[Burst] = field(default_factory=list)
    windows: int = 0
    covered: int = 0
    _places: dict[str, _Place] = field(default_factory=dict)

    @property
    def places(self) -> int:
        return len(self._places)

    def take(self, place: str, number: int, caller: str | None, at: datetime) -> None:
        """`number` stands for the ticket."""
        call = Call(str(number), caller, at)
        known = self._places.setdefault(place, _Place())
        self._remember(known, call)
        now = replace(call, history=False)
        newest = sorted(known.newest.values(), key=lambda one: one.occurred_at)[-COUNTED_CALLERS:]
        calls = [*(replace(one, history=True) for one in newest if one.ticket_id != call.ticket_id), now]
        fulfilled = first_hot(calls, self.book, None, known.past)
        if fulfilled and known.open is None:
            start = call.occurred_at - timedelta(days=fulfilled.window_days)
            members = [one for one in known.window if one.occurred_at > start]
            tickets = [one.ticket_id for one in members]
            known.open = Burst(place, members[0].occurred_at, call.occurred_at, call.occurred_at, tickets)
            self.found.append(known.open)
        elif fulfilled and known.open:
            known.open.last = call.occurred_at
            known.open.tickets.append(call.ticket_id)
        else:
            known.open = None
        self._judge(known, call.occurred_at)

    def _remember(self, known: _Place, call: Call) -> None:
        begin = call.occurred_at - timedelta(days=max(self.book.longest_days, JUDGED_DAYS))
        known.window = [*(one for one in known.window if one.occurred_at > begin), call]
        known.times.append(call.occurred_at)
        if call.caller_ref:
            known.newest.pop(call.caller_ref, None)
            known.newest[call.caller_ref] = call
        for caller in _older(known.newest, begin):
            del known.newest[caller]

    def _judge(self, known: _Place, end: datetime) -> None:
        """Counts the window of JUDGED_DAYS that ends now, if it holds enough callers, and if an alarm covers it."""
        begin = end - timedelta(days=JUDGED_DAYS)
        callers = sum(call.occurred_at > begin for call in known.newest.values())
        if callers >= JUDGED_CALLERS:
            self.windows += 1
            self.covered += known.open is not None


def _older(newest: dict[str, Call], begin: datetime) -> Iterable[str]:
    """The dict is in the order of time, so that only what falls out is looked at."""
    gone = []
    for caller, call in newest.items():
        if call.occurred_at > begin:
            break
        gone.append(caller)
    return gone
