"""Bad input is named before anything starts, and every command shows how it is used."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from services.cli.main import app

runner = CliRunner()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["up", "--kafka", "kafka"], "none of embedded, apache, HOST:PORT"),
        (["up", "--database", "mysql://db"], "postgresql://USER:PASSWORD@HOST:PORT"),
        (["run", "billing"], "billing"),
        (["migrate", "classifier"], "'classifier' has no database; there are intake, projects, notifier, and all"),
        (["migrate", "intake"], "Give --database"),
        (["migrate", "intake", "--database", "no url"], "is no URL"),
        (["migrate", "intake", "--database", "postgresql://u:hidden@127.0.0.1:1/intake"], "intake at postgresql"),
        (["send", "--within", "0"], "--within"),
    ],
)
def test_bad_input_is_named(arguments: list[str], told: str) -> None:
    result = runner.invoke(app, arguments, env={"COLUMNS": "200"})
    assert result.exit_code in (1, 2)
    assert told in result.output
    assert "hidden" not in result.output


@pytest.mark.parametrize("command", ["up", "send", "status", "run", "migrate"])
def test_help_gives_an_example(command: str) -> None:
    result = runner.invoke(app, [command, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert "Example: " in result.output
    assert f"closedloop {command}" in result.output
