"""The classifier with a model that takes its time: 30 ms a text, which is slower than texts arrive."""

from __future__ import annotations

import time

from services.classifier import main as classifier
from services.classifier.adapters.current_reader import CurrentReader
from services.classifier.domain.reading import Reading


class Slow(CurrentReader):
    def read(self, text: str, address: str | None) -> Reading:
        time.sleep(0.03)
        return super().read(text, address)


if __name__ == "__main__":
    classifier.CurrentReader = Slow  # type: ignore[misc]
    classifier.main()
