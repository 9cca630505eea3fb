"""services/cli/commands/demo.py: bad input is named before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.main import app

runner = CliRunner()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--months", "0"], "--months"),
        (["--months", "47"], "--months"),
        (["--report", "/nowhere/at/all/report.html"], "no folder that can be written to"),
    ],
)
def test_bad_input_is_named(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = runner.invoke(app, ["demo", *arguments], env={"COLUMNS": "200"})
    assert result.exit_code in (1, 2)
    assert message in result.output
    assert not (tmp_path / "var").exists()


def test_help_gives_an_example() -> None:
    result = runner.invoke(app, ["demo", "--help"], env={"COLUMNS": "200"})
    assert "Example: closedloop demo" in result.output
