"""The one-time links in messages: what they ask, and the effect of an answer."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

CODE_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Digits and letters that nobody takes for another: no 0 and O, no 1, I and L."""
CODE_LENGTH: Final = 6
TOKEN_BYTES: Final = 24


class LinkPurpose(StrEnum):
    """`visit`: how the ticket was settled. `follow-up`: whether the cure helped. `told`: nothing is asked."""

    VISIT = "visit"
    FOLLOW_UP = "follow-up"
    NOTICE = "told"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is kept. `subject` is the round that is asked about: the ticket's number of redos, or the follow-up
    and its round. `used_at` is when it was answered.
    """

    token_hash: str
    purpose: LinkPurpose
    ticket_id: str
    subject: str
    used_at: datetime | None


class LinkOutcome(StrEnum):
    """What became of an answer by link."""

    COUNTED = "counted"
    STOPPED = "stopped"
    OLDER_ROUND = "older round"
    ALREADY_ANSWERED = "already answered"
    CITY_ASKS = "city asks"
    NOT_ASKED = "not asked"


def token_of(key: bytes, telling_id: str) -> str:
    """The token of a message's link: 192 bits that nobody can guess without the key.

    Not drawn anew each time: a message that is sent again after a crash must be the same to the letter, or a gateway
    takes it for another.
    """
    made = hmac.digest(key, f"link:{telling_id}".encode(), "sha256")[:TOKEN_BYTES]
    return urlsafe_b64encode(made).decode()


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def status_code_of(key: bytes, ticket_id: str) -> str:
    """The code by which a caller looks up their ticket; without the key it cannot be distinguished from any other."""
    number = int.from_bytes(hmac.digest(key, f"status:{ticket_id}".encode(), "sha256"), "big")
    signs = []
    for _ in range(CODE_LENGTH):
        number, sign = divmod(number, len(CODE_SIGNS))
        signs.append(CODE_SIGNS[sign])
    return "".join(signs)


def is_code(entered: str, code: str) -> bool:
    """Compares in a time that does not depend on where they differ.

    Lower case, full width, and the blanks or hyphens with which a code is read out are as good.
    """
    signs = "".join(
        sign for sign in unicodedata.normalize("NFKC", entered).upper() if not sign.isspace() and sign != "-"
    )
    return secrets.compare_digest(signs.encode("utf-8", "surrogatepass"), code.encode())
