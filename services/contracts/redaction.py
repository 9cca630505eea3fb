"""A first redaction: names and contact details are masked before a text leaves intake (docs/domain.md §9).

No redaction is perfect: other people's names and roundabout descriptions get through, which is why redacted text is
kept for a short time only. In doubt a number is masked, unless it reads as a date, money, a measure, a lane or a
house: those are what a ticket is read for. Public numbers stay: 12345, 110, a shop's 400 number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

from services.contracts.redaction_accounts import ACCOUNTS, EMAILS
from services.contracts.redaction_cues import CUES
from services.contracts.redaction_documents import DOCUMENTS
from services.contracts.redaction_flats import FLATS, flats_alone, flats_named
from services.contracts.redaction_names import rules_for
from services.contracts.redaction_numbers import PARTLY_MASKED, numbers
from services.contracts.redaction_phones import spoken_mobiles
from services.contracts.redaction_plates import PLATES
from services.contracts.redaction_sheet import Mask, Sheet

_RULES: Final[tuple[Callable[[str], Iterable[Mask]], ...]] = (
    *(*EMAILS, numbers, spoken_mobiles, PARTLY_MASKED),
    *(*DOCUMENTS, *PLATES, *ACCOUNTS, *FLATS, *CUES),
)
_MOST_ROUNDS = 4
"""What a mask uncovers is looked at again, so that a redacted text has nothing more to mask."""


def redact(text: str, *, name: str | None = None, flats: frozenset[str] = frozenset()) -> str:
    """Masks numbers of phones, identity papers, cards and plates, accounts, and names that a word introduces, and cuts
    flats to their building.

    Of the caller, `name` is cut to the surname and the numbers `flats` (see `flats_in`) are masked wherever they
    stand alone. Idempotent. Takes time in proportion to the text.
    """
    sheet = Sheet(text)
    rules = [*_RULES, partial(flats_alone, known=flats), *(rules_for(name) if name else ())]
    for _ in range(_MOST_ROUNDS):
        masked = [sheet.mask(rule(sheet.read)) for rule in rules]
        if not any(masked):
            break
    return sheet.redacted()


def flats_in(text: str) -> frozenset[str]:
    """The numbers of the flats that a text names, for masking them in what else the same caller says."""
    return flats_named(Sheet(text).read)
