"""A call to the hotline: who calls, when, about what, in which words, and why (which the services never see)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from demo.district import Estate, Resident

FILE = Path(__file__).parent / "data" / "complaints.yaml"
CHANNELS = ("phone", "phone", "phone", "phone", "web", "app", "wechat", "photo-report")


@dataclass(frozen=True, slots=True)
class Call:
    """`type_code` is the true type; `cause` is a story's key, another cause's name, or None: an isolated complaint."""

    at: datetime
    estate: str | None
    type_code: str
    cause: str | None
    text: str
    address: str | None
    channel: str
    name: str | None
    phone: str | None

    def body(self) -> dict[str, Any]:
        """What is sent to intake. It does not give the cause away."""
        caller = {"name": self.name, "phone": self.phone} if self.phone else None
        fields = {
            "text": self.text,
            "address": self.address,
            "channel": self.channel,
            "occurred_at": self.at.isoformat(),
            "caller": caller,
        }
        return {name: value for name, value in fields.items() if value is not None}


@cache
def phrases() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def compose(dice: Random, at: datetime, estate: Estate, caller: Resident, what: Sequence[str], *, again: bool) -> str:
    """The words of one call, put together at random: an opening, the complaint `what`, since when, and a wish."""
    parts = phrases()
    words = [
        dice.choice(parts["openings"]),
        dice.choice(parts["again"]) if again else "",
        *(f"{clause}，" for clause in what),
        dice.choice(parts["since"]),
        dice.choice(parts["wishes"]),
    ]
    month = (at.month - dice.randint(1, 2) - 1) % 12 + 1
    return "".join(words).format(estate=estate.name, block=caller.block, days=dice.randint(3, 40), month=month)


def call(
    dice: Random,
    at: datetime,
    estate: Estate,
    caller: Resident,
    type_code: str,
    cause: str | None,
    what: Sequence[str],
    *,
    again: bool = False,
) -> Call:
    """A call about an estate, with the address as an operator would note it."""
    return Call(
        at=at,
        estate=estate.id,
        type_code=type_code,
        cause=cause,
        text=compose(dice, at, estate, caller, what, again=again),
        address=f"{estate.sub_district_name}{estate.address}{caller.block}号{caller.room}室",
        channel=dice.choice(CHANNELS),
        name=caller.name,
        phone=caller.phone,
    )
