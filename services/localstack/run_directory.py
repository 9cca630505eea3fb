"""The folder of one local stack: its lock, its state, its logs and its keys."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from pathlib import Path
from typing import IO, Any

import psutil

from services.localstack.processes import StartFailed


class RunDirectory:
    """Locked by one process at a time, until `release` or until that process dies."""

    def __init__(self, path: Path) -> None:
        """Raises StartFailed when another process holds it."""
        self.path = path.resolve()
        self.logs = self.path / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self._lock: IO[str] = (self.path / "lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.seek(0)
            holder = self._lock.read().strip()
            self._lock.close()
            raise StartFailed(
                f"a stack is running in {path} already (process {holder}): stop it with Ctrl-C there, "
                "or choose another folder with --run-dir"
            ) from None
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()

    def key(self, name: str) -> str:
        """A secret of 32 bytes in hexadecimal, created on first use and kept as long as the folder."""
        file = self.path / f"{name}.key"
        if not file.exists():
            _write_secret(file, secrets.token_hex(32))
        return file.read_text()

    def write_state(self, state: dict[str, Any]) -> None:
        """Writes `state` for `closedloop status` and other commands. It holds passwords: readable by its owner only."""
        _write_secret(self.path / "state.json", json.dumps(state, indent=1))

    def release(self) -> None:
        (self.path / "state.json").unlink(missing_ok=True)
        self._lock.close()


def read_state(path: Path) -> dict[str, Any] | None:
    """The state of the stack that runs in `path`; None if none runs there."""
    try:
        state: dict[str, Any] = json.loads((path / "state.json").read_text())
    except FileNotFoundError:
        return None
    try:
        alive = psutil.Process(state["pid"]).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return None
    return state if alive else None


def _write_secret(file: Path, content: str) -> None:
    """Writes the whole file or nothing, readable by its owner only."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
        target.write(content)
    draft.replace(file)
