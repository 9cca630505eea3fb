"""The operator's command, in this process or in one of its own."""

from __future__ import annotations

import subprocess
import sys

from typer.testing import CliRunner


def closedloop(*arguments: str) -> subprocess.CompletedProcess[str]:
    """In this process: another would spend seconds on its imports. What the command does not catch is raised."""
    from services.cli.main import app

    done = CliRunner().invoke(app, arguments, prog_name="closedloop", catch_exceptions=False)
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def closedloop_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
