"""The classifier with a reader that ends the process, as the kernel would for want of memory, on 致命."""

from __future__ import annotations

import os

from services.classifier import main as classifier
from services.classifier import wiring
from services.classifier.domain.reading import Reading
from services.classifier.files.current_reader import CurrentReader


class Deadly(CurrentReader):
    def read(self, text: str, address: str | None) -> Reading:
        if "致命" in text:
            os._exit(137)
        return super().read(text, address)


if __name__ == "__main__":
    wiring.CurrentReader = Deadly  # type: ignore[misc]
    classifier.main()
