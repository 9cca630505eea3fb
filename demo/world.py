"""The truth about the district: which faults exist, what is done about them, and who calls because of them.

The services never see it. The demo's departments change it by what they do on site.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import Enum
from random import Random
from typing import Protocol

from demo.background import Background, CallLimit
from demo.calls import Call, call, phrases
from demo.clockwork import DAY, ZONE
from demo.district import District, Estate, Resident
from demo.disturbances import Gale, RepeatCaller
from demo.story import Cure, Story

MONTH_DAYS = 30.0
CALLS_DURING_WORKS = 0.35
NUISANCE_A_MONTH = 3.5
NUISANCE = "MJ16"
LATEST_START_DAYS = 21


class Source(Protocol):
    """Something that makes residents call."""

    def calls(self, day: datetime) -> Iterator[Call]:
        """The calls of one day."""


class Condition(Enum):
    PRESENT = "present"
    UNDER_WORKS = "under works"
    CURED = "cured"


@dataclass
class Fault:
    """A story that takes place in one estate. World changes its `condition`."""

    story: Story
    estate: Estate
    begins: datetime
    dice: Random
    condition: Condition = Condition.PRESENT
    attempts: int = 0
    _due: float = 0.0
    _met: set[str] = field(default_factory=set)

    @property
    def cell(self) -> tuple[str, str]:
        return self.estate.id, self.story.type_code

    @property
    def cure(self) -> Cure:
        """The cure for the current attempt."""
        return self.story.cures[min(self.attempts, len(self.story.cures) - 1)]

    def calls(self, day: datetime) -> Iterator[Call]:
        """The calls of one day, between 8:00 and 20:00."""
        if day < self.begins:
            return
        self._due += self._rate(day) / MONTH_DAYS
        while self._due > 0:
            self._due -= self.dice.uniform(0.6, 1.4)
            yield self._call(day + timedelta(hours=self.dice.uniform(8, 20)))

    def _rate(self, day: datetime) -> float:
        story = self.story
        part = {Condition.PRESENT: 1.0, Condition.UNDER_WORKS: CALLS_DURING_WORKS, Condition.CURED: story.after}
        return story.calls_a_month * story.season[day.month] * part[self.condition]

    def _call(self, at: datetime) -> Call:
        homes = self.estate.residents[: self.story.households]
        new = [home for home in homes if home.phone not in self._met]
        again = bool(self._met) and self.dice.random() < self.story.repeat_share
        caller = self.dice.choice([home for home in homes if home.phone in self._met] if again else new or homes)
        again = caller.phone in self._met
        self._met.add(caller.phone)
        if len(self._met) == len(homes):
            self._met.clear()
        what = (self.dice.choice(self.story.what), self.dice.choice(self.story.so))
        return call(self.dice, at, self.estate, caller, self.story.type_code, self.story.key, what, again=again)


@dataclass
class Nuisance:
    """Complaints by residents who live next to works, too few to make a hot issue of their own."""

    estate: Estate
    dice: Random
    limit: CallLimit
    _due: float = 0.0

    def calls(self, day: datetime) -> Iterator[Call]:
        self._due += NUISANCE_A_MONTH / MONTH_DAYS
        while self._due > 0:
            self._due -= self.dice.uniform(0.6, 1.4)
            at = day + timedelta(hours=self.dice.uniform(6, 23))
            caller: Resident = self.dice.choice(self.estate.residents)
            if self.limit.admits((self.estate.id, NUISANCE), at):
                what = (self.dice.choice(phrases()["nuisance"]),)
                yield call(self.dice, at, self.estate, caller, NUISANCE, "works", what)


class World:
    """`with_faults` and `with_cures` are the controls: without them nothing is wrong, or nothing that is done helps."""

    def __init__(
        self, district: District, stories: Sequence[Story], *, with_faults: bool = True, with_cures: bool = True
    ) -> None:
        dice = district.dice("faults")
        estates = _places(district, stories, dice)
        self.district = district
        self.faults = [
            Fault(story, estate, _begin(story, dice), district.dice(f"fault/{story.key}"))
            for story, estate in zip(stories, estates, strict=True)
            if with_faults
        ]
        self._with_cures = with_cures
        self._limit = CallLimit()
        repeat_caller = RepeatCaller(district, next(one for one in district.estates if one not in estates))
        self._disturbances = (Gale(district), repeat_caller)
        spared = {fault.cell for fault in self.faults} | {repeat_caller.cell}
        self._background = Background(district, self._limit, spared)
        self._works: dict[str, Nuisance] = {}

    def calls(self, since: datetime, until: datetime) -> list[Call]:
        """All calls from `since` up to `until`, in order. Each span may be asked for only once."""
        sources: list[Source] = [*self.faults, *self._works.values(), *self._disturbances, self._background]
        days = range((until - since) // DAY)
        found = [one for number in days for source in sources for one in source.calls(since + number * DAY)]
        return sorted(found, key=lambda one: one.at)

    def fault_of(self, estate: str | None, type_code: str) -> Fault | None:
        return next((fault for fault in self.faults if fault.cell == (estate, type_code)), None)

    def start_works(self, fault: Fault) -> None:
        fault.condition = Condition.UNDER_WORKS
        dice = self.district.dice(f"works/{fault.estate.id}/{fault.attempts}")
        self._works[fault.estate.id] = Nuisance(fault.estate, dice, self._limit)

    def finish(self, fault: Fault) -> None:
        """Completes the works, the service or the explanation. Whether it helped will show in the calls.

        An explanation removes no cause, so the controls do not apply: people call less once they know what to expect.
        """
        self._works.pop(fault.estate.id, None)
        helped = fault.cure.holds and (self._with_cures or fault.cure.kind == "explain")
        fault.condition = Condition.CURED if helped else Condition.PRESENT
        fault.attempts += 1


def _places(district: District, stories: Sequence[Story], dice: Random) -> list[Estate]:
    """An estate of its own for each story, in another sub-district than those that it is like."""
    places = dice.sample(district.estates, sum(story.like is None for story in stories))
    own = {story.key: estate for story, estate in zip(stories, places, strict=False)}
    for story in stories[len(places) :]:
        alike = {own[one.key].sub_district for one in stories if story.like in (one.key, one.like) and one.key in own}
        free = [one for one in district.estates if one not in places and one.sub_district not in alike]
        own[story.key] = district.dice(f"place/{story.key}").choice(free)
        places.append(own[story.key])
    return places


def _begin(story: Story, dice: Random) -> datetime:
    day = story.begins + timedelta(days=dice.randrange(LATEST_START_DAYS))
    return datetime.combine(day, time(), ZONE)
