"""The classifier with a model that takes its time: 30 ms a text, which is slower than texts arrive."""

from __future__ import annotations

import time

from services.classifier import main as classifier
from services.classifier import wiring
from services.classifier.domain.reading import Reading
from services.classifier.files.current_reader import CurrentReader


class Slow(CurrentReader):
    def read(self, text: str, address: str | None) -> Reading:
        time.sleep(0.03)
        return super().read(text, address)


if __name__ == "__main__":
    wiring.CurrentReader = Slow  # type: ignore[misc]
    classifier.main()
