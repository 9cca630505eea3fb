"""The reader, built from the data files. An error names the file, the row and the remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from services.classifier.adapters.model_files import Vocabulary
from services.classifier.domain.places import Estate, Register
from services.classifier.domain.reader import ModelReader
from services.classifier.domain.type_model import OTHER, TypeModel
from services.contracts.data_files import InvalidData, read_rows, read_section
from services.contracts.taxonomy import taxonomy

DATA = Path(__file__).parents[1] / "data"


def reader_with(model: TypeModel, register: Register | None = None) -> ModelReader:
    """With the shipped register, unless another is given. Raises InvalidData for one that cannot be used."""
    usual = {code: problem_type.urgency for code, problem_type in taxonomy().types.items()}
    return ModelReader(model, register or load_register(DATA / "register.yaml"), usual)


def word_list(file: Path = DATA / "words.yaml") -> Vocabulary:
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
    return Vocabulary(words, tuple(map(str, read_section(file, "weak"))))


def load_register(file: Path) -> Register:
    estates = read_rows(file, "estates", Estate, "id")
    try:
        return Register(estates.values(), read_section(file, "sub_districts"))
    except ValueError as error:
        raise InvalidData(file, "estates", f"{error}; correct the row") from None
