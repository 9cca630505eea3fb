"""What is wrong with data, said without the data: a fault is stored and answered, and the data may name a person."""

from __future__ import annotations

import re
from typing import Final

from pydantic import ValidationError

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,40}")
_MOST: Final = 3


def model_fault(error: ValidationError) -> str:
    """The first faults, by field. A place that no model names, such as a key of the data, is left out."""
    listed = error.errors(include_url=False, include_context=False, include_input=False)
    said = [f"{'.'.join(_part(part) for part in one['loc']) or 'the whole'}: {one['msg']}" for one in listed[:_MOST]]
    more = f"; and {len(listed) - _MOST} more" if len(listed) > _MOST else ""
    return "; ".join(said) + more


def _part(part: int | str) -> str:
    return str(part) if isinstance(part, int) or _NAME.fullmatch(part) else "…"


def code_or_nothing(value: str) -> str:
    """`value` for a message, if it looks like a code; else a sign that it was left out."""
    return value if _NAME.fullmatch(value) else "…"
