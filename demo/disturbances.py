"""What looks like a concentrated problem but is not: a gale over the whole district, and one caller with forty calls.

Both occur in every play, including the controls. A system that counts calls instead of callers, or blames the weather
on an estate, raises false alarms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from demo.calls import Call, call, phrases
from demo.district import District, Estate

GALE = "gale"
REPEAT_CALLER = "repeat caller"
CAUSES = frozenset({GALE, REPEAT_CALLER})


@dataclass(frozen=True, slots=True)
class Gale:
    """One night's wind damages canopies and air conditioners everywhere: six homes in each estate call the next day."""

    district: District
    day: date = date(2023, 3, 22)
    type_code: str = "MJ12"
    callers: int = 6

    def calls(self, day: datetime) -> Iterator[Call]:
        if day.date() != self.day:
            return
        dice = self.district.dice(GALE)
        for estate in self.district.estates:
            for caller in dice.sample(estate.residents, self.callers):
                at = day + timedelta(hours=dice.uniform(6, 20))
                what = (dice.choice(phrases()["matters"][self.type_code]),)
                yield call(dice, at, estate, caller, self.type_code, GALE, what)


@dataclass(frozen=True, slots=True)
class RepeatCaller:
    """One resident calls about a street lamp every other day, forty times; nobody else in the estate complains."""

    district: District
    estate: Estate
    begins: date = date(2023, 2, 6)
    type_code: str = "MJ10"
    times: int = 40

    @property
    def cell(self) -> tuple[str, str]:
        return self.estate.id, self.type_code

    def calls(self, day: datetime) -> Iterator[Call]:
        number, odd = divmod((day.date() - self.begins).days, 2)
        if odd or not 0 <= number < self.times:
            return
        dice = self.district.dice(f"{REPEAT_CALLER}/{number}")
        at = day + timedelta(hours=dice.uniform(8, 20))
        what = (dice.choice(phrases()["matters"][self.type_code]),)
        yield call(
            dice, at, self.estate, self.estate.residents[0], self.type_code, REPEAT_CALLER, what, again=number > 0
        )
