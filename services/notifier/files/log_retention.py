"""Reading `data/log_retention.yaml`: an error names the row and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from pydantic import Field

from services.contracts.data_files import DataRow, InvalidData, read_section, row_of
from services.notifier.domain.delivery import SUBJECT_FIELDS

FILE = Path(__file__).parents[1] / "data" / "log_retention.yaml"


class LogClass(DataRow):
    """Messages whose rows are kept equally long."""

    kept: str
    days: int = Field(ge=90, description="Longer than any message can be sent again.")
    messages: tuple[str, ...] = Field(min_length=1)
    source: str


def load_log_retention(file: Path = FILE) -> Mapping[str, timedelta]:
    """How long each message's rows are kept. Raises InvalidData unless each message has one class."""
    found: dict[str, timedelta] = {}
    known = {message.type for message in SUBJECT_FIELDS}
    for number, values in enumerate(read_section(file, "classes") or (), start=1):
        row = f"classes row {number}"
        one = row_of(file, row, LogClass, values)
        for message in one.messages:
            if message not in known:
                raise InvalidData(file, row, f"messages: {message!r} is none of {', '.join(sorted(known))}; correct it")
            if message in found:
                raise InvalidData(file, row, f"messages: {message} has a class already; remove one")
            found[message] = timedelta(days=one.days)
    if forgotten := sorted(known - found.keys()):
        raise InvalidData(file, "classes", f"no class names {', '.join(forgotten)}; add each to one")
    return found
