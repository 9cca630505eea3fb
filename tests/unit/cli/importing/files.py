"""Files as sources export them, made for the tests."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
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


def changed(file: Path, parts: Mapping[str, bytes]) -> Path:
    """The workbook with other contents of some parts, for what no library writes."""
    with zipfile.ZipFile(file) as package:
        kept = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {**kept, **parts}.items():
            package.writestr(name, content)
    return file


def sheet_xml(rows: str, after: str = "") -> bytes:
    """A worksheet with these `<row>` elements."""
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?><worksheet xmlns="{name}"><sheetData>{rows}</sheetData>{after}</worksheet>'.encode()
