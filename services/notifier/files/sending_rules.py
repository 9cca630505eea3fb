"""The rules of sending to officers, read from `data/sending.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from services.contracts.data_files import read_file
from services.notifier.domain.sending_rules import SendingRules

FILE = Path(__file__).parents[1] / "data" / "sending.yaml"


@cache
def sending_rules(file: Path = FILE) -> SendingRules:
    """Raises InvalidData, which names the place in the file and the fault."""
    return read_file(file, SendingRules)
