"""The classifier with a reader that raises on 崩溃."""

from __future__ import annotations

from services.classifier import main as classifier
from services.classifier import wiring
from services.classifier.domain.reading import Reading
from services.classifier.files.current_reader import CurrentReader


class Stumbling(CurrentReader):
    def read(self, text: str, address: str | None) -> Reading:
        if "崩溃" in text:
            raise ZeroDivisionError("planted")
        return super().read(text, address)


if __name__ == "__main__":
    wiring.CurrentReader = Stumbling  # type: ignore[misc]
    classifier.main()
