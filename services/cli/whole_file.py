"""Writes a file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from services.cli.problems import fail


@contextmanager
def whole_file(target: Path, option: str) -> Iterator[TextIO]:
    """What is written takes the place of `target` at the end. Ends the command where it cannot; `option` named it."""
    partial = target.with_name(f"{target.name}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as out:
            yield out
        os.replace(partial, target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        fail(f"{option} {target} cannot be written ({error.strerror}): name another place")
