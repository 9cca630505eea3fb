"""How long what is held of people is kept, read from `data/retention.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.contracts.data_files import DataRow, InvalidData, read_rows
from services.intake.domain.retention import RetentionClass, RetentionRule

FILE = Path(__file__).parents[1] / "data" / "retention.yaml"
_Words = Annotated[str, Field(min_length=1)]


class _Row(DataRow):
    kept: RetentionClass
    months: Annotated[int, Field(ge=1, le=1200)]
    since: _Words
    what: _Words
    source: _Words


@cache
def retention_rules(file: Path = FILE) -> Sequence[RetentionRule]:
    """One for each class, in the order of the file. Raises InvalidData, also when a class has no row."""
    rows = read_rows(file, "classes", _Row, "kept")
    if missing := set(RetentionClass) - rows.keys():
        raise InvalidData(file, "classes", f"lack {', '.join(sorted(missing))}; add a row for each")
    return [RetentionRule(one.kept, one.months, one.since, one.what, one.source) for one in rows.values()]
