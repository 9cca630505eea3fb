"""The words that name a type: the taxonomy's own and `data/words.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from services.classifier.domain.type_model import OTHER
from services.classifier.domain.type_words import APART
from services.classifier.files.model_files import Vocabulary
from services.contracts.data_files import InvalidData, read_section
from services.contracts.taxonomy import taxonomy

WORDS: Final = Path(__file__).parents[1] / "data" / "words.yaml"


def word_list(file: Path = WORDS) -> Vocabulary:
    """The taxonomy's keywords and the file's words, by type. Raises InvalidData."""
    types = taxonomy().types
    more: dict[str, Any] = read_section(file, "more")
    for code in more:
        if code not in types and code != OTHER:
            raise InvalidData(file, f"more, {code}", "is no type of the taxonomy; correct the code")
    words = {
        code: tuple(map(str, (*(types[code].keywords if code in types else ()), *more.get(code, ()))))
        for code in sorted({*types, OTHER})
    }
    for code, listed in words.items():
        if wrong := next((word for word in listed if word.count(APART) > 1), None):
            raise InvalidData(file, f"more, {code}", f"{wrong!r} joins more than two words; leave two")
    return Vocabulary(words, tuple(map(str, read_section(file, "weak"))))
