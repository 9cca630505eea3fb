"""A stand-in for the city's hotline, after its contract (docs/city-hotline.md), for tests and for the demo.

It files tickets, receives the district's messages, and asks callers back. It keeps each message once, by its id.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import count
from typing import Annotated, Any
from uuid import uuid4

import httpx
from fastapi import FastAPI, Header, HTTPException
from starlette.responses import Response

from demo.loopback import served

TOKEN = "the district's token in the city"


@dataclass(slots=True)
class City:
    """`tickets`: the open ones by number, with state and deadline. `messages`: each once, by id, in order of arrival.

    `came` counts every arrival. `status`, when set, is the answer to every message, and none is accepted. `on_message`
    is called when a message has been stored and before it is answered.
    """

    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    came: Counter[str] = field(default_factory=Counter)
    status: int | None = None
    on_message: Callable[[dict[str, Any]], None] = lambda _: None
    _news: threading.Condition = field(default_factory=threading.Condition)
    _serial: Iterator[int] = field(default_factory=lambda: count(1))

    def file(self, district: httpx.Client, text: str, deadline: str | None = None, **request: Any) -> str:
        """Files a ticket with the district; returns its city number."""
        number = f"{260701083000:012d}{next(self._serial):06d}"
        body = {"number": number, "text": text, **({"deadline": deadline} if deadline else {}), **request}
        answer = district.post("/city/tickets", json=body)
        answer.raise_for_status()
        self.tickets[number] = {"number": number, "state": "handling", "deadline": deadline}
        return number

    def visit(self, district: httpx.Client, number: str, *, solved: bool, satisfaction: str, **more: Any) -> None:
        """Reports to the district what the caller says. The city's ticket is closed, or open again for a redo."""
        body = {"caller_solved": solved, "satisfaction": satisfaction, **more}
        answer = district.post(f"/city/tickets/{number}/visit", json=body, headers={"Idempotency-Key": str(uuid4())})
        answer.raise_for_status()
        if more.get("redo"):
            self.tickets[number] |= {"state": "handling", "deadline": more.get("redo_by")}
        else:
            del self.tickets[number]

    def waits_for(self, number: str, kind: str, within_s: float = 120) -> bool:
        """Waits until the district has sent a message of this kind about a ticket; False when it does not."""
        with self._news:
            return self._news.wait_for(
                lambda: any(one["kind"] == kind for one in self.messages_about(number)), within_s
            )

    def messages_about(self, number: str) -> list[dict[str, Any]]:
        """The district's messages about a ticket, by version."""
        found = (one for one in self.messages.values() if one["number"] == number)
        return sorted(found, key=lambda one: one["version"])

    def take(self, message: dict[str, Any]) -> None:
        self.came[message["message_id"]] += 1
        if message["message_id"] in self.messages:
            return
        with self._news:
            self.messages[message["message_id"]] = message
            self._news.notify_all()
        ticket = self.tickets.get(message["number"])
        if ticket and message["kind"] in ("reply", "return"):
            ticket["state"] = "replied" if message["kind"] == "reply" else "returned"


def city_app(city: City) -> FastAPI:
    app = FastAPI(title="city hotline")

    @app.post("/messages")
    def messages(
        message: dict[str, Any],
        key: Annotated[str, Header(alias="Idempotency-Key")],
        authorization: Annotated[str, Header()] = "",
    ) -> Response:
        if city.status is not None:
            return Response(status_code=city.status)
        if authorization != f"Bearer {TOKEN}":
            raise HTTPException(401)
        if key != message.get("message_id"):
            raise HTTPException(400, "Idempotency-Key is not message_id")
        city.take(message)
        city.on_message(message)
        return Response(status_code=204)

    @app.get("/tickets/open")
    def open_tickets(day: str) -> dict[str, Any]:
        """The tickets that are open now: past days are not kept."""
        return {"day": day, "tickets": list(city.tickets.values())}

    return app


def serving(city: City, port: int = 0) -> AbstractContextManager[str]:
    """Serves the city on loopback; gives its URL."""
    return served(city_app(city), port)
