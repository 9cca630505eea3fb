"""What duty desks are notified of, from `data/duty_desks.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from services.contracts.data_files import read_file
from services.intake.domain.duty import DutyRules

FILE = Path(__file__).parents[1] / "data" / "duty_desks.yaml"


@cache
def duty_rules(file: Path = FILE) -> DutyRules:
    """Raises InvalidData, which names the place in the file and the fault."""
    return read_file(file, DutyRules)
