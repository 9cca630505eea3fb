"""The texts of a workbook, which its cells name by number: on disk beyond a few megabytes."""

from __future__ import annotations

import re
import tempfile
from array import array
from collections.abc import Mapping

from services.cli.importing.table import LONGEST_CELL, Unreadable
from services.cli.importing.workbook import Workbook
from services.cli.importing.xml_stream import parse

MOST_TEXTS = 10_000_000
IN_MEMORY = 16 << 20
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """A workbook writes what XML cannot hold as _x000D_."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class SharedTexts:
    """To be closed. Raises IndexError for a number that is not there."""

    def __init__(self, book: Workbook) -> None:
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by close
        self._begins = array("Q", [0])
        self._parts: list[str] = []
        self._length = 0
        self._in_text = self._in_phonetic = False
        if book.texts is not None:
            with book.open(book.texts) as stream:
                for _ in parse(stream, self):
                    if len(self._begins) > MOST_TEXTS:
                        raise Unreadable(
                            f"holds more than {MOST_TEXTS:,} different texts: save the sheet as CSV, or divide it"
                        )

    def __len__(self) -> int:
        return len(self._begins) - 1

    def __getitem__(self, number: int) -> str:
        if number < 0:
            raise IndexError(f"no text has the number {number}")
        begin, end = self._begins[number], self._begins[number + 1]
        self._file.seek(begin)
        return self._file.read(end - begin).decode("utf-8", "surrogatepass")

    def close(self) -> None:
        self._file.close()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "si":
            self._parts.clear()
            self._length = 0
        elif name == "rPh":
            self._in_phonetic = True
        self._in_text = name == "t" and not self._in_phonetic

    def end(self, name: str) -> None:
        self._in_text = False
        if name == "rPh":
            self._in_phonetic = False
        elif name == "si":
            written = unescaped("".join(self._parts)).encode("utf-8", "surrogatepass")
            self._file.write(written)
            self._begins.append(self._begins[-1] + len(written))

    def text(self, data: str) -> None:
        if self._in_text and self._length <= LONGEST_CELL:
            self._parts.append(data[: LONGEST_CELL + 1 - self._length])
            self._length += len(data)
