"""The classifier with a reader that raises on 崩溃."""

from __future__ import annotations

from dataclasses import dataclass

from services.classifier import main as classifier
from services.classifier.adapters.data import keyword_reader
from services.classifier.domain.reading import Reader, Reading


@dataclass
class Stumbling:
    reader: Reader

    @property
    def model_version(self) -> str:
        return self.reader.model_version

    def read(self, text: str, address: str | None) -> Reading:
        if "崩溃" in text:
            raise ZeroDivisionError("planted")
        return self.reader.read(text, address)


if __name__ == "__main__":
    classifier.keyword_reader = lambda: Stumbling(keyword_reader())  # type: ignore[attr-defined,assignment]
    classifier.main()
