"""The default rules of the comparison."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from services.contracts.data_files import read_section, row_of
from services.projects.domain.effect.rules import EffectRules

FILE = Path(__file__).parents[1] / "data" / "effect.yaml"


@cache
def effect_rules(file: Path = FILE) -> EffectRules:
    """Raises InvalidData, which names the field."""
    return row_of(file, "effect", EffectRules, read_section(file, "effect"))
