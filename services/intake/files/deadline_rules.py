"""The rules of deadlines, read from `data/clocks.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from services.contracts.data_files import read_file
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import RequestKind
from services.intake.domain.limits import DeadlineRules

FILE = Path(__file__).parents[1] / "data" / "clocks.yaml"


@cache
def deadline_rules(file: Path = FILE) -> DeadlineRules:
    """Raises InvalidData, which names the place in the file and the fault."""
    return read_file(file, DeadlineRules)


def usual_kind(type_code: str) -> RequestKind | None:
    """The usual kind of a type's requests; None for an unknown type."""
    problem = taxonomy().types.get(type_code)
    return problem.kind if problem else None
