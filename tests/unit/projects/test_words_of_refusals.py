"""Every code of why a command is refused has words on projects' pages."""

from __future__ import annotations

import ast
from pathlib import Path

import yaml

import services.projects as projects

FOLDER = Path(projects.__file__).parent


def reasons() -> set[str]:
    """The codes that `Conflict` is given: its fourth argument."""
    calls = (node for file in FOLDER.rglob("*.py") for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    return {
        str(call.args[3].value)
        for call in calls
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Conflict"
        if len(call.args) > 3 and isinstance(call.args[3], ast.Constant)
    }


def test_each_reason_of_a_conflict_has_words() -> None:
    words = yaml.safe_load((FOLDER / "pages" / "words.yaml").read_text(encoding="utf-8"))
    said = {key.removeprefix("conflict.") for key in words if key.startswith("conflict.")}
    assert said | {"changed"} == reasons()
