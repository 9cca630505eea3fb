"""How far a reclassification got: one small file, so that a run that was stopped continues where it was."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class ReclassifyProgress:
    """The next offset of each partition of `ticket-texts`, and what was done; stored in `file` for one purpose."""

    file: Path
    purpose: Mapping[str, str]
    next_offsets: dict[int, int] = field(default_factory=dict)
    read: int = 0
    published: int = 0

    @classmethod
    def load(cls, file: Path, purpose: Mapping[str, str]) -> ReclassifyProgress:
        """The stored progress if it has the same purpose; otherwise the beginning."""
        fresh = cls(file, purpose)
        try:
            stored = json.loads(file.read_text(encoding="utf-8"))
            if stored["purpose"] == dict(purpose):
                offsets = {int(partition): int(offset) for partition, offset in stored["next_offsets"].items()}
                return cls(file, purpose, offsets, int(stored["read"]), int(stored["published"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return fresh
        return fresh

    def save(self) -> None:
        content = {
            "purpose": dict(self.purpose),
            "next_offsets": self.next_offsets,
            "read": self.read,
            "published": self.published,
        }
        self.file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.file.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(content) + "\n", encoding="utf-8")
        os.replace(draft, self.file)
