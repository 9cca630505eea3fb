"""When a message's schema may change: what is refused, and with which remedy (ADR 53)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

LEAST_NOTICE: Final = timedelta(days=30)


class ChangeRefused(ValueError):
    """The announcement does not stand; `field` names what is wrong with it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


def check_change(old: str, new: str, new_alone_from: date, today: date, carried: Collection[str]) -> None:
    """Raises ChangeRefused. `carried` are the types that the topics carry now: both, or nobody could read both."""
    for field, one in (("old", old), ("new", new)):
        if one not in carried:
            raise ChangeRefused(field, f"departments' topics do not carry {one}: add it to topics.yaml, and send it")
    name, before = _parts(old)
    if _parts(new)[0] != name or _parts(new)[1] <= before:
        raise ChangeRefused("new", f"must be a later version of {name}")
    if new_alone_from < today + LEAST_NOTICE:
        raise ChangeRefused(
            "new_alone_from", f"gives less than {LEAST_NOTICE.days} days: the earliest is {today + LEAST_NOTICE}"
        )


def _parts(event_type: str) -> tuple[str, int]:
    name, _, version = event_type.rpartition(".v")
    return name, int(version)
