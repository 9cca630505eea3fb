"""The hook for a virus scanner: a command from the settings that is given the file's path as its last word."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections.abc import Callable

from services.chassis.problems import Problem
from services.intake.domain.attachment import Unacceptable

TIMEOUT_S = 60.0

Scan = Callable[[bytes], None]
"""Raises Unacceptable for what must not be kept, Problem 503 when nobody can say."""


def scanner(command: str | None) -> Scan:
    """Without a command everything passes. Exit code 0 lets a file pass, every other refuses it."""
    if not command:
        return lambda _: None
    words = shlex.split(command)

    def scan(content: bytes) -> None:
        with tempfile.NamedTemporaryFile(prefix="attachment-") as file:
            file.write(content)
            file.flush()
            try:
                done = subprocess.run(
                    [*words, file.name],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=TIMEOUT_S,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired):
                raise Problem(
                    503,
                    "scanner-unavailable",
                    "The file cannot be scanned for the moment",
                    "Nothing was kept: send it again in a minute.",
                    headers={"Retry-After": "60"},
                ) from None
        if done.returncode:
            raise Unacceptable("was refused by the scanner: do not send it again; tell your IT who gave it to you")

    return scan
