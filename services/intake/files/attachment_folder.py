"""Contents as files in a folder, named by their hash."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path


class ContentFolder:
    """Implements the port Contents. Several processes may share the folder.

    A file gets its name only when it is whole and on the disk. A killed process may leave a file `.draft-*`, or a
    content that no row names; both do no harm.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        target = self._file(sha256)
        if not target.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(target, content)
        for folder in (target.parent, self._folder):  # another process may have made it and not synced it yet
            _sync(folder)
        return sha256

    def read(self, sha256: str) -> bytes | None:
        try:
            return self._file(sha256).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, sha256: str) -> None:
        self._file(sha256).unlink(missing_ok=True)

    def _file(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _write(target: Path, content: bytes) -> None:
    handle, draft = tempfile.mkstemp(prefix=".draft-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
