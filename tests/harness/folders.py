"""Folders for servers: on disk, or with their data in memory where durability is not what a test is about."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2] / "var" / "test"
DATA = ("postgres", "kafka", "var")
"""What servers keep their data in inside a folder; `var` is a command's own."""

_MEMORY = Path("/dev/shm")
_NAME = "closedloop-tests-"
_ENOUGH_BYTES = 4 * 2**30
"""A session takes up to a quarter of it; a container's usual 64 MiB would fill up in the first test."""


class Folders:
    """The folders of one test session below var/test, where logs stay. The servers' data go with `remove_data`.

    Not pytest's own: it takes other users' rights on those away while PostgreSQL runs in them as another user.
    """

    def __init__(self) -> None:
        ROOT.mkdir(parents=True, exist_ok=True)
        self._session = Path(tempfile.mkdtemp(prefix=time.strftime("%m%d-%H%M%S-"), dir=ROOT))
        self._memory = _in_memory()
        self._numbers = itertools.count(1)

    def new(self, in_memory: bool = False) -> Path:
        """`in_memory`: what servers keep in DATA is lost with the machine, and costs no disk."""
        number = str(next(self._numbers))
        folder = self._session / number
        folder.mkdir()
        if in_memory and self._memory is not None:
            for name in DATA:
                data = self._memory / number / name
                data.mkdir(parents=True)
                (folder / name).symlink_to(data)
        return folder

    def remove_data(self) -> None:
        for data in (path for name in DATA for path in self._session.glob(f"*/{name}")):
            if data.is_symlink():
                data.unlink()
            else:
                shutil.rmtree(data, ignore_errors=True)
        if self._memory is not None:
            shutil.rmtree(self._memory, ignore_errors=True)


def _in_memory() -> Path | None:
    """A new folder in memory, where there is enough of it. Those of sessions that were killed are removed first."""
    if not (_MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)):
        return None
    for left in _MEMORY.glob(f"{_NAME}*"):
        if not psutil.pid_exists(int(left.name.removeprefix(_NAME).partition("-")[0])):
            shutil.rmtree(left, ignore_errors=True)
    if shutil.disk_usage(_MEMORY).free < _ENOUGH_BYTES:
        return None
    return Path(tempfile.mkdtemp(prefix=f"{_NAME}{os.getpid()}-", dir=_MEMORY))
