"""The messages to callers, from `data/occasions.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from services.contracts.data_files import InvalidData
from services.intake.domain.occasion_rules import Occasions

FILE = Path(__file__).parents[1] / "data" / "occasions.yaml"


@cache
def occasions(file: Path = FILE) -> Occasions:
    """Raises InvalidData, which names the occasion and the fault."""
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        return Occasions.model_validate(content)
    except yaml.YAMLError as error:
        raise InvalidData(file, "the file", f"is not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidData(file, _place(content, first["loc"]), first["msg"]) from None


def _place(content: Any, at: Sequence[int | str]) -> str:
    """The way to the fault; an occasion is named by its code."""
    match list(at):
        case ["occasions", int(number), *rest]:
            row = content["occasions"][number]
            code = row.get("code") if isinstance(row, dict) else None
            return ".".join(map(str, ("occasions", code or f"row {number + 1}", *rest)))
        case []:
            return "the table"
        case named:
            return ".".join(map(str, named))
