"""Plays the demo from the first day to the last: moves the clock, lets everybody act, waits until all is processed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from demo.city import City
from demo.clockwork import midnight, steps
from demo.departments import Departments
from demo.diary import Diary
from demo.district import District
from demo.duty.endpoint import Subscriber
from demo.duty.officers import Officers
from demo.housing import Housing
from demo.hub import Hub
from demo.interfaces import Interfaces
from demo.mailbox import Mailbox
from demo.messages import Messages
from demo.news import News
from demo.one_caller import OneCaller
from demo.quiet import Quiet
from demo.register import register
from demo.replies import Replies
from demo.residents import Residents
from demo.rule.case import Case
from demo.rule.supervision import Supervision
from demo.scene import Actors, Scene, Scenes
from demo.story import Story
from demo.traces import Traces
from demo.world import World
from services.chassis.clock import VirtualClock

NOTED_EVERY = 25
"""Steps between two looks at all messages: half a year, and they are kept for two."""


OVERTAKEN = ("in review", "asked")
"""Occasions whose messages must have left before people go on: they may be late, and no more true."""


@dataclass(frozen=True, slots=True)
class Script:
    """What is played. The two controls: without faults nothing is wrong, without cures nothing helps."""

    seed: int
    months: int
    with_faults: bool
    with_cures: bool
    stories: Sequence[Story]
    scenes: Sequence[Scene]


class Play:
    """Everybody who acts on a stack. Its services read the time from `clock`."""

    def __init__(
        self,
        script: Script,
        interfaces: Interfaces,
        mailbox: Mailbox,
        replies: Replies,
        city: City,
        clock: VirtualClock,
        messages: Messages,
        traces: Traces,
        subscriber: Subscriber,
        officers: Officers,
    ) -> None:
        district, diary = District(script.seed), Diary()
        self.script = script
        self.world = World(district, script.stories, with_faults=script.with_faults, with_cures=script.with_cures)
        self.residents = Residents(interfaces)
        self.scenes = Scenes(
            script.scenes, lambda: Actors(interfaces, district, self.residents, replies, city, clock.now())
        )
        self.departments = Departments(interfaces, district, self.residents, self.scenes)
        self._interfaces = interfaces
        self.mailbox = mailbox
        self.news = News()
        self._hub = Hub(interfaces, district, self.world, self.residents, diary, self.scenes)
        self.one_caller = OneCaller(interfaces, self.residents, messages, traces, self._hub)
        self._housing = Housing(interfaces, self.world, diary, self._hub.faults)
        self.case = Case(interfaces, diary, Supervision(interfaces, diary))
        self.subscriber = subscriber
        self.officers = officers
        self._diary = diary
        self._clock = clock
        self._messages = messages
        self._quiet = Quiet(interfaces.services, interfaces.progress, replies.published.by_topic)

    def run(self, after_step: Callable[[datetime, float], None]) -> datetime:
        """Plays to the end and returns the last moment. `after_step` gets each moment and the share that is done."""
        register(self._interfaces.as_role("hub"), self.world.district)
        moments = list(steps(self.script.months))
        since = midnight(moments[0].date())
        for number, now in enumerate(moments, start=1):
            until = midnight(now.date())
            calls = self.world.calls(since, until)
            since = until
            self._clock.set(now)
            # What has become due comes first, then what people do about earlier steps, then the step's calls: each
            # changes what the next one meets, and so it is the same in every play.
            self._quiet.deadlines()
            self._hub.look()
            self._act(now)
            self._messages.wait(OVERTAKEN)
            self._hub.ask_again()
            self._hub.dispatch_by_hand()
            self.news.calls(len(calls), now.date())
            self.residents.call_the_hotline(calls)
            self.scenes.morning(number, now)
            self._quiet.wait()
            self._hear(now)
            self.one_caller.first_contact(now, self.departments.new())
            self.departments.contact()
            self._messages.wait()
            for part in count():
                if not self.scenes.evening(number, part):
                    break
                self._quiet.wait()
                self._messages.wait()
            while self.one_caller.evening(now):
                self._quiet.wait()
            self.subscriber.evening(number, now)
            for _ in self.officers.evening(number, now):
                self._quiet.wait()
            if number % NOTED_EVERY == 0:
                self._messages.note()
            after_step(now, number / len(moments))
        return moments[-1]

    @property
    def published(self) -> Mapping[str, int]:
        """How many records each topic held when all was last quiet, or while that is waited for."""
        return self._quiet.published

    def _act(self, now: datetime) -> None:
        """Works on what was there before this step."""
        self.departments.settle()
        self._hub.act(now)
        self._diary.do(now)

    def _hear(self, now: datetime) -> None:
        for department, envelope in self.mailbox.read(self._quiet.published):
            message = envelope.event
            self.departments.hear(department, message)
            self.news.message(message, now.date())
            self.subscriber.hear(department, message)
            self.case.hear(department, message, now)
            if department == self._hub.department:
                self._hub.hear(message)
            elif department == self._housing.department:
                self._housing.hear(message, now)
