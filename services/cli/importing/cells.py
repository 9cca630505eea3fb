"""What a cell says, apart from how a spreadsheet or an export wrote it."""

from __future__ import annotations

import re
import unicodedata

from services.contracts import writing

LONGEST_ID = 1_000
"""Characters. Nothing longer is an id, a number or a time."""

_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r]")
_QUOTED_FORMULA = re.compile(r'="(.*)"', re.DOTALL)
_WHOLE = re.compile(r"([0-9]+)\.0+")


def plain(cell: str) -> str:
    """Half width and without anything invisible; blanks at both ends are dropped."""
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    text = writing.plain(cell)
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cc" or sign in "\t\n").strip()


def id_of(cell: str) -> str:
    """The same id for every way in which spreadsheets write it: ="17", '17, 17.0, full width, invisible signs."""
    if len(cell) > LONGEST_ID:
        return cell
    text = plain(cell)
    if quoted := _QUOTED_FORMULA.fullmatch(text):
        text = quoted[1].replace('""', '"').strip()
    text = text.removeprefix("'")
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def safe(cell: str) -> str:
    """For a file that people open in a spreadsheet: an apostrophe keeps the cell from running as a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unsafe(cell: str) -> str:
    """Undoes `safe`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
