"""The default rules of the comparison."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from services.contracts.data_files import read_section, row_of
from services.projects.domain.proof.rules import ProofRules

FILE = Path(__file__).parents[1] / "data" / "effect.yaml"


@cache
def proof_rules(file: Path = FILE) -> ProofRules:
    """Raises InvalidData, which names the field."""
    return row_of(file, "effect", ProofRules, read_section(file, "effect"))
