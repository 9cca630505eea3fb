"""The rules of sending, read from `data/sending.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from services.contracts.data_files import InvalidData
from services.intake.domain.sending import SendingRules

FILE = Path(__file__).parents[1] / "data" / "sending.yaml"


@cache
def sending_rules(file: Path = FILE) -> SendingRules:
    """Raises InvalidData, which names the place in the file and the fault."""
    try:
        return SendingRules.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise InvalidData(file, "the file", f"is not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidData(file, ".".join(map(str, first["loc"])) or "the table", first["msg"]) from None
