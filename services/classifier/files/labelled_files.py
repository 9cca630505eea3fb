"""Labelled texts from CSV files: this project's examples, and those that a district or a test provides."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.contracts.data_files import InvalidData

EXAMPLES: Final = Path(__file__).parents[1] / "data" / "examples"
LABEL_COLUMNS: Final = ("code", "type_code", "label")
MOST_CHARACTERS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text with the label it should get; any label in `accept` counts as right."""

    text: str
    label: str
    accept: frozenset[str]


def examples(folder: Path = EXAMPLES) -> list[Labelled]:
    """All examples. The type is the column `code`, or else the file's name; types in `also` are accepted, too.
    Duplicate texts count once. Raises InvalidData."""
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
    """The rows of a CSV (UTF-8): the text in `title` and `detail`, or in `text`; the label in `code` or `label`. An
    optional `accept` lists all labels that count as right, separated by |.

    `known`, if given, lists the valid labels. Raises InvalidData with the row; nothing is skipped silently.
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
    usual = csv.field_size_limit(MOST_CHARACTERS)  # a setting of the whole process: restored at the end
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
