"""Bad input is named before anything starts, and every command shows how it is used."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from services.cli.main import app

runner = CliRunner()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["up", "--kafka", "kafka"], "none of embedded, apache, HOST:PORT"),
        (["up", "--database", "mysql://db"], "postgresql://USER:PASSWORD@HOST:PORT"),
        (["run", "billing"], "billing"),
        (["migrate", "classifier"], "there are intake, projects, notifier, intake_keys, and all"),
        (["migrate", "intake"], "no database: give --database"),
        (["migrate", "intake", "--database", "no url"], "is no URL"),
        (["migrate", "intake", "--database", "postgresql://u:hidden@127.0.0.1:1/intake"], "intake at postgresql"),
        (["send", "--within", "0"], "--within"),
        (["tell", "t-1", "answered"], "to see which message they would get, give --dry-run"),
    ],
)
def test_bad_input_is_named(arguments: list[str], message: str) -> None:
    result = runner.invoke(app, arguments, env={"COLUMNS": "200"})
    assert result.exit_code in (1, 2)
    assert message in result.output
    assert "hidden" not in result.output


def commands(typed: typer.Typer, *path: str) -> Iterator[tuple[str, ...]]:
    for command in typed.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        yield (*path, name.replace("_", "-"))
    for group in typed.registered_groups:
        assert group.typer_instance is not None
        yield from commands(group.typer_instance, *path, str(group.name))


@pytest.mark.parametrize("command", list(commands(app)), ids=" ".join)
def test_help_gives_an_example(command: tuple[str, ...]) -> None:
    result = runner.invoke(app, [*command, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert re.search(rf"Example: .*closedloop {' '.join(command)}", result.output)


def test_the_command_line_starts_without_what_only_some_commands_need() -> None:
    """Otherwise `--help` takes a second."""
    heavy = ["fastapi", "sqlalchemy", "kafka", "pydantic", "numpy", "httpx", "psutil", "yaml"]
    program = f"import sys, services.cli.main; print([name for name in {heavy} if name in sys.modules])"
    started = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert started.stdout == "[]\n"
