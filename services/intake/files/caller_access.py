"""Who may read who a caller is, from `data/caller_access.yaml`."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

from pydantic import PositiveInt

from services.contracts.data_files import DataRow, InvalidData, read_rows, read_section, row_of
from services.intake.domain.caller_access import CallerAccess, CallerReader, ReaderRule, ReadingLimit, ReadingPurpose
from services.intake.domain.steps import TicketState

FILE = Path(__file__).parents[1] / "data" / "caller_access.yaml"


class _Reader(DataRow):
    reader: CallerReader
    states: frozenset[TicketState] | None = None
    confidential: bool
    restricted: bool


class _Purpose(DataRow):
    purpose: ReadingPurpose
    readers: frozenset[CallerReader]


class _Limit(DataRow):
    times: PositiveInt
    minutes: PositiveInt


@cache
def caller_access(file: Path = FILE) -> CallerAccess:
    """Raises InvalidData, also when a reader or a purpose has no row."""
    readers = read_rows(file, "readers", _Reader, "reader")
    purposes = read_rows(file, "purposes", _Purpose, "purpose")
    for section, there, wanted in (("readers", readers, CallerReader), ("purposes", purposes, ReadingPurpose)):
        if missing := set(wanted) - there.keys():
            raise InvalidData(file, section, f"lack {', '.join(sorted(missing))}; add a row for each")
    limits = [row_of(file, "limits", _Limit, one) for one in read_section(file, "limits") or ()]
    return CallerAccess(
        {one.reader: ReaderRule(one.states, one.confidential, one.restricted) for one in readers.values()},
        {one.purpose: one.readers for one in purposes.values()},
        [ReadingLimit(one.times, timedelta(minutes=one.minutes)) for one in limits],
    )
