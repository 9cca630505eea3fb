"""Whatever happens in whatever order: each notice ends in one message, or has a cause, and is said once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from services.chassis.channels.message import MaybeSent, Message, NotSent
from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop
from services.notifier.domain.officer_notice import Pressure
from tests.integration.notifier.officers import (
    EMAIL,
    RULES,
    SMS,
    Office,
    Outside,
    engage,
    expire_claims,
    notices_by_end,
    notify,
    run,
)

OFFICERS = 2
KEYS = ("a", "b")
EMPTY = "TRUNCATE officers CASCADE"


class Ends(BaseException):
    """The process ends here."""


def fails(why: BaseException, *, takes: bool = False) -> Says:
    def of(outside: Outside) -> Callable[[Message], None]:
        def fail(message: Message) -> None:
            if takes:
                outside.messages.append(message)
            raise why

        return fail

    return of


Says = Callable[[Outside], Callable[[Message], None]]
SAYS: dict[str, Says] = {
    "takes": lambda _: lambda _: None,
    "refuses": fails(NotSent("answered 550", passes=False)),
    "is away": fails(NotSent("answered 503", passes=True)),
    "cuts": fails(MaybeSent("no answer"), takes=True),
    "ends before": fails(Ends()),
    "ends after": fails(Ends(), takes=True),
}


class Day(RuleBasedStateMachine):
    workshop: Workshop

    @initialize()
    def begin(self) -> None:
        run(self.workshop, EMPTY)
        self.sms, self.mail = Outside(knows_repeats=True), Outside(batch=1)
        self.office = Office(self.workshop, {SMS: self.sms, EMAIL: self.mail})
        self.number = 0
        for officer in range(OFFICERS):
            engage(self.workshop, officer, ways=(SMS, EMAIL) if officer else (EMAIL,))

    @rule(
        officer=st.integers(0, OFFICERS - 1),
        key=st.sampled_from(KEYS),
        count=st.integers(0, 3),
        pressure=st.sampled_from(Pressure),
        channels=st.sampled_from([None, [EMAIL]]),
        minutes=st.sampled_from([1, 31, 600, 1500]),
        sms=st.sampled_from(sorted(SAYS)),
        mail=st.sampled_from(sorted(SAYS)),
    )
    def goes_on(
        self, officer: int, key: str, count: int, pressure: Pressure, channels: Any, minutes: int, sms: str, mail: str
    ) -> None:
        numbers = range(self.number, self.number + count)
        notify(self.workshop, numbers, officer=officer, key=key, pressure=pressure, channels=channels)
        self.number += count
        self.settles(sms, mail)
        self.advance(minutes)
        self.settles(sms, mail)

    def advance(self, minutes: int) -> None:
        assert isinstance(self.workshop.clock, FixedClock)
        self.workshop.clock.advance(timedelta(minutes=minutes))

    def settles(self, sms: str, mail: str) -> None:
        self.sms.says, self.mail.says = SAYS[sms](self.sms), SAYS[mail](self.mail)
        try:
            self.office.settle()
        except Ends:
            expire_claims(self.workshop)

    @rule(officer=st.integers(0, OFFICERS - 1), active=st.booleans())
    def changes(self, officer: int, active: bool) -> None:
        run(
            self.workshop, "UPDATE officers SET active = :active WHERE name = :name", active=active, name=f"某{officer}"
        )

    @rule(number=st.integers(0, 20))
    def is_read(self, number: int) -> None:
        run(self.workshop, "UPDATE officer_notices SET read_at = now() WHERE subject_id = :id", id=f"ticket {number}")

    def teardown(self) -> None:
        self.sms.says = self.mail.says = lambda _: None
        for _ in range(6):
            run(self.workshop, "UPDATE officer_messages SET due_at = now()")
            self.office.settle()
            self.advance(1500)
        ends = notices_by_end(self.workshop)
        assert sum(ends.values()) == self.number
        assert {status for status, _ in ends} <= {"sent", "failed", "withheld"}
        said = Counter(
            number
            for message in {one.id: one for one in (*self.sms.messages, *self.mail.messages)}.values()
            for number in re.findall("#([0-9]+)#", message.text)
        )
        assert set(said.values()) <= {1}, "a notice is in two messages"
        by_way = Counter((one.id, one.to) for one in self.mail.messages)
        assert set(by_way.values()) <= {1}, "a channel that knows no repetitions was asked again for what it had taken"


def test_each_notice_ends_once(workshop: Workshop) -> None:
    class OfDatabase(Day):
        pass

    OfDatabase.workshop = workshop
    assert max(RULES.lines[SMS], RULES.lines[EMAIL]) >= 3
    quick = settings(max_examples=50, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(OfDatabase, settings=quick)
