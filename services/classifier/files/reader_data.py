"""The reader, built from the data files. An error names the file, the row and the remedy."""

from __future__ import annotations

from pathlib import Path

from services.classifier.domain.estate import Estate
from services.classifier.domain.kind import Kinds
from services.classifier.domain.place_words import PlaceWords
from services.classifier.domain.places import Register
from services.classifier.domain.read_text import ModelReader
from services.classifier.domain.register_facts import RegisterFacts
from services.classifier.domain.type_model import TypeModel
from services.classifier.files.kind_model import kind_layer
from services.contracts.data_files import InvalidData, read_rows, read_section
from services.contracts.fingerprint import TermKey
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import RequestKind

DATA = Path(__file__).parents[1] / "data"


def reader_with(model: TypeModel, key: TermKey, register: Register | None = None) -> ModelReader:
    """With the shipped register, unless another is given. Raises InvalidData for one that cannot be used."""
    usual = {code: (row.kind, row.urgency) for code, row in taxonomy().types.items()}
    return ModelReader(
        model,
        register or load_register(DATA / "register.yaml"),
        load_kinds(DATA / "kinds.yaml"),
        load_place_words(),
        usual,
        key,
    )


def load_kinds(file: Path) -> Kinds:
    """Raises InvalidData for a list that cannot be used."""
    try:
        return Kinds(
            {
                kind: {float(weight): tuple(map(str, words)) for weight, words in read_section(file, kind).items()}
                for kind in RequestKind
            },
            kind_layer(),
        )
    except (AttributeError, TypeError, ValueError) as error:
        if isinstance(error, InvalidData):
            raise
        raise InvalidData(file, "the file", "is not lists of words by weight (3: [投诉]); correct it") from None


def load_place_words(file: Path = DATA / "place_words.yaml") -> PlaceWords:
    return PlaceWords(*(read_section(file, section) for section in ("endings", "leads", "in_names")))


def load_register(file: Path, facts: RegisterFacts | None = None) -> Register:
    """With what was published since. Raises InvalidData."""
    estates = read_rows(file, "estates", Estate, "id")
    try:
        return Register((facts or RegisterFacts()).over(estates.values()), read_section(file, "sub_districts"))
    except ValueError as error:
        raise InvalidData(file, "estates", f"{error}; correct the row") from None
