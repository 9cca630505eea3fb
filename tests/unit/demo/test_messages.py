"""demo/messages.py: each planned message was sent once, waits, or has a cause; everything else is counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from demo import messages as module
from demo.clockwork import BEGIN, midnight
from demo.messages import Messages, Plan, outcome
from demo.quiet import NeverQuiet
from demo.sms_gateway import SmsGatewayStandIn

NOW = midnight(BEGIN)
LATER = NOW + timedelta(hours=2)


def gateway(*taken: str) -> SmsGatewayStandIn:
    found = SmsGatewayStandIn()
    for one in taken:
        found.take({"id": one, "to": "1", "text": one})
    return found


def test_everything_is_accounted_for() -> None:
    plans: list[Plan] = [
        ("a", "sms", "sent", None, NOW),
        ("b", "sms", "delivered", None, NOW),
        ("c", None, "withheld", "anonymous", NOW),
        ("d", "sms", "withheld", "superseded", NOW),
        ("e", "sms", "waiting", None, LATER),
        ("f", "call", "waiting", None, NOW),
        ("h", "call", "withheld", "superseded", NOW),
        ("g", "sms", "failed", "network UNDELIV", NOW),
    ]
    found = outcome(plans, gateway("a", "b"), NOW)
    assert (found.planned, found.sent, found.waiting) == (8, 2, 3)
    assert found.withheld == {"anonymous": 1, "superseded": 1, "network UNDELIV": 1}
    assert (found.doubled, found.unexplained) == ([], [])


@pytest.mark.parametrize(
    ("plan", "taken"),
    [
        pytest.param(("a", "sms", "sent", None, NOW), (), id="sent, but the gateway has it not"),
        pytest.param(("a", "sms", "waiting", None, LATER), ("a",), id="taken, and intake does not know"),
        pytest.param(("a", None, "withheld", "anonymous", NOW), ("a",), id="taken, although withheld"),
        pytest.param(("a", "sms", "waiting", None, NOW), (), id="due, and not sent"),
        pytest.param(("a", "sms", "unsure", None, NOW), (), id="nobody knows"),
        pytest.param(("a", None, "withheld", None, NOW), (), id="withheld without a cause"),
    ],
)
def test_what_was_neither_sent_nor_explained_is_found(plan: Plan, taken: tuple[str, ...]) -> None:
    assert outcome([plan], gateway(*taken), NOW).unexplained == ["a"]


def test_a_message_that_nobody_planned_is_found() -> None:
    assert outcome([], gateway("a"), NOW).unexplained == ["a"]


def test_a_message_that_came_twice_with_other_words_is_doubled() -> None:
    twice = gateway("a", "a")
    assert outcome([("a", "sms", "sent", None, NOW)], twice, NOW).doubled == []
    twice.take({"id": "a", "to": "1", "text": "something else"})
    assert outcome([("a", "sms", "sent", None, NOW)], twice, NOW).doubled == ["a"]


class Database:
    """Answers one number after another, the last for ever; and, when asked for them, the plans."""

    def __init__(self, *due: int) -> None:
        self.due = list(due)
        self.plans: list[Plan] = []
        self._asked_for_plans = False

    def execute(self, query: str, *_: object) -> Database:
        self._asked_for_plans = query == module._PLANNED
        return self

    def fetchall(self) -> Sequence[Plan | tuple[int]]:
        if self._asked_for_plans:
            return self.plans
        return [(self.due.pop(0) if len(self.due) > 1 else self.due[0],)]


def _messages(monkeypatch: pytest.MonkeyPatch, *due: int) -> tuple[Messages, Database]:
    database = Database(*due)
    monkeypatch.setattr(module, "connect", lambda _: database)
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0)
    return Messages("", gateway(), lambda: NOW), database


def test_the_clock_waits_until_none_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    messages, database = _messages(monkeypatch, 3, 3, 1, 0)
    messages.wait()
    assert database.due == [0]


def test_messages_that_do_not_leave_end_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STILL_S", 0)
    messages, _ = _messages(monkeypatch, 2)
    with pytest.raises(NeverQuiet, match="2 messages to callers to send"):
        messages.wait()


def test_what_a_person_received_has_its_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    messages, _ = _messages(monkeypatch, 0)
    for one, to in (("a", "1"), ("b", "2"), ("c", "1")):
        message = {"id": one, "to": to, "text": f"words {one}"}
        messages.gateway.take(message)
        messages.gateway.on_message(message)
    assert messages.to("1") == [(NOW, "words a"), (NOW, "words c")]


def test_messages_whose_plans_were_deleted_since_are_explained_by_what_was_noted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    messages, database = _messages(monkeypatch, 0)
    messages.gateway.take({"id": "a", "to": "1", "text": "a"})
    database.plans = [("a", "sms", "sent", None, NOW), ("b", None, "withheld", "anonymous", NOW)]
    messages.note()
    database.plans = []
    found = messages.outcome()
    assert (found.planned, found.sent, found.withheld, found.unexplained) == (2, 1, {"anonymous": 1}, [])
