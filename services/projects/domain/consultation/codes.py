"""The personal code by which an owner votes without an account: printed on the ballot, and the end of its link."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final

CODE_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and letters that nobody takes for another."""
CODE_LENGTH: Final = 16
"""79 bits: nobody guesses one."""

Keyed = Callable[[str, str], str]
"""A keyed hash, in hexadecimal, of a text for a purpose."""


def voting_code(keyed: Keyed, consultation_id: str, head: int) -> str:
    """The same each time it is printed; without the key it cannot be told from any other."""
    number = int(keyed("vote", f"{consultation_id}:{head}"), 16)
    signs = []
    for _ in range(CODE_LENGTH):
        number, sign = divmod(number, len(CODE_SIGNS))
        signs.append(CODE_SIGNS[sign])
    return "".join(signs)


def code_hash(keyed: Keyed, entered: str) -> str:
    """What is kept of a code. Lower case, full width, blanks and hyphens are as good."""
    plain = unicodedata.normalize("NFKC", entered).upper()
    return keyed("vote-code", "".join(sign for sign in plain if sign.isalnum())[: CODE_LENGTH + 1])
