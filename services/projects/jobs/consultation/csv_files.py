"""CSV files of parts, ballots and deliveries as a browser sends them."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import NamedTuple

from services.chassis.working_days import SHANGHAI
from services.projects.jobs.consultation.ballots import read_ballots
from services.projects.jobs.consultation.columns import CountRefused, Faults, ListedRow, ListedTable, TableFault
from services.projects.jobs.consultation.deliveries import read_deliveries
from services.projects.jobs.consultation.parts import metres, read_owned

ENCODINGS = ("utf-8-sig", "gb18030")


class ReadRows(NamedTuple):
    """`rows` as the route takes them, `numbers`: where each stands in the file."""

    rows: list[dict[str, object]]
    numbers: list[int]


def parts_of_csv(name: str, content: bytes) -> ReadRows:
    """Raises CountRefused, which names row, field and remedy."""
    faults = Faults(name)
    owned = read_owned(_table(name, content), faults)
    if owned is None:
        raise CountRefused(faults.sentences, faults.found)
    rows: list[dict[str, object]] = [
        {
            "part_id": one.id,
            "building": one.building,
            "hallway": one.hallway,
            "area_m2": metres(one.area),
            "owner": one.owner.lstrip("\0"),
        }
        for one in owned
    ]
    return ReadRows(rows, list(range(2, len(rows) + 2)))


def deliveries_of_csv(name: str, content: bytes, evidence: str) -> ReadRows:
    """Raises CountRefused."""
    faults = Faults(name)
    found, numbers = read_deliveries(_table(name, content), faults, moment_of)
    if faults.sentences:
        raise CountRefused(faults.sentences, faults.found)
    return ReadRows([{**one, "evidence": evidence} for one in found], numbers)


def ballots_of_csv(name: str, content: bytes, evidence: str) -> ReadRows:
    """In the order of the file. Raises CountRefused."""
    faults = Faults(name)
    ballots, numbers = read_ballots(_table(name, content), faults, moment_of)
    if faults.sentences:
        raise CountRefused(faults.sentences, faults.found)
    rows: list[dict[str, object]] = [
        {
            "part_id": one.part_id,
            "item": one.item,
            "choice": one.choice,
            "origin": one.origin,
            "at": one.at,
            "delivered": one.delivered,
            "text_hash": one.text_hash,
            "evidence": evidence,
            "proxy": one.proxy,
        }
        for one in ballots
    ]
    return ReadRows(rows, numbers)


def moment_of(written: str) -> datetime:
    """Without a zone it is local time. Raises ValueError, which says what to do."""
    try:
        moment = datetime.fromisoformat(written.replace("/", "-"))
    except ValueError:
        raise ValueError("is no time: write 2026-07-01 09:30") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _table(name: str, content: bytes) -> ListedTable:
    rows = list(csv.reader(io.StringIO(_text(name, content)), strict=False))
    if not rows:
        why = f"{name}: is empty: choose the file with its header"
        raise CountRefused([why], [TableFault(None, "the file", "no_rows")])
    width = len(rows[0])
    listed = []
    for number, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            fault = None if len(cells) == width else f"has {len(cells)} cells, the header {width}: correct it"
            listed.append(ListedRow(number, [cell.strip() for cell in cells], fault))
    return ListedTable(name, rows[0], listed)


def _text(name: str, content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CountRefused([f"{name}: is no text: save it as CSV in UTF-8"], [TableFault(None, "the file", "no_text")])
