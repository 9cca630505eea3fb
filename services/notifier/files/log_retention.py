"""Reading `data/log_retention.yaml`: an error names the row and the remedy."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field

from services.contracts.data_files import DataRow, InvalidData, read_section, row_of
from services.notifier.domain.delivery import SUBJECT_FIELDS
from services.notifier.domain.notice_values import SUBJECT_KINDS

FILE = Path(__file__).parents[1] / "data" / "log_retention.yaml"


class LogClass(DataRow):
    """Messages, and notices to officers about these kinds of subjects, whose rows are kept equally long."""

    kept: str
    days: int = Field(ge=90, description="Longer than any message can be sent again.")
    messages: tuple[str, ...] = Field(min_length=1)
    subjects: tuple[str, ...] = ()
    source: str

    @property
    def time(self) -> timedelta:
        return timedelta(days=self.days)


def load_log_retention(file: Path = FILE) -> Mapping[str, timedelta]:
    """How long each message's rows are kept. Raises InvalidData unless each message has one class."""
    return _one_class_each(file, "messages", {message.type for message in SUBJECT_FIELDS})


def load_officer_log_retention(file: Path = FILE) -> Mapping[str, timedelta]:
    """How long officers' notices are kept, by kind of subject. Raises InvalidData unless each has one class."""
    return _one_class_each(file, "subjects", SUBJECT_KINDS)


def _one_class_each(file: Path, field: Literal["messages", "subjects"], known: Set[str]) -> Mapping[str, timedelta]:
    found: dict[str, timedelta] = {}
    for number, values in enumerate(read_section(file, "classes") or (), start=1):
        row = f"classes row {number}"
        one = row_of(file, row, LogClass, values)
        for name in getattr(one, field):
            if name not in known:
                raise InvalidData(file, row, f"{field}: {name!r} is none of {', '.join(sorted(known))}; correct it")
            if name in found:
                raise InvalidData(file, row, f"{field}: {name} has a class already; remove one")
            found[name] = one.time
    if forgotten := sorted(known - found.keys()):
        raise InvalidData(file, "classes", f"no class names {', '.join(forgotten)}; add each to {field} of one")
    return found
