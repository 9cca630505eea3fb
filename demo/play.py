"""The demo from its first day to its last: one driver moves the clock, everybody acts, and all falls quiet again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from demo.city import City
from demo.clockwork import midnight, steps
from demo.departments import Departments
from demo.diary import Diary
from demo.district import District
from demo.housing import Housing
from demo.hub import Hub
from demo.interfaces import Interfaces
from demo.mailbox import Mailbox
from demo.quiet import Quiet
from demo.replies import Replies
from demo.residents import Residents
from demo.scene import Actors, Scene, Scenes
from demo.story import Story
from demo.world import World
from services.chassis.clock import VirtualClock


@dataclass(frozen=True, slots=True)
class Script:
    """What is played: `with_faults` and `with_cures` are the controls."""

    seed: int
    months: int
    with_faults: bool
    with_cures: bool
    stories: Sequence[Story]
    scenes: Sequence[Scene]


class Play:
    """Everybody who acts, around a stack whose services read `clock`."""

    def __init__(
        self,
        script: Script,
        interfaces: Interfaces,
        mailbox: Mailbox,
        replies: Replies,
        city: City,
        clock: VirtualClock,
    ) -> None:
        district, diary = District(script.seed), Diary()
        self.script = script
        self.world = World(district, script.stories, with_faults=script.with_faults, with_cures=script.with_cures)
        self.residents = Residents(interfaces)
        self.scenes = Scenes(
            script.scenes, lambda: Actors(interfaces, district, self.residents, replies, city, clock.now())
        )
        self.departments = Departments(interfaces, district, self.scenes)
        self.mailbox = mailbox
        self._hub = Hub(interfaces, district, self.world, self.residents, diary, self.scenes)
        self._housing = Housing(interfaces, self.world, diary, self._hub.faults)
        self._diary = diary
        self._clock = clock
        self._quiet = Quiet(interfaces.progress(), mailbox.published)

    def run(self, after_step: Callable[[datetime, float], None]) -> datetime:
        """Plays to the end and returns the last moment. `after_step` hears each moment and the part that is done."""
        moments = list(steps(self.script.months))
        since = midnight(moments[0].date())
        for number, now in enumerate(moments, start=1):
            self._clock.set(now)
            until = midnight(now.date())
            self._act(now)
            self.scenes.morning(number, now)
            self.residents.turn_to_the_hotline(self.world.calls(since, until))
            since = until
            self._quiet.wait()
            self._hear(now)
            self.departments.contact()
            for part in count():
                if not self.scenes.evening(number, part):
                    break
                self._quiet.wait()
            after_step(now, number / len(moments))
        return moments[-1]

    def _act(self, now: datetime) -> None:
        self.departments.settle()
        self._hub.act(now)
        self._diary.do(now)

    def _hear(self, now: datetime) -> None:
        for department, envelope in self.mailbox.read():
            self.departments.hear(department, envelope.event)
            if department == self._hub.department:
                self._hub.hear(envelope.event)
            elif department == self._housing.department:
                self._housing.hear(envelope.event, now)
