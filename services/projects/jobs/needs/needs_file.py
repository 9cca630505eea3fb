"""A CSV file of needs, row by row. Whoever reads its faults reads them in their own language: faults are codes."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from re import split
from typing import NamedTuple

from services.contracts.elements import elements
from services.contracts.event import deterministic_id
from services.projects.domain.needs import ANYTHING
from services.projects.jobs.consultation.columns import meanings, word

COLUMNS = "needs"
ENCODINGS = ("utf-8-sig", "gb18030")
MOST_ROWS = 1000


class RowFault(StrEnum):
    """Why a row is not taken. The others of its file are."""

    CELLS = "cells"
    NO_ESTATE = "no_estate"
    UNKNOWN_ESTATE = "unknown_estate"
    SHARED_NAME = "shared_name"
    UNKNOWN_ELEMENT = "unknown_element"
    TWICE = "twice"


class FileFault(StrEnum):
    """Why nothing of a file is taken."""

    EMPTY = "empty"
    NO_TEXT = "no_text"
    NO_COLUMN = "no_column"
    CUT_SHORT = "cut_short"
    TOO_LONG = "too_long"


class UnusableNeeds(Exception):
    """Nothing of the file was taken."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(fault)
        self.fault = fault


class FiledNeed(NamedTuple):
    """`id` is made of what the row says, so that the same file again asks for nothing more."""

    row: int
    id: str
    estate: str
    elements: tuple[str | None, ...]


class RejectedNeed(NamedTuple):
    """`row` as a spreadsheet counts; `said`: what is wrong in it."""

    row: int
    fault: RowFault
    said: str
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class NeedsFile:
    needs: Sequence[FiledNeed]
    rejects: Sequence[RejectedNeed]


class _BadRow(Exception):
    def __init__(self, fault: RowFault, said: str = "") -> None:
        super().__init__(fault)
        self.fault, self.said = fault, said


def estates_by_name(named: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    """The ids of estates, from ids and names, by either as a file may write it."""
    found: dict[str, set[str]] = defaultdict(set)
    for estate, name in named:
        found[word(name)].add(estate)
        found[word(estate)].add(estate)
    return {name: sorted(ids) for name, ids in found.items()}


def read_needs(content: bytes, estates: Mapping[str, Sequence[str]]) -> NeedsFile:
    """`estates`: those that may be asked for, by `estates_by_name`. Raises UnusableNeeds."""
    header, rows = _table(content)
    at = {name: place for place, cell in enumerate(header) if (name := meanings(COLUMNS).get(word(cell)))}
    if not {"estate", "elements"} <= at.keys():
        raise UnusableNeeds(FileFault.NO_COLUMN)
    needs, rejects, known = [], [], set[str]()
    for number, cells in rows:
        try:
            if len(cells) != len(header):
                raise _BadRow(RowFault.CELLS, str(len(cells)))
            need = _need(number, {name: cells[place].strip() for name, place in at.items()}, estates)
            if need.id in known:
                raise _BadRow(RowFault.TWICE)
        except _BadRow as bad:
            rejects.append(RejectedNeed(number, bad.fault, bad.said, cells))
        else:
            known.add(need.id)
            needs.append(need)
    return NeedsFile(needs, rejects)


def _need(number: int, cells: Mapping[str, str], estates: Mapping[str, Sequence[str]]) -> FiledNeed:
    named = cells["estate"]
    if not named:
        raise _BadRow(RowFault.NO_ESTATE)
    ids = estates.get(word(named), ())
    if len(ids) != 1:
        raise _BadRow(RowFault.SHARED_NAME if ids else RowFault.UNKNOWN_ESTATE, named)
    asked = {_element(one) for one in split(r"[、，,；;|/\s]+", cells["elements"]) if one}
    sorted_elements: tuple[str | None, ...] = tuple(sorted(asked)) or (ANYTHING,)
    cause = "|".join((ids[0], *(one or "" for one in sorted_elements), cells.get("reference", "")))
    return FiledNeed(number, str(deterministic_id("projects", cause, "filed need")), ids[0], sorted_elements)


def _element(written: str) -> str:
    code = _elements().get(word(written))
    if code is None:
        raise _BadRow(RowFault.UNKNOWN_ELEMENT, written)
    return code


@cache
def _elements() -> Mapping[str, str]:
    return {word(name): row.code for row in elements().values() for name in (row.code, row.name_cn)}


def _table(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and the rows that say anything with their numbers."""
    lines = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    try:
        rows = [(number, cells) for number, cells in enumerate(lines, start=1) if any(cell.strip() for cell in cells)]
    except csv.Error:
        raise UnusableNeeds(FileFault.CUT_SHORT) from None
    if len(rows) < 2:
        raise UnusableNeeds(FileFault.EMPTY)
    if len(rows) > MOST_ROWS + 1:
        raise UnusableNeeds(FileFault.TOO_LONG)
    return rows[0][1], rows[1:]


def _text(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnusableNeeds(FileFault.NO_TEXT)
