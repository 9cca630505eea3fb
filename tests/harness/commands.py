"""The operator's command as a process of its own."""

from __future__ import annotations

import subprocess
import sys


def closedloop(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
