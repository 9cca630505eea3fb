"""Labelled texts from which a model can learn."""

from __future__ import annotations

from random import Random

from services.classifier.files.labelled_files import Labelled


def rows(words: dict[str, str], times: int = 30) -> list[Labelled]:
    """Texts that say a label's word among characters that say nothing."""
    random = Random(1)

    def noise() -> str:
        return "".join(chr(random.randrange(0x5000, 0x9000)) for _ in range(10))

    return [
        Labelled(f"{noise()}，{word}，{noise()}", label, frozenset({label}))
        for _ in range(times)
        for label, word in words.items()
    ]
