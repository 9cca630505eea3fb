"""Callers by estate and month out of anybody's file, checked row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

from services.projects.domain.effect.panel import Callers, Repaired
from services.projects.domain.months import Month

COLUMNS = ("estate", "group", "month", "callers", "class", "decided", "works_start", "accepted")
DAYS = ("decided", "works_start", "accepted")
_MONTH = re.compile(r"^(\d{4})[-/.年]?(\d{1,2})(?:[-/.月](?:\d{1,2}日?)?(?:[ T]00:00(?::00)?)?)?$")
MOST_CALLERS = 1_000_000


class EstateGroup(StrEnum):
    TREATED = "treated"
    CONTROL = "control"


class CountsRefused(Exception):
    """The file cannot be judged; `faults` names row, column and remedy of each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(slots=True)
class _Estate:
    group: EstateGroup
    kind: str
    row: int
    days: dict[str, date | None]
    callers: dict[Month, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallersByMonth:
    """`controls` by class; those without a class serve every one. `filled`: months without a row, read as none."""

    repaired: Sequence[Repaired]
    controls: Mapping[str, Sequence[Callers]]
    through: Month
    filled: int

    def controls_of(self, kind: str) -> Sequence[Callers]:
        return [*self.controls.get(kind, ()), *(self.controls.get("", ()) if kind else ())]


def read_counts(header: Sequence[str], rows: Iterable[tuple[int, Sequence[str], str | None]]) -> CallersByMonth:
    """Rows are their number, their cells, and why they could not be read. Raises CountsRefused; all or nothing."""
    names = [cell.strip().casefold() for cell in header]
    if missing := [name for name in COLUMNS if name not in names]:
        raise CountsRefused([f"the column {' and '.join(missing)} is missing; the columns are {', '.join(header)}"])
    place = {name: names.index(name) for name in COLUMNS}
    faults: list[str] = []
    estates: dict[str, _Estate] = {}
    for number, cells, fault in rows:
        if fault:
            faults.append(f"row {number}: {fault}")
            continue
        try:
            _take(estates, number, {name: cells[at].strip() for name, at in place.items()})
        except ValueError as error:
            faults.append(f"row {number}, {error}")
    faults += [f"row {one.row}, {why}" for name, one in estates.items() for why in _wrong_days(name, one)]
    if not faults and not any(one.group is EstateGroup.TREATED for one in estates.values()):
        faults.append("no row has the group treated: there is no estate to judge")
    faults += _gaps(estates)
    if faults:
        raise CountsRefused(faults)
    return _counts(estates)


def _take(estates: dict[str, _Estate], number: int, cells: Mapping[str, str]) -> None:
    name = cells["estate"]
    if not name:
        raise ValueError("estate: is blank; name the estate")
    try:
        group = EstateGroup(cells["group"].casefold())
    except ValueError:
        raise ValueError(f"group: {cells['group']!r} is neither treated nor control") from None
    days = {day: _day(day, cells[day]) if group is EstateGroup.TREATED else None for day in DAYS}
    one = estates.setdefault(name, _Estate(group, cells["class"], number, days))
    if (one.group, one.kind, one.days) != (group, cells["class"], days):
        raise ValueError(f"estate: {name} stands in row {one.row} with another group, class or day; give it one")
    month = _month(cells["month"])
    if month in one.callers:
        raise ValueError(f"month: {month} of {name} stands twice; leave one row")
    one.callers[month] = _callers(cells["callers"])


def _month(written: str) -> Month:
    found = _MONTH.match(written)
    if not found or not 1 <= int(found[2]) <= 12:
        raise ValueError(f"month: {written!r} is no month; write it as 2026-04")
    return Month(int(found[1]), int(found[2]))


def _callers(written: str) -> int:
    try:
        number = float(written)
    except ValueError:
        number = -1.0
    if not 0 <= number <= MOST_CALLERS or number != int(number):
        raise ValueError(
            f"callers: {written!r} is no number of callers; give a whole number from 0 to {MOST_CALLERS:,}"
        )
    return int(number)


def _day(name: str, written: str) -> date:
    found = re.match(r"^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})?日?)?(?:[ T].*)?$", written)
    try:
        if not found:
            raise ValueError
        return date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        raise ValueError(f"{name}: {written!r} is no day; write it as 2026-04-30, a treated estate needs it") from None


def _wrong_days(name: str, one: _Estate) -> Iterable[str]:
    days = [one.days[day] for day in DAYS]
    for (before, first), (after, second) in zip(
        zip(DAYS, days, strict=True), zip(DAYS[1:], days[1:], strict=False), strict=False
    ):
        if first and second and second < first:
            yield f"{after}: of {name} is before {before}; correct one of them"


def _gaps(estates: Mapping[str, _Estate]) -> Iterable[str]:
    """Months between the first and the last that no estate has: nobody knows whether nobody called."""
    every = sorted({month for one in estates.values() for month in one.callers})
    for month, following in pairwise(every):
        if month.plus(1) != following:
            last = following.plus(-1)
            yield f"month: {month.plus(1)} to {last} stand in no row; give each month, with 0 where nobody called"


def _counts(estates: Mapping[str, _Estate]) -> CallersByMonth:
    every = {month for one in estates.values() for month in one.callers}
    repaired, controls = [], dict[str, list[Callers]]()
    for name, one in estates.items():
        if one.group is EstateGroup.CONTROL:
            controls.setdefault(one.kind, []).append(one.callers)
            continue
        decided, works_start, accepted = (one.days[day] for day in DAYS)
        assert decided
        assert works_start
        assert accepted
        repaired.append(Repaired(name, one.kind, one.callers, decided, works_start, accepted))
    filled = sum(len(every) - len(one.callers) for one in estates.values())
    return CallersByMonth(repaired, controls, max(every), filled)
