"""What is wrong with data, said without the data: a fault is stored and answered, and the data may name a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,40}")
_MOST: Final = 3
FORMS: Final[Mapping[str, str]] = {
    r"^[0-9a-f-]{36}$": "is no id: give the UUID in small letters",
    r"^[A-Za-z0-9-]{1,60}$": "is no id: give letters, digits and hyphens, 60 at most",
    r"^\S{1,100}$": "has blanks or more than 100 characters: give an identifier, not a name",
    r"^[\s\S]{0,1000}$": "is longer than 1,000 characters: shorten it",
    r"^[\s\S]{0,5000}$": "is longer than 5,000 characters: shorten it",
    r"^[a-z_]{1,20}\.[a-z_]{1,20}$": "is no act: take one of docs/replies.md, such as project.step",
    r"^[a-z]+\.[a-z_]{1,60}\.v[0-9]{1,3}$": "is no type of a message: give one such as department.ticket_told.v1",
    r"^[a-z][a-z0-9-]{1,30}$": "is no code of a unit: give one of departments.yaml, such as housing",
    r"^310109[0-9]{3}$": "is no sub-district: give its nine digits, such as 310109010",
    r"^E[0-9]{2}$": "is no element: give its code, such as E16",
    r"^[0-9a-f]{64}$": "is no SHA-256: give its 64 digits and small letters",
    r"^[0-9]{18}$": "is no ticket's number: give its 18 digits",
    r"^([0-9]{18}|[RW][0-9]{2}-[0-9]{5,9}-[0-9X])$": "is no number: give a ticket's 18 digits, or such as R26-00017-3",
}
"""By the pattern of a field: what is wrong with a text that does not match it, and what would do."""


def model_fault(error: ValidationError) -> str:
    """The first faults, by field. A place that no model names, such as a key of the data, is left out."""
    listed = error.errors(include_url=False, include_input=False)
    said = [f"{'.'.join(_part(part) for part in one['loc']) or 'the whole'}: {in_words(one)}" for one in listed[:_MOST]]
    more = f"; and {len(listed) - _MOST} more" if len(listed) > _MOST else ""
    return "; ".join(said) + more


def in_words(error: Mapping[str, Any]) -> str:
    """One of pydantic's errors; a pattern that `FORMS` knows is said in words."""
    pattern = error["ctx"]["pattern"] if error["type"] == "string_pattern_mismatch" else None
    return FORMS.get(pattern or "", str(error["msg"]))


def _part(part: int | str) -> str:
    return str(part) if isinstance(part, int) or _NAME.fullmatch(part) else "…"


def code_or_nothing(value: str) -> str:
    """`value` for a message, if it looks like a code; else a sign that it was left out."""
    return value if _NAME.fullmatch(value) else "…"
