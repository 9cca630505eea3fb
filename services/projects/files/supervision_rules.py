"""The default rules of supervision. An error names the file, the row and the remedy."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from services.contracts.data_files import read_section, row_of
from services.projects.domain.supervision.clocks import SupervisionRules

FILE = Path(__file__).parents[1] / "data" / "supervision_rules.yaml"


@cache
def supervision_rules(file: Path = FILE) -> SupervisionRules:
    """Raises InvalidData."""
    return row_of(file, "supervision", SupervisionRules, read_section(file, "supervision"))
