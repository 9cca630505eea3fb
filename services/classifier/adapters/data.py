"""The reader, built from the data files. An error names the file, the row and the remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from services.classifier.domain.model import KeywordModel
from services.classifier.domain.place_words import PlaceWords
from services.classifier.domain.places import Estate, Register
from services.classifier.domain.reader import KeywordReader
from services.contracts.data_files import InvalidData, read_rows, read_section
from services.contracts.taxonomy import taxonomy

DATA = Path(__file__).parents[1] / "data"


def keyword_reader(data: Path = DATA) -> KeywordReader:
    """Raises InvalidData for a register or word list that cannot be used."""
    types = taxonomy().types
    return KeywordReader(
        load_model(data / "words.yaml"),
        load_register(data / "register.yaml"),
        {code: problem_type.urgency for code, problem_type in types.items()},
    )


def load_model(file: Path) -> KeywordModel:
    types = taxonomy().types
    more: dict[str, Any] = read_section(file, "more")
    for code in more:
        if code not in types:
            raise InvalidData(file, f"more, {code}", "is no type of the taxonomy; correct the code")
    words = {code: (*row.keywords, *more.get(code, ())) for code, row in types.items()}
    return KeywordModel(words, weak=read_section(file, "weak"))


def load_place_words(file: Path = DATA / "place_words.yaml") -> PlaceWords:
    return PlaceWords(*(read_section(file, section) for section in ("endings", "leads", "in_names")))


def load_register(file: Path) -> Register:
    estates = read_rows(file, "estates", Estate, "id")
    try:
        return Register(estates.values(), read_section(file, "sub_districts"))
    except ValueError as error:
        raise InvalidData(file, "estates", f"{error}; correct the row") from None
