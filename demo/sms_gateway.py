"""A stand-in for a gateway for short messages, after its contract (docs/sms-gateway.md), for tests and for the demo.

It sends nothing and keeps each message once, by its id. It can be set to refuse, to hang, to take a message and cut
the line, and to report later that a message could not be delivered.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

import httpx
from fastapi import FastAPI, Header, HTTPException
from starlette.responses import Response

from demo.loopback import served

TOKEN = "the district's token at the gateway"


@dataclass(slots=True)
class SmsGatewayStandIn:
    """`messages`: each once, by id, in order of arrival. `came` counts every arrival; `changed` the ids that came again
    with another content.

    `status`, when set, is the answer to every message, with `retry_after`, and none is taken. `hangs`, when set, keeps
    every request waiting until the event is set. `cuts`: the line is cut after a message was taken, before the answer.
    `on_message` is called when a message has been taken and before it is answered.
    """

    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    came: Counter[str] = field(default_factory=Counter)
    changed: set[str] = field(default_factory=set)
    status: int | None = None
    retry_after: int | None = None
    hangs: threading.Event | None = None
    cuts: bool = False
    on_message: Callable[[dict[str, Any]], None] = lambda _: None
    _news: threading.Condition = field(default_factory=threading.Condition)

    def to(self, phone: str) -> list[str]:
        """The texts that this number was sent, in their order."""
        return [one["text"] for one in self.messages.values() if one["to"] == phone]

    def wait_for(self, number: int, within_s: float = 120) -> bool:
        """Waits until so many messages have come; False when they do not."""
        with self._news:
            return self._news.wait_for(lambda: len(self.messages) >= number, within_s)

    def take(self, message: dict[str, Any]) -> None:
        with self._news:
            self.came[message["id"]] += 1
            if self.messages.setdefault(message["id"], message) != message:
                self.changed.add(message["id"])
            self._news.notify_all()

    def report(self, district: httpx.Client, message_id: str, state: str, code: str | None = None) -> httpx.Response:
        """Reports to the district what became of a message: delivered, read, or failed with the network's code."""
        body = {"id": message_id, "state": state, **({"code": code} if code else {})}
        return district.post("/sms/receipts", json=body)


def gateway_app(gateway: SmsGatewayStandIn) -> FastAPI:
    app = FastAPI(title="gateway for short messages")

    @app.post("/messages")
    def messages(
        message: dict[str, Any],
        key: Annotated[str, Header(alias="Idempotency-Key")],
        authorization: Annotated[str, Header()] = "",
    ) -> Response:
        if gateway.hangs is not None:
            gateway.hangs.wait()
        if gateway.status is not None:
            asked = {"Retry-After": str(gateway.retry_after)} if gateway.retry_after is not None else {}
            return Response(status_code=gateway.status, headers=asked)
        if authorization != f"Bearer {TOKEN}":
            raise HTTPException(401)
        if key != message.get("id"):
            raise HTTPException(400, "Idempotency-Key is not id")
        gateway.take(message)
        gateway.on_message(message)
        if gateway.cuts:
            # A body shorter than its length: the server closes the connection, and the client has no answer.
            return Response(b"", 202, headers={"Content-Length": "9"})
        return Response(status_code=202)

    return app


@contextmanager
def serving(gateway: SmsGatewayStandIn, port: int = 0) -> Iterator[str]:
    """Serves the gateway on loopback; yields its URL."""
    with served(gateway_app(gateway), port) as url:
        try:
            yield url
        finally:  # else the server waits for the requests that hang
            if gateway.hangs is not None:
                gateway.hangs.set()
