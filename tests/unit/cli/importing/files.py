"""Files as sources export them, made for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

HEADER = "工单编号,标题,诉求内容,受理时间"
TEXT = "三楼漏水，墙面发霉"


def csv_file(folder: Path, content: str, encoding: str = "utf-8", name: str = "calls.csv") -> Path:
    file = folder / name
    file.write_bytes(content.encode(encoding))
    return file


def workbook(folder: Path, rows: Sequence[Sequence[str | float | datetime | None]], name: str = "calls.xlsx") -> Path:
    """`rows` on the sheet `calls`, and an empty sheet beside it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "calls"
    for row in rows:
        sheet.append(list(row))
    book.create_sheet("empty")
    file = folder / name
    book.save(file)
    return file
