"""The operator's command, in this process or in one of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import cache

import pytest
from typer.main import get_command
from typer.testing import CliRunner


@pytest.fixture(scope="session", autouse=True)
def _commands_are_built_once() -> Iterator[None]:
    """CliRunner builds all commands from their signatures for every call, which costs more than most calls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.testing._get_command", cache(get_command))
        yield


def closedloop(*arguments: str) -> subprocess.CompletedProcess[str]:
    """In this process: another would spend seconds on its imports. What the command does not catch is raised."""
    from services.cli.main import app

    done = CliRunner().invoke(app, arguments, prog_name="closedloop", catch_exceptions=False)
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def closedloop_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
