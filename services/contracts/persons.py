"""The persons of units: known by an identifier, never by a name or a number to call."""

from __future__ import annotations

import re
from typing import Final

from services.contracts.redaction import redact

_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@|:+-]{0,99}")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")

UNNAMED: Final = "-"
"""In place of a person whom a department names otherwise."""


def is_identifier(person: str) -> bool:
    """Whether it can be the subject of a token, or a department's own identifier."""
    if not _IDENTIFIER.fullmatch(person):
        return False
    return _UUID.fullmatch(person) is not None or redact(person) == person


def named_by(department: str, person: str) -> str:
    """A department's person in our own records: by the department and its identifier, if it is one."""
    return f"{department}:{person if is_identifier(person) else UNNAMED}"
