"""Which model is in use: one pointer file beside the models' folders. Without it, the shipped model.

The pointer is replaced in one step; a running classifier sees it within seconds (current_reader.py).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.classifier.files.model_files import SHIPPED, BadModel, StoredModel, load

POINTER: Final = "active.json"
COLD_START: Final = "cold-start"


@dataclass(frozen=True, slots=True)
class Pointer:
    """The name of the folder in use, and the names before it, the latest last."""

    active: str
    before: tuple[str, ...] = ()


class ModelStore:
    """A district's models in one folder, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pointer(self) -> Pointer:
        """Raises BadModel for a pointer that cannot be read."""
        try:
            stored = json.loads((self.folder / POINTER).read_text(encoding="utf-8"))
            return Pointer(str(stored["active"]), tuple(map(str, stored["before"])))
        except FileNotFoundError:
            return Pointer(COLD_START)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadModel(f"{self.folder / POINTER} cannot be read ({error}): remove it to use what ships") from None

    def path(self, name: str) -> Path:
        return SHIPPED if name == COLD_START else self.folder / name

    def active(self) -> StoredModel:
        """Raises BadModel."""
        return load(self.path(self.pointer().active))

    def activate(self, name: str) -> None:
        """Puts a model to use. Raises BadModel, and changes nothing, if it cannot be loaded."""
        load(self.path(name))
        now = self.pointer()
        if now.active != name:
            self._point(Pointer(name, (*now.before, now.active)))

    def roll_back(self) -> str:
        """Returns to the previous model; returns its name. Raises BadModel if there is none that loads."""
        now = self.pointer()
        if not now.before:
            raise BadModel(f"{now.active} is in use and none was before it: there is nothing to go back to")
        load(self.path(now.before[-1]))
        self._point(Pointer(now.before[-1], now.before[:-1]))
        return now.before[-1]

    def _point(self, pointer: Pointer) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".{POINTER}.{os.getpid()}"
        draft.write_text(json.dumps({"active": pointer.active, "before": pointer.before}) + "\n", encoding="utf-8")
        os.replace(draft, self.folder / POINTER)
