"""Runs the virus scanner: a command from the settings, with the file's path as its last argument."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections.abc import Callable

from services.intake.domain.attachment import Unacceptable

TIMEOUT_S = 60.0


class ScannerUnavailable(Exception):
    """The scanner could not be run or did not answer in time."""


Scan = Callable[[bytes], None]
"""Raises Unacceptable for a file that must not be kept, ScannerUnavailable when the scanner gives no answer."""


def scanner(command: str | None) -> Scan:
    """A Scan that runs `command`: exit code 0 accepts the file, any other refuses it. None accepts every file."""
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
                raise ScannerUnavailable from None
        if done.returncode:
            raise Unacceptable("was refused by the scanner: do not send it again; tell your IT who gave it to you")

    return scan
