"""No test module leans on another: each runs alone, and in any order."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[2]
IMPORT = re.compile(r"^\s*(?:from|import) tests\S*\.test_\w+.*$", re.MULTILINE)


def test_no_test_module_is_imported() -> None:
    found = {str(file): found for file in TESTS.rglob("*.py") if (found := IMPORT.findall(file.read_text("utf-8")))}
    assert found == {}
