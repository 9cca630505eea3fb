"""By which ways a caller can be reached, without saying where: kept with the ticket, so that no vault has to be opened
to decide how to tell them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from services.contracts.callers import is_nobodys_phone, normalise_phone
from services.intake.domain.telling import Way

_MOBILE_DIGITS: Final = 11


class Contact(StrEnum):
    """What a caller left. `UNKNOWN`: the ticket is older than this record; the vault may hold a number to call."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    EMAIL = "email"
    UNKNOWN = "unknown"


WAYS: Final[Mapping[Contact, frozenset[Way]]] = {
    Contact.MOBILE: frozenset({Way.SMS, Way.CALL}),
    Contact.LANDLINE: frozenset({Way.CALL}),
    Contact.EMAIL: frozenset({Way.EMAIL}),
    Contact.UNKNOWN: frozenset({Way.CALL}),
}


def reach_of(phone: str | None, email: str | None) -> tuple[Contact, ...]:
    """What these can be used for. A number that stands for nobody (00000000, 12345) reaches nobody."""
    found = []
    if phone and not is_nobodys_phone(number := normalise_phone(phone)):
        mobile = len(number) == _MOBILE_DIGITS and number[0] == "1"
        found.append(Contact.MOBILE if mobile else Contact.LANDLINE)
    if email:
        found.append(Contact.EMAIL)
    return tuple(found)


def ways_of(reach: Collection[str]) -> frozenset[Way]:
    return frozenset(way for contact in reach for way in WAYS[Contact(contact)])
