"""What is put to the vote is frozen by hash when it opens. Who wants something else opens a new round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.projects.domain.consultation.admission import Opening
from services.projects.domain.consultation.digests import digest
from services.projects.domain.consultation.rules import Periods


@dataclass(frozen=True, slots=True)
class ItemText:
    """All that an owner is shown of one item. `removed`: what goes. `pictures`: their hashes, in their order."""

    item: str
    text: str
    removed: str
    material: str = ""
    colour: str = ""
    menu_version: str = ""
    pictures: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        return digest([getattr(self, name) for name in self.__slots__])


class TextFrozen(ValueError):
    """What is voted on cannot change; `items` names what would."""

    def __init__(self, items: tuple[str, ...]) -> None:
        super().__init__(f"voted on already: {', '.join(items)}")
        self.items = items


class NothingChanged(ValueError):
    """A new round needs a reason: some item that is not as it was."""


@dataclass(frozen=True, slots=True)
class Round:
    """`texts`: the hash of each item's text. `changed`: the items that are new, gone or other than the round before."""

    number: int
    texts: Mapping[str, str]
    announced_at: datetime
    opens_at: datetime
    closes_at: datetime
    changed: tuple[str, ...] = ()

    @property
    def opening(self) -> Opening:
        return Opening(self.opens_at, self.closes_at, self.number)

    def differs_from(self, texts: Mapping[str, str]) -> tuple[str, ...]:
        items = sorted(self.texts.keys() | texts.keys())
        return tuple(item for item in items if self.texts.get(item) != texts.get(item))

    def keep(self, texts: Mapping[str, str], at: datetime) -> None:
        """Raises TextFrozen for a change of what is open, or was."""
        changed = self.differs_from(texts)
        if changed and at >= self.opens_at:
            raise TextFrozen(changed)

    def again(self, texts: Mapping[str, str], announced: datetime, opens: datetime, closes: datetime) -> Round:
        """The next round. Ballots of this one do not count in it. Raises NothingChanged."""
        changed = self.differs_from(texts)
        if not changed:
            raise NothingChanged("the texts are those of the round before")
        return Round(self.number + 1, dict(texts), announced, opens, closes, changed)


class PeriodFault(StrEnum):
    CLOSES_BEFORE_IT_OPENS = "closes_before_it_opens"
    NOTICE_TOO_SHORT = "notice_too_short"
    OPEN_TOO_SHORT = "open_too_short"
    OPEN_TOO_LONG = "open_too_long"


def days_of(fault: PeriodFault, rule: Periods | None) -> int | None:
    """The limit that a fault breaks."""
    limits = rule and {
        PeriodFault.NOTICE_TOO_SHORT: rule.notice_days,
        PeriodFault.OPEN_TOO_SHORT: rule.least_open_days,
        PeriodFault.OPEN_TOO_LONG: rule.most_open_days,
    }
    return limits.get(fault) if limits else None


def period_faults(found: Round, rule: Periods | None) -> tuple[PeriodFault, ...]:
    """What the periods lack; days are of 24 hours. Without a rule only the order counts."""
    if found.closes_at <= found.opens_at or found.opens_at < found.announced_at:
        return (PeriodFault.CLOSES_BEFORE_IT_OPENS,)
    if rule is None:
        return ()
    notice, lasts = found.opens_at - found.announced_at, found.closes_at - found.opens_at
    faults = (
        (notice < timedelta(days=rule.notice_days), PeriodFault.NOTICE_TOO_SHORT),
        (lasts < timedelta(days=rule.least_open_days), PeriodFault.OPEN_TOO_SHORT),
        (lasts > timedelta(days=rule.most_open_days), PeriodFault.OPEN_TOO_LONG),
    )
    return tuple(fault for wrong, fault in faults if wrong)
