"""The city's hotline as we know it from its contract (docs/city-hotline.md): files tickets, is told, asks the caller.

A stand-in for tests and for the demo. It keeps each message once, by its id, however often it comes.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Annotated, Any
from uuid import uuid4

import httpx
import uvicorn
from fastapi import FastAPI, Header, HTTPException
from starlette.responses import Response

TOKEN = "the district's token in the city"


@dataclass(slots=True)
class City:
    """`tickets`: the open ones, by number: state and deadline. `messages`: each once, by id, in the order they came.

    `came` counts every arrival. `status` is what it answers instead of taking a message; None takes it. `on_message` is
    called when a message is kept and before it is answered.
    """

    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    came: Counter[str] = field(default_factory=Counter)
    status: int | None = None
    on_message: Callable[[dict[str, Any]], None] = lambda _: None
    _news: threading.Condition = field(default_factory=threading.Condition)
    _serial: Iterator[int] = field(default_factory=lambda: count(1))

    def file(self, district: httpx.Client, text: str, deadline: str | None = None, **request: Any) -> str:
        """Hands a request to the district; returns its number here."""
        number = f"{260701083000:012d}{next(self._serial):06d}"
        body = {"number": number, "text": text, **({"deadline": deadline} if deadline else {}), **request}
        answer = district.post("/city/tickets", json=body)
        answer.raise_for_status()
        self.tickets[number] = {"number": number, "state": "handling", "deadline": deadline}
        return number

    def visit(self, district: httpx.Client, number: str, *, solved: bool, satisfaction: str, **more: Any) -> None:
        """Tells the district what the caller says; the ticket is closed here, or open again."""
        body = {"caller_solved": solved, "satisfaction": satisfaction, **more}
        answer = district.post(f"/city/tickets/{number}/visit", json=body, headers={"Idempotency-Key": str(uuid4())})
        answer.raise_for_status()
        if more.get("redo"):
            self.tickets[number] |= {"state": "handling", "deadline": more.get("redo_by")}
        else:
            del self.tickets[number]

    def waits_for(self, number: str, kind: str, within_s: float = 20) -> bool:
        """Until the district has told something of this kind about a ticket; False when it does not."""
        with self._news:
            return self._news.wait_for(lambda: any(one["kind"] == kind for one in self.told(number)), within_s)

    def told(self, number: str) -> list[dict[str, Any]]:
        """What the district told of a ticket, in its order."""
        mine = (one for one in self.messages.values() if one["number"] == number)
        return sorted(mine, key=lambda one: one["version"])

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
        """As of now: it keeps no past."""
        return {"day": day, "tickets": list(city.tickets.values())}

    return app


@contextmanager
def serving(city: City, port: int = 0) -> Iterator[str]:
    """Serves it on loopback; yields its URL."""
    server = uvicorn.Server(uvicorn.Config(city_app(city), host="127.0.0.1", port=port, log_config=None))
    sock = server.config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)
        sock.close()
