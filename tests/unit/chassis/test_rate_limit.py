"""services/chassis/web/rate_limit.py: a client that guesses or floods is shown when to come again."""

from __future__ import annotations

import pytest
from starlette.requests import HTTPConnection

from services.chassis.web import rate_limit
from services.chassis.web.problems import Problem
from services.chassis.web.rate_limit import Guesses, RateLimit


class Watch:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def client(address: str = "192.0.2.1") -> HTTPConnection:
    return HTTPConnection({"type": "http", "client": (address, 4711), "headers": []})


def test_after_its_turns_a_client_waits_and_the_answer_says_how_long() -> None:
    watch = Watch()
    limit = RateLimit(3, every_s=10, now=watch)
    for _ in range(3):
        limit.check(client())
        limit.use(client())
    with pytest.raises(Problem) as refused:
        limit.check(client())
    assert (refused.value.status_code, refused.value.headers) == (429, {"Retry-After": "10"})
    limit.check(client("192.0.2.2"))
    watch.now += 10
    limit.check(client())


def test_the_clients_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "MOST_CLIENTS", 2)
    limit = RateLimit(1, every_s=10, now=Watch())
    for number in range(4):
        limit.use(client(f"192.0.2.{number}"))
    limit.check(client("192.0.2.0"))
    with pytest.raises(Problem):
        limit.check(client("192.0.2.3"))


def test_guessing_from_many_addresses_is_slowed_down_for_all_and_from_one_for_that_one() -> None:
    guesses = Guesses()
    for _ in range(10):
        guesses.wrong(client("192.0.2.1"))
    with pytest.raises(Problem):
        guesses.check(client("192.0.2.1"))
    guesses.check(client("192.0.2.2"))
    for n in range(300):
        guesses.wrong(client(f"192.0.2.{n}"))
    with pytest.raises(Problem):
        guesses.check(client("198.51.100.1"))
