"""What duty desks are told, read from `data/duty_desks.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from services.contracts.data_files import InvalidData
from services.intake.domain.duty import DutyRules

FILE = Path(__file__).parents[1] / "data" / "duty_desks.yaml"


@cache
def duty_rules(file: Path = FILE) -> DutyRules:
    """Raises InvalidData, which names the place in the file and the fault."""
    try:
        return DutyRules.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise InvalidData(file, "the file", f"is not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidData(file, ".".join(map(str, first["loc"])) or "the table", first["msg"]) from None
