"""The folder of one local stack: who runs in it, where everything is, its logs and its keys."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from pathlib import Path
from typing import IO, Any

import psutil

from services.cli.local.processes import StartFailed

DEFAULT = Path("var/run")


class RunDirectory:
    """Held by one process at a time. Closed by `release`, and by the system when that process dies."""

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
        """A secret of 32 bytes in hexadecimal, made on first use and kept as long as the folder."""
        file = self.path / f"{name}.key"
        if not file.exists():
            _write_secret(file, secrets.token_hex(32))
        return file.read_text()

    def tell(self, state: dict[str, Any]) -> None:
        """Leaves `state` where `closedloop status` and `closedloop send` find it. It holds passwords: owner only."""
        _write_secret(self.path / "state.json", json.dumps(state, indent=1))

    def release(self) -> None:
        (self.path / "state.json").unlink(missing_ok=True)
        self._lock.close()


def read_state(path: Path) -> dict[str, Any] | None:
    """What the stack running in `path` has told; None if none runs there."""
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
    """Whole or not at all, for its owner's eyes only."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
        target.write(content)
    draft.replace(file)
