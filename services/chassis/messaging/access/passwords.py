"""Passwords in files that their owner alone may read. None is ever printed, and none is lost to a crash."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.chassis.settings import KAFKA_PASSWORD_FILE

FOR_ITS_OWNER: Final = 0o600
_BYTES: Final = 32


class PasswordFileRefused(ValueError):
    """A file that cannot hold or give a password. The message names it and the remedy."""


def new_password() -> str:
    """Random, of letters, digits, dash and underscore: it needs no quoting in any file of settings."""
    return secrets.token_urlsafe(_BYTES)


@dataclass(frozen=True, slots=True)
class PasswordFolder:
    """A folder for each user with its password in a file, mode 600: one that the user's process can be given as
    CLOSEDLOOP_SECRETS_DIR, and that holds nobody else's."""

    folder: Path

    def file(self, user: str) -> Path:
        return self.folder / user / KAFKA_PASSWORD_FILE

    def given(self, user: str) -> str | None:
        """What stands there, if anything: passwords may be made before the broker is."""
        file = self.file(user)
        if not file.exists():
            return None
        password = file.read_text(encoding="utf-8").strip()
        if not password.isascii() or len(password) < 16:
            raise PasswordFileRefused(f"{file}: holds no password of 16 or more ASCII characters; delete it or fill it")
        return password


def write_private(files: Mapping[Path, str]) -> None:
    """Writes each beside its place, whole and on disk; `put_in_place` then makes them valid.

    Between the two the broker learns what stands in them: whoever is killed there has lost nothing.
    Raises PasswordFileRefused.
    """
    for file, content in files.items():
        draft = _draft(file)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            draft.unlink(missing_ok=True)  # its mode may be another
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FOR_ITS_OWNER), "w", encoding="utf-8") as to:
                to.write(content)
                to.flush()
                os.fsync(to.fileno())
        except OSError as error:
            raise PasswordFileRefused(f"{file}: cannot be written ({error.strerror}); name another place") from None


def put_in_place(files: Mapping[Path, str]) -> None:
    for file in files:
        _draft(file).replace(file)


def _draft(file: Path) -> Path:
    return file.with_name(f"{file.name}.next")
