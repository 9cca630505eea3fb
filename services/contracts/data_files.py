"""Reading the data files of `services/contracts/data`: an error names the file, the row and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

DATA = Path(__file__).parent / "data"


class InvalidData(ValueError):
    """A data file that cannot be used. Nothing of it is loaded."""

    def __init__(self, file: Path, row: str, why: str) -> None:
        super().__init__(f"{file.name}, {row}: {why}")


class DataRow(BaseModel):
    """One row of a data file: immutable, and a column that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Row = TypeVar("Row", bound=BaseModel)


def read_file(file: Path, model: type[Row]) -> Row:
    """A whole YAML file. Raises InvalidData, which names the place in the file and the fault."""
    try:
        return model.model_validate(_content(file))
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidData(file, ".".join(map(str, first["loc"])) or "the table", first["msg"]) from None


def read_section(file: Path, section: str) -> Any:
    """What stands under a top-level key of a YAML file."""
    content = _content(file)
    if not isinstance(content, dict) or section not in content:
        raise InvalidData(file, "the file", f"lacks the section {section!r}; add it")
    return content[section]


def _content(file: Path) -> Any:
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise InvalidData(file, "the file", f"cannot be read ({error.strerror}); name another") from None
    except UnicodeDecodeError:
        raise InvalidData(file, "the file", "is not UTF-8; save it as such") from None
    except yaml.YAMLError as error:
        raise InvalidData(file, "the file", f"is not YAML: {' '.join(str(error).split())}") from None


def row_of(file: Path, row: str, model: type[Row], values: Any) -> Row:
    """Validates one row."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, p['loc'])) or 'row'}: {p['msg']}" for p in error.errors())
        raise InvalidData(file, row, f"{problems}; correct the row") from None


def read_rows(file: Path, section: str, model: type[Row], key: str) -> Mapping[str, Row]:
    """The rows of a YAML section by the value of their field `key`, which must be unique."""
    rows = (
        row_of(file, f"{section} row {number}", model, values)
        for number, values in enumerate(read_section(file, section) or (), start=1)
    )
    return by_key(file, section, rows, key)


def by_key(file: Path, section: str, rows: Iterable[Row], key: str) -> Mapping[str, Row]:
    """An immutable mapping in the order of the file; a key that stands twice is an error."""
    mapping: dict[str, Row] = {}
    for number, row in enumerate(rows, start=1):
        value = getattr(row, key)
        if value in mapping:
            raise InvalidData(file, f"{section} row {number}", f"{key} {value!r} stands twice; remove one")
        mapping[value] = row
    return MappingProxyType(mapping)
