"""The summary of an import: results of the rows, and the parts of the file that were not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from services.cli.importing.rejects import COLUMNS
from services.cli.importing.run import ImportOutcome
from services.cli.importing.table import Table

PLACEHOLDERS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`nobody` counts the placeholders for a caller, `unreadable` the numbers (see `TicketReader`)."""

    outcome: ImportOutcome
    seconds: float
    reject_file: Path
    not_read: list[str]
    nobody: Counter[str]
    unreadable: int

    def as_data(self) -> dict[str, Any]:
        return {
            **asdict(self.outcome),
            "seconds": round(self.seconds, 2),
            "rows_per_s": round(self.outcome.rows / max(self.seconds, 1e-9), 1),
            "reject_file": str(self.reject_file) if self.outcome.rejected else None,
            "not_read": self.not_read,
            "placeholder_callers": self.nobody.total(),
            "unreadable_numbers": self.unreadable,
            "nobody": dict(self.nobody.most_common()),
        }

    def as_text(self) -> str:
        one = self.as_data()
        lines = [
            f"{one['rows']:,} rows: {one['received']:,} received, {one['repeated']:,} repeated, "
            f"{one['rejected']:,} rejected; {one['placeholder_callers']:,} placeholder callers, "
            f"{one['unreadable_numbers']:,} unreadable numbers; {one['seconds']} s, {one['rows_per_s']:,} rows/s"
        ]
        if self.outcome.first_number:
            lines.append(f"new tickets: numbers from {self.outcome.first_number} to {self.outcome.last_number}")
        if self.outcome.rejected:
            lines.append(f"rejected rows, and why: {self.reject_file}")
        if self.nobody:
            shown = self.nobody.most_common(PLACEHOLDERS_SHOWN)
            listed = ", ".join(f"{placeholder} ({count:,})" for placeholder, count in shown)
            others = len(self.nobody) - len(shown)
            lines.append(f"taken as no caller: {listed}{f' and {others} others' if others else ''}")
        return "\n".join([*lines, *(f"not read: {what}" for what in self.not_read)])


def not_read(table: Table, read: Collection[int]) -> list[str]:
    """What the table passed over, and the columns that no field is read from."""
    left = [name for at, name in enumerate(table.header) if at not in read and name and name not in COLUMNS]
    return [*table.not_read, *([f"columns: {', '.join(left)}"] if left else [])]
