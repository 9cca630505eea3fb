"""demo/one_caller.py: she is read, notified, asked and forgotten; the play fails where that is not so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from demo.calls import Call
from demo.clockwork import BEGIN, midnight
from demo.one_caller import ERASED_AFTER, STORY, OneCaller
from demo.scene import SceneFailed
from demo.world import Condition

NOW = midnight(BEGIN)
PHONE, HERS, OTHER = "10000102007", "t-hers", "t-other"
LINK = "http://hotline.invalid/r/abc-DEF_9"
READING = {"at": NOW.isoformat(), "unit": "housing", "purpose": "first contact", "outcome": "read"}


def _call(minutes: int, phone: str) -> Call:
    at = NOW + timedelta(minutes=minutes)
    return Call(at, "e", "MJ01", STORY, "漏水", None, "phone", "王女士", phone)


@dataclass
class World:
    """Intake as far as she meets it; the messages that she was sent; the databases."""

    stage: str = "noted"
    counts: bool = True
    read_phone: str = PHONE
    caller_status: int = 410
    places: list[str] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=lambda: [READING])
    heard: list[tuple[datetime, str]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    condition: Condition = Condition.CURED
    story: str = STORY
    self_answering: set[str] = field(default_factory=set)
    calls: dict[str, Call] = field(default_factory=lambda: {OTHER: _call(9, "1"), HERS: _call(5, PHONE)})

    @property
    def faults(self) -> dict[str, Any]:
        return {"h-1": SimpleNamespace(story=SimpleNamespace(key=self.story), condition=self.condition)}

    def as_role(self, *roles: str) -> _Person:
        return _Person(self, "+".join(roles))

    def passer_by(self, _: str) -> httpx.Client:
        return httpx.Client(base_url="http://intake", transport=httpx.MockTransport(self._page))

    def client(self, *_: str) -> httpx.Client:
        gone = httpx.MockTransport(lambda _: httpx.Response(self.caller_status))
        return httpx.Client(base_url="http://intake", transport=gone)

    def to(self, phone: str) -> list[tuple[datetime, str]]:
        return self.heard if phone == PHONE else []

    def of(self, *values: str) -> list[str]:
        assert values == (PHONE, "王女士")
        return self.places

    def _page(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(("nobody", f"{request.method} {request.url.path} {request.content.decode()}".strip()))
        if request.method == "POST" and self.counts:
            self.stage = "solved"
        return httpx.Response(200)


@dataclass
class _Person:
    world: World
    role: str

    def get(self, _: str, path: str, **query: Any) -> Any:
        self.world.asked.append((self.role, path))
        if path.endswith("/caller"):
            return {"phone": self.world.read_phone, **query}
        words = {"zh": "请回答：（链接）", "en": "Please answer: (link)"}
        return {"items": [{"words": words}], "number": "1" * 18, "text": "漏水", "state": "signed"}

    def post(self, _: str, path: str, body: dict[str, Any]) -> Any:
        self.world.asked.append((self.role, path))
        return {"in_vault": 1, "kept": {"texts": 1}}

    def step(self, _: str, thing: str, step: str, body: dict[str, Any], **__: Any) -> None:
        self.world.asked.append((self.role, f"{thing}/{step}"))

    def pages(self, _: str, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        if path == "/caller-readings":
            return iter(self.world.log)
        assert query == {"hot_issue": "h-1"}
        return iter([{"ticket_id": one, "stage": self.world.stage} for one in (OTHER, HERS)])


def _caller(world: World) -> OneCaller:
    everything: Any = world
    return OneCaller(everything, everything, everything, everything, everything)


def _contacted(world: World) -> OneCaller:
    caller = _caller(world)
    caller.first_contact(NOW, {OTHER: "housing", HERS: "housing"})
    return caller


def _answered(world: World) -> OneCaller:
    caller = _contacted(world)
    world.stage = "asked"
    world.heard.append((NOW, f"请回答：{LINK}"))
    assert caller.evening(NOW)
    return caller


def test_she_is_the_first_new_caller_of_the_hot_issue_and_is_read_before_she_is_called() -> None:
    world = World()
    account = _contacted(world).account()
    assert account is not None
    assert account.ticket_id == HERS
    assert world.self_answering == {HERS}
    assert world.asked[:2] == [
        ("department:housing", f"/tickets/{HERS}/caller"),
        ("department:housing", f"/tickets/{HERS}/contact"),
    ]


def test_she_does_not_answer_before_it_is_solved_and_answers_when_she_is_asked_again() -> None:
    world = World(condition=Condition.PRESENT)
    caller = _contacted(world)
    world.stage = "asked"
    world.heard.append((NOW, f"请回答：{LINK}"))
    assert not caller.evening(NOW)
    world.condition = Condition.CURED
    assert not caller.evening(NOW)
    world.heard.append((NOW, f"请回答：{LINK}"))
    assert caller.evening(NOW)


@pytest.mark.parametrize("new", [{}, {"t-3": "housing"}])
def test_without_a_new_caller_the_story_has_not_begun(new: dict[str, str]) -> None:
    caller = _caller(World())
    caller.first_contact(NOW, new)
    assert caller.account() is None
    assert not caller.evening(NOW)


def test_other_hot_issues_are_not_hers() -> None:
    caller = _contacted(World(story="another"))
    assert caller.account() is None


def test_she_answers_the_question_that_her_link_asks_and_no_other() -> None:
    world = World()
    caller = _contacted(world)
    world.heard.append((NOW, f"已答复。{LINK}"))
    assert not caller.evening(NOW)
    assert [one for one in world.asked if one[0] == "nobody"] == []
    world.stage = "asked"
    world.heard.append((NOW, f"请回答：{LINK}"))
    assert caller.evening(NOW)
    assert [one[1] for one in world.asked if one[0] == "nobody"] == ["GET /r/abc-DEF_9", "POST /r/abc-DEF_9 said=yes"]


def test_she_is_forgotten_and_the_report_keeps_what_was_kept() -> None:
    world = World()
    caller = _answered(world)
    assert not caller.evening(NOW + ERASED_AFTER / 2)
    assert caller.evening(NOW + ERASED_AFTER)
    assert not caller.evening(NOW + ERASED_AFTER)
    account = caller.account()
    assert account is not None
    assert (account.answered, account.erased, account.places) == (NOW, NOW + ERASED_AFTER, [])
    assert [(one.cn, one.en) for one in account.messages] == [("请回答：（链接）", "Please answer: (link)")]
    assert account.kept == {"in_vault": 1, "kept": {"texts": 1}}
    officer = [path for role, path in world.asked if role == "hub+identity-reader"]
    assert officer == ["/privacy/report", "/privacy/erasures", "/privacy/report"]
    assert not caller.evening(NOW + 2 * ERASED_AFTER)


@pytest.mark.parametrize(
    ("world", "why"),
    [
        (World(counts=False), "did not count"),
        (World(log=[]), "not in the log"),
        (World(caller_status=200), "answers 200"),
        (World(places=["intake.tickets"]), "found in"),
        (World(read_phone="1"), "another telephone"),
    ],
)
def test_a_promise_that_is_not_kept_fails_the_play(world: World, why: str) -> None:
    with pytest.raises(SceneFailed, match=why):
        _to_the_end(world)


def _to_the_end(world: World) -> None:
    caller = _answered(world)
    for _ in range(2):
        caller.evening(NOW + ERASED_AFTER)
