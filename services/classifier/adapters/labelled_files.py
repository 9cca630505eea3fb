"""Texts with labels out of CSV files: the examples of this project, and whatever a district or a test brings."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from services.classifier.app.training import Labelled
from services.contracts.data_files import InvalidData

EXAMPLES: Final = Path(__file__).parents[1] / "data" / "examples"
LABEL_COLUMNS: Final = ("code", "type_code", "label")
MOST_CHARACTERS: Final = 1_000_000


def examples(folder: Path = EXAMPLES) -> list[Labelled]:
    """Every example: its type is the column `code`, or without one the file's name; further types in `also` are
    accepted. A text that stands twice counts once. Raises InvalidData."""
    rows: dict[str, Labelled] = {}
    for file in sorted(folder.glob("*.csv")):
        for _, cells in _rows(file, ("text",)):
            also = [code for code in (cells.get("also") or "").split(";") if code]
            code = cells.get("code") or file.stem
            rows.setdefault(cells["text"], Labelled(cells["text"], code, frozenset((code, *also))))
    if not rows:
        raise InvalidData(folder, "the folder", "holds no example; the program is not installed whole")
    return list(rows.values())


def labelled(file: Path, known: Sequence[str] | None = None) -> list[Labelled]:
    """The rows of a CSV (UTF-8) with a text and a label, in columns `title` and `detail`, or `text`, and `code` or
    `label`; `accept`, where it stands, lists the labels that count as right, joined by |.

    `known`, if given, are the labels there are. Raises InvalidData with the row; nothing is skipped silently.
    """
    rows = []
    for number, cells in _rows(file, ()):
        column = next((name for name in LABEL_COLUMNS if name in cells), None)
        if column is None:
            raise InvalidData(file, "the header", f"has none of the columns {', '.join(LABEL_COLUMNS)}; add one")
        if "text" not in cells and "detail" not in cells:
            raise InvalidData(file, "the header", "has neither the column text nor detail; add one")
        title, body = cells.get("title") or "", cells.get("text") or cells.get("detail") or ""
        label = (cells[column] or "").strip()
        accept = frozenset(code for code in (cells.get("accept") or "").split("|") if code) | {label}
        if known is not None and (strange := sorted(accept - set(known))):
            raise InvalidData(file, f"row {number}", f"{column} {strange[0]!r} is no type; correct the row")
        if not label:
            raise InvalidData(file, f"row {number}", f"{column} is empty; fill it or remove the row")
        rows.append(Labelled(f"{title}\n{body}" if title else body, label, accept))
    if not rows:
        raise InvalidData(file, "the file", "holds no row")
    return rows


def _rows(file: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    usual = csv.field_size_limit(MOST_CHARACTERS)  # of the whole process: put back at the end
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise InvalidData(file, "the header", f"lacks the column {missing[0]}; add it")
            for number, cells in enumerate(reader, start=1):
                yield number, {name: cell or "" for name, cell in cells.items() if isinstance(name, str)}
    except FileNotFoundError:
        raise InvalidData(file, "the file", "is not there; name another") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidData(file, "the file", f"cannot be read as CSV in UTF-8 ({error}); save it so") from None
    finally:
        csv.field_size_limit(usual)
