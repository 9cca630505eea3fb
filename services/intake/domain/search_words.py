"""A search term, read in every meaning that it can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.contracts.numbers import TICKET_DIGITS, ShortKind, as_typed, read_short_number
from services.contracts.writing import plain

FEWEST_DIGITS: Final = 4
"""Of a ticket's number, at its beginning or end: fewer say too little."""
SHORTEST_NAME: Final = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """`digits`: of a ticket's number, the whole or one end; `short`: the number of a hot issue or a project; `written`:
    the forms in which the city may write its number; `name`: a part of an estate's name. None: it cannot be that."""

    digits: str | None
    short: tuple[ShortKind, str] | None
    written: tuple[str, ...]
    name: str | None


def asked_by(typed: str) -> Asked:
    """Raises WrongCheckCharacter."""
    short, compact, words = read_short_number(typed), as_typed(typed), plain(typed).strip()
    is_number = compact.isascii() and compact.isdigit() and FEWEST_DIGITS <= len(compact) <= TICKET_DIGITS
    return Asked(
        digits=compact if is_number else None,
        short=short,
        written=tuple(sorted({one for one in (typed.strip(), words, compact) if one})),
        name=words if short is None and len(words) >= SHORTEST_NAME else None,
    )
