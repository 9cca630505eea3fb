"""A workbook (XLSX) as a package: its sheets, its styles, and the limits that are checked before anything is read."""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers.expat import ExpatError

from services.cli.importing.table import Unreadable
from services.cli.importing.workbook_parts import Index, NumberFormat, Relation, Relations, Styles
from services.cli.importing.xml_stream import parse_whole

LARGEST_PART = 1 << 30
LARGEST_DIRECTORY = 16 << 20
LARGEST_INDEX_PART = 16 << 20
"""Bytes: of a sheet or of all texts once unpacked; of the package's own directory; of its list of sheets or styles."""

_END_OF_ARCHIVE = b"PK\x05\x06"


@dataclass(frozen=True, slots=True)
class SheetEntry:
    name: str
    part: str
    hidden: bool


@dataclass(slots=True)
class Workbook:
    """`sheets` in their order. `texts`: the part of the shared texts, if there is one."""

    path: Path
    sheets: list[SheetEntry] = field(default_factory=list)
    texts: str | None = None
    since_1904: bool = False
    formats: list[NumberFormat] = field(default_factory=list)

    @contextmanager
    def open(self, part: str) -> Iterator[IO[bytes]]:
        with _package(self.path) as package, package.open(part) as stream:
            yield stream


def open_workbook(path: Path) -> Workbook:
    """Raises Unreadable for a file that is no whole workbook, and for one beyond the limits."""
    _check_directory(path)
    book = Workbook(path)
    with _package(path) as package:
        names = {name.lower(): name for name in package.namelist()}
        _refuse_other_packages(names)
        main = _target(_relations(package, names, ""), "officeDocument")
        if main is None:
            raise Unreadable("is no workbook (XLSX), but some other package: save it as XLSX")
        relations = _relations(package, names, main)
        index = Index()
        _read(package, names, main, index)
        book.since_1904 = index.since_1904
        parts = {one.id: one.part for one in relations if one.kind == "worksheet"}
        book.sheets = [
            SheetEntry(name, names.get(parts[id].lower(), parts[id]), state != "visible")
            for name, id, state in index.sheets
            if id in parts
        ]
        styles, texts = _target(relations, "styles"), _target(relations, "sharedStrings")
        if styles is not None and styles.lower() in names:
            found = Styles()
            _read(package, names, styles, found)
            book.formats = found.formats
        if texts is not None:
            book.texts = names.get(texts.lower())  # some programs name a part that they do not write
        for part in (*(sheet.part for sheet in book.sheets), *([book.texts] if book.texts else [])):
            size = package.getinfo(part).file_size
            if size > LARGEST_PART:
                raise Unreadable(
                    f"holds {size / 2**30:.1f} GB unpacked in {part}, and {LARGEST_PART >> 30} GB is the most: "
                    "save the sheet as CSV, or divide it"
                )
    if not book.sheets:
        raise Unreadable("holds no sheet with cells")
    return book


@contextmanager
def _package(path: Path) -> Iterator[zipfile.ZipFile]:
    """Whatever is broken in a package is one error."""
    try:
        with zipfile.ZipFile(path) as package:
            yield package
    except Unreadable:
        raise
    except (
        *(zipfile.BadZipFile, zlib.error, ExpatError, EOFError, OSError, struct.error),
        *(KeyError, ValueError, IndexError, OverflowError, RuntimeError, NotImplementedError),
    ) as error:
        raise Unreadable(f"is no whole workbook (XLSX), cut off perhaps: save or download it again ({error})") from None


def _check_directory(path: Path) -> None:
    """Before the directory is read, which is held in memory."""
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, 1 << 16), 2)
        end = file.read()
    at = end.rfind(_END_OF_ARCHIVE)
    if 0 <= at <= len(end) - 22 and struct.unpack_from("<I", end, at + 12)[0] > LARGEST_DIRECTORY:
        raise Unreadable(f"lists more than {LARGEST_DIRECTORY >> 20} MB of parts, which no workbook has")


def _refuse_other_packages(names: Mapping[str, str]) -> None:
    if "xl/workbook.bin" in names:
        raise Unreadable("is a binary workbook (XLSB): save it as XLSX")
    if "content.xml" in names:
        raise Unreadable("is an OpenDocument file (ODS): save it as XLSX")
    if "[content_types].xml" not in names:
        raise Unreadable("is no whole workbook (XLSX), but an archive (ZIP): unpack it, or save it as XLSX")


def _relations(package: zipfile.ZipFile, names: Mapping[str, str], part: str) -> list[Relation]:
    folder, file = posixpath.split(part)
    listed = Relations(folder)
    _read(package, names, posixpath.join(folder, "_rels", f"{file}.rels"), listed)
    return listed.found


def _target(relations: list[Relation], kind: str) -> str | None:
    return next((one.part for one in relations if one.kind == kind), None)


def _read(package: zipfile.ZipFile, names: Mapping[str, str], part: str, handler: Relations | Index | Styles) -> None:
    info = package.getinfo(names.get(part.lower(), part))
    if info.file_size > LARGEST_INDEX_PART:
        raise Unreadable(f"holds more than {LARGEST_INDEX_PART >> 20} MB in {part}, which no workbook has")
    with package.open(info) as stream:
        parse_whole(stream, handler)
