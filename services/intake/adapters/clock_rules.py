"""The table of clocks, read from `data/clocks.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from services.contracts.data_files import InvalidData
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import RequestKind
from services.intake.domain.limits import ClockRules

FILE = Path(__file__).parents[1] / "data" / "clocks.yaml"


@cache
def clock_rules(file: Path = FILE) -> ClockRules:
    """Raises InvalidData, which names the place in the file and what is wrong there."""
    try:
        return ClockRules.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise InvalidData(file, "the file", f"is not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidData(file, ".".join(map(str, first["loc"])) or "the table", first["msg"]) from None


def usual_kind(type_code: str) -> RequestKind | None:
    """The kind that requests of a type usually are; None for a type that is none of the catalogue's."""
    problem = taxonomy().types.get(type_code)
    return problem.kind if problem else None
