"""Numbers that people can say: of a ticket, a hot issue, a repair project. Inside, each is known by its UUID.

A ticket's number has 18 digits, as in the city's hotline (docs/domain.md §2.5): the second of its receipt in the
district's time, and six digits that tell the tickets of one second apart.

Hot issues and projects are few and are named again and again, by telephone and in minutes of meetings. Theirs is short:
R26-00042-0 is a kind letter, the year, a running number and a check character. The check character finds every single
wrong character and every swap of two neighbours. It is that of the identity cards (ISO 7064 MOD 11-2, GB 11643), whose
X everybody can say. The letters are R (热点) and W (维修). None of the three looks like a digit (O, I, S, Z, B do) and
none is heard as another, in Chinese or in English (B, D, P and T are, M and N, F, S and X).
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Final

from stdnum.iso7064 import mod_11_2

from services.contracts.districts import SHANGHAI
from services.contracts.writing import plain

TICKET_DIGITS: Final = 18
SERIALS: Final = 1_000_000
"""As many different endings as tickets' numbers have."""


class ShortKind(StrEnum):
    """What has a short number, by its letter."""

    HOT_ISSUE = "R"
    PROJECT = "W"


_AS_DIGIT: Final = {ShortKind.HOT_ISSUE: "4", ShortKind.PROJECT: "9"}
"""The letters as the check counts them. Two digits, so that one letter for the other is a wrong number."""
_SHORT: Final = re.compile(r"([RW])([0-9]{2})([0-9]{5,9})([0-9X])")
_SEPARATORS: Final = re.compile(r"[\s\-‐‑‒–—―−－_·・./]+")


class WrongCheckCharacter(ValueError):
    """A short number in which a character is wrong, or two changed places."""


def ticket_number(received_at: datetime, serial: int) -> str:
    """`received_at` is aware; of `serial` the last six digits count."""
    return f"{received_at.astimezone(SHANGHAI):%y%m%d%H%M%S}{serial % SERIALS:06d}"


def short_number(kind: ShortKind, opened_at: datetime, running: int) -> str:
    """`opened_at` is aware; `running` counts on from year to year and is at least 0."""
    digits = f"{opened_at.astimezone(SHANGHAI):%y}{running:05d}"
    return f"{kind}{digits[:2]}-{digits[2:]}-{_check(kind, digits)}"


def number_of_old(kind: ShortKind, aggregate_id: str) -> str:
    """Of an issue or a project whose events carry no number yet: made of its id, so that whoever reads them finds the
    same. Two of them may be alike."""
    digits = f"00{int(aggregate_id.replace('-', '') or '0', 16) % 10**9:09d}"
    return f"{kind}{digits[:2]}-{digits[2:]}-{_check(kind, digits)}"


def as_typed(typed: str) -> str:
    """What somebody typed as a number, without its width, case, blanks and dashes."""
    return _SEPARATORS.sub("", plain(typed)).upper()


def read_short_number(typed: str) -> tuple[ShortKind, str] | None:
    """The short number that somebody typed, in its usual form; None if it does not look like one.

    Raises WrongCheckCharacter.
    """
    found = _SHORT.fullmatch(as_typed(typed))
    if found is None:
        return None
    kind, digits = ShortKind(found[1]), found[2] + found[3]
    if _check(kind, digits) != found[4]:
        raise WrongCheckCharacter(f"{kind}{found[2]}-{found[3]}-{found[4]}")
    return kind, f"{kind}{found[2]}-{found[3]}-{found[4]}"


def perhaps_meant(typed: str) -> list[str]:
    """The short numbers that come about if two neighbours of a wrong one change places."""
    wrong, meant = as_typed(typed), set[str]()
    for place in range(len(wrong) - 1):
        try:
            read = read_short_number(wrong[:place] + wrong[place + 1] + wrong[place] + wrong[place + 2 :])
        except WrongCheckCharacter:
            continue
        if read:
            meant.add(read[1])
    return sorted(meant)


def _check(kind: ShortKind, digits: str) -> str:
    return mod_11_2.calc_check_digit(_AS_DIGIT[kind] + digits)
