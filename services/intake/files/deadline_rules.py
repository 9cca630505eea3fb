"""The rules of deadlines, read from `data/clocks.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from services.contracts.data_files import InvalidData
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import RequestKind
from services.intake.domain.limits import DeadlineRules

FILE = Path(__file__).parents[1] / "data" / "clocks.yaml"


@cache
def deadline_rules(file: Path = FILE) -> DeadlineRules:
    """Raises InvalidData, which names the place in the file and the fault."""
    try:
        return DeadlineRules.model_validate(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        raise InvalidData(file, "the file", f"is not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidData(file, ".".join(map(str, first["loc"])) or "the table", first["msg"]) from None


def usual_kind(type_code: str) -> RequestKind | None:
    """The usual kind of a type's requests; None for an unknown type."""
    problem = taxonomy().types.get(type_code)
    return problem.kind if problem else None
