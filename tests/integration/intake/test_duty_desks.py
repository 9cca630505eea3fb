"""Duty desks are notified by their robots that calls wait: each once in a time, and of its own calls alone."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.chassis.channels.message import MaybeSent, Message
from services.intake.domain.telling import Way
from services.intake.files.duty_rules import duty_rules
from services.intake.outbound.duty_sender import DutySender, Sends
from tests.integration.intake.conftest import Intake
from tests.integration.intake.telling import CALLER, filed, tell


@dataclass
class Group:
    """Who reads what a robot says."""

    read: list[str] = field(default_factory=list)
    refuses: bool = False

    def send(self, message: Message) -> None:
        if self.refuses:
            raise MaybeSent("refused")
        self.read.append(message.text)


class Killed(BaseException):
    """The process dies here."""


class Deadly:
    def send(self, _: Message) -> None:
        raise Killed


def sender(intake: Intake, robots: Mapping[str, Sends]) -> DutySender:
    return DutySender(robots, duty_rules(), intake.wiring.telling.call_list)


def states(intake: Intake) -> list[tuple[str, int, str]]:
    with intake.workshop.engine.connect() as connection:
        found = connection.execute(text("SELECT desk, number, state FROM duty_notices ORDER BY slot, desk"))
        return [tuple(row) for row in found]  # type: ignore[misc]


@pytest.fixture
def calls(intake: Intake) -> Intake:
    """At ten in the morning, two callers are to get a message, and one to be contacted by housing."""
    intake.clock.advance(timedelta(hours=2))
    for number in (1, 2):
        tell(intake, filed(intake, number), Way.CALL)
    intake.classify(filed(intake))
    return intake


def test_each_desk_is_notified_of_its_own_calls_and_of_no_caller(calls: Intake) -> None:
    groups = {"hub": Group(), "housing": Group(), "fire": Group()}
    duty = sender(calls, groups)
    assert [duty.tell(calls.workshop, desk) for desk in groups] == [True, True, False]
    assert groups["hub"].read == ["【12345电话清单】区城运中心：2件待拨打，最早一件自07-01 10:00起待办。"]
    assert "区房管局：1件待拨打" in groups["housing"].read[0]
    assert groups["fire"].read == []
    assert not [one for one in CALLER.values() if one in str(groups)]
    assert states(calls) == [("housing", 1, "sent"), ("hub", 2, "sent")]


def test_within_an_hour_a_desk_is_notified_once_and_then_again_while_calls_wait(calls: Intake) -> None:
    group = Group()
    duty = sender(calls, {"hub": group})
    assert [duty.tell(calls.workshop, "hub") for _ in range(3)] == [True, False, False]
    calls.clock.advance(timedelta(hours=1))
    assert duty.tell(calls.workshop, "hub")
    calls.execute("UPDATE tellings SET state = 'delivered'")
    calls.clock.advance(timedelta(hours=1))
    assert not duty.tell(calls.workshop, "hub")
    assert len(group.read) == 2


def test_at_night_nobody_is_notified(calls: Intake) -> None:
    calls.clock.advance(timedelta(hours=11))
    assert not sender(calls, {"hub": Group()}).tell(calls.workshop, "hub")
    assert states(calls) == []


def test_of_two_processes_one_tells(calls: Intake) -> None:
    group, start = Group(), threading.Barrier(2)

    def one(_: int) -> bool:
        start.wait(60)
        return sender(calls, {"hub": group}).tell(calls.workshop, "hub")

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, range(2))) == [False, True]
    assert len(group.read) == 1


def test_what_a_process_was_just_sending_when_it_died_is_not_sent_again(calls: Intake) -> None:
    with pytest.raises(Killed):
        sender(calls, {"hub": Deadly()}).tell(calls.workshop, "hub")
    group = Group()
    assert not sender(calls, {"hub": group}).tell(calls.workshop, "hub")
    assert states(calls) == [("hub", 2, "sending")]
    calls.clock.advance(timedelta(hours=1))
    assert sender(calls, {"hub": group}).tell(calls.workshop, "hub")


def test_a_robot_that_refuses_is_asked_again_in_the_next_hour(calls: Intake) -> None:
    group = Group(refuses=True)
    duty = sender(calls, {"hub": group})
    assert duty.tell(calls.workshop, "hub")
    assert states(calls) == [("hub", 2, "failed")]
    assert not duty.tell(calls.workshop, "hub")
    group.refuses = False
    calls.clock.advance(timedelta(hours=1))
    assert duty.tell(calls.workshop, "hub")
    assert len(group.read) == 1
