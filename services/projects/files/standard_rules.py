"""The default rules of standards. An error names the file, the row and the remedy."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from services.contracts.data_files import read_section, row_of
from services.projects.domain.standards.rules import StandardRules

FILE = Path(__file__).parents[1] / "data" / "standard_rules.yaml"


@cache
def standard_rules(file: Path = FILE) -> StandardRules:
    """Raises InvalidData."""
    return row_of(file, "standards", StandardRules, read_section(file, "standards"))
