"""The small parts of a workbook (XLSX): which part is which, the list of sheets, the formats of numbers."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""The numbers of built-in formats of dates and times, those of Chinese spreadsheets included."""
_NO_DATE = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a style shows a number: as a date, or with leading zeros up to `digits`."""

    date: bool = False
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    id: str
    kind: str
    part: str


class Relations:
    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.found: list[Relation] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            part = posixpath.normpath(posixpath.join("/", self._folder, attributes["Target"])).lstrip("/")
            self.found.append(Relation(attributes["Id"], attributes["Type"].rpartition("/")[2], part))

    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...


class Index:
    """The list of sheets: name, relation and state."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, str]] = []
        self.since_1904 = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            id = next(value for key, value in attributes.items() if key.rpartition(":")[2] == "id")
            self.sheets.append((attributes["name"], id, attributes.get("state", "visible")))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904", "0").lower() in ("1", "true", "on")

    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...


class Styles:
    """The number format of each style of a cell."""

    def __init__(self) -> None:
        self.formats: list[NumberFormat] = []
        self._custom: dict[int, str] = {}
        self._in_cells = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self._custom[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self.formats.append(_format(int(attributes.get("numFmtId", "0")), self._custom))

    def end(self, name: str) -> None:
        self._in_cells = self._in_cells and name != "cellXfs"

    def text(self, data: str) -> None: ...


def _format(number: int, custom: Mapping[int, str]) -> NumberFormat:
    code = custom.get(number)
    if code is None:
        return NumberFormat(date=number in _DATE_FORMATS)
    if re.fullmatch("0+", code):
        return NumberFormat(digits=len(code))
    return NumberFormat(date=bool(re.search("[ymdhs]", _NO_DATE.sub("", code.split(";")[0]), re.IGNORECASE)))
