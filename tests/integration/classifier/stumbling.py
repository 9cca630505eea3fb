"""The classifier with a reader that raises on 崩溃."""

from __future__ import annotations

from services.classifier import main as classifier
from services.classifier.adapters.current_reader import CurrentReader
from services.classifier.domain.reading import Reading


class Stumbling(CurrentReader):
    def read(self, text: str, address: str | None) -> Reading:
        if "崩溃" in text:
            raise ZeroDivisionError("planted")
        return super().read(text, address)


if __name__ == "__main__":
    classifier.CurrentReader = Stumbling  # type: ignore[misc]
    classifier.main()
