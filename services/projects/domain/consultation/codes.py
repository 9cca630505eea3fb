"""The personal code by which an owner votes without an account: printed on the ballot, and the end of its link."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

CODE_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and letters that nobody takes for another."""
CODE_LENGTH: Final = 16
"""79 bits: nobody guesses one."""

Keyed = Callable[[str, str], str]
"""A keyed hash, in hexadecimal, of a text for a purpose."""


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """Who votes by one code: an owner, by the number of the head, for all parts not sold since; or who bought
    `part_id`."""

    head: int
    part_id: str = ""


def voting_code(keyed: Keyed, consultation_id: str, holder: Holder, issue: int = 1) -> str:
    """Without the key it cannot be distinguished from any other. Each `issue`, from 1, gives another."""
    named = f":{holder.part_id}:{issue}" if holder.part_id or issue > 1 else ""
    number = int(keyed("vote", f"{consultation_id}:{holder.head}{named}"), 16)
    signs = []
    for _ in range(CODE_LENGTH):
        number, sign = divmod(number, len(CODE_SIGNS))
        signs.append(CODE_SIGNS[sign])
    return "".join(signs)


def code_hash(keyed: Keyed, entered: str) -> str:
    """What is kept of a code. Lower case, full width, blanks and hyphens are as good."""
    plain = unicodedata.normalize("NFKC", entered).upper()
    return keyed("vote-code", "".join(sign for sign in plain if sign.isalnum())[: CODE_LENGTH + 1])
