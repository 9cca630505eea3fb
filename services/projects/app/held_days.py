"""Which days are citywide events while a batch is counted: read once, decided in memory, written once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from services.chassis.database.work import Work
from services.projects.app.counting_ports import Days
from services.projects.domain.citywide import Spread, TypeDay, covered_by, type_day
from services.projects.domain.detection import Sighted
from services.projects.domain.rules import RuleBook


class Reassessed(NamedTuple):
    """A day that became citywide, or no longer is. `calls` are those that no other citywide day covers."""

    citywide: bool
    calls: list[Sighted]


class HeldDays:
    """Holds every citywide day of the batch's types, and the calls of the days that the batch may change.

    All of these are locked. No other day can change by this batch.
    """

    def __init__(
        self, days: Days, book: RuleBook, citywide: set[TypeDay], watched: Mapping[TypeDay, Iterable[Sighted]]
    ) -> None:
        self._days = days
        self._book = book
        self._citywide = citywide
        self._watched = {day: _Watched(day, self._lasts(day), calls) for day, calls in watched.items()}
        self._by_type: dict[str, list[_Watched]] = defaultdict(list)
        for one in self._watched.values():
            self._by_type[one.day.type_code].append(one)
        self._unwritten: dict[TypeDay, bool] = {}

    def event_driven(self, sighted: Sighted) -> bool:
        """Whether the call belongs to a citywide event and so counts for no level."""
        rule = self._book.at(sighted.call.occurred_at).detection.citywide
        if rule is None or not self._citywide:
            return False
        day = type_day(sighted.cell.type_code, sighted.call.occurred_at)
        return any(one in self._citywide for one in covered_by(day, rule.lasts_days))

    def move(self, before: Sighted | None, after: Sighted | None) -> None:
        """The ticket counts elsewhere, or not at all, from now on."""
        for one, sign in ((before, -1), (after, 1)):
            if one:
                for watched in self._by_type.get(one.cell.type_code, ()):
                    watched.add(one, sign)

    def reassess_day(self, day: TypeDay) -> Reassessed | None:
        """Whether the day is a citywide event now; None if that has not changed."""
        watched = self._watched.get(day)
        if watched is None:
            return None
        citywide = watched.spread.is_citywide(self._book.at(day.begin).detection.citywide)
        if citywide == (day in self._citywide):
            return None
        self._citywide.discard(day)
        calls = [call for call in watched.in_order() if not self.event_driven(call)]
        if citywide:
            self._citywide.add(day)
        self._unwritten[day] = citywide
        return Reassessed(citywide, calls)

    def write(self, work: Work) -> None:
        if self._unwritten:
            self._days.mark(work, self._unwritten)
            self._unwritten.clear()

    def _lasts(self, day: TypeDay) -> int:
        rule = self._book.at(day.begin).detection.citywide
        return rule.lasts_days if rule else 1


class _Watched:
    """The calls that an event of this day would cover, and how far the calls of the day itself spread."""

    def __init__(self, day: TypeDay, lasts: int, calls: Iterable[Sighted]) -> None:
        self.day = day
        self._end = day.end(lasts)
        self._calls: dict[str, Sighted] = {}
        self._estates: Counter[str] = Counter()
        self._sub_districts: Counter[str] = Counter()
        for call in calls:
            self.add(call, 1)

    @property
    def spread(self) -> Spread:
        return Spread(len(self._estates), len(self._sub_districts))

    def add(self, sighted: Sighted, sign: int) -> None:
        call = sighted.call
        if not self.day.begin <= call.occurred_at < self._end:
            return
        if sign > 0:
            self._calls[call.ticket_id] = sighted
        else:
            self._calls.pop(call.ticket_id, None)
        if call.occurred_at < self.day.end():
            _count(self._estates, sighted.cell.estate, sign)
            if call.place.sub_district:
                _count(self._sub_districts, call.place.sub_district, sign)

    def in_order(self) -> list[Sighted]:
        return sorted(self._calls.values(), key=lambda one: (one.call.occurred_at, one.call.ticket_id))


def _count(counter: Counter[str], key: str, sign: int) -> None:
    counter[key] += sign
    if not counter[key]:
        del counter[key]
