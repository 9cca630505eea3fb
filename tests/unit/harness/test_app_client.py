"""tests/harness/app_client.py: it is answered as Starlette's own client is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, StreamingResponse
from fastapi.testclient import TestClient

from tests.harness.app_client import AppClient

app = FastAPI()


@app.api_route("/echo/{name:path}", methods=["GET", "POST", "HEAD"])
async def echo(name: str, request: Request) -> dict[str, Any]:
    body = await request.body()
    return {
        "name": name,
        "url": str(request.url),
        "raw_path": request.scope["raw_path"].decode(),
        "headers": sorted(request.headers.items()),
        "body": body.hex(),
        "client": request.scope["client"],
    }


@app.get("/fails")
def fails() -> None:
    raise RuntimeError("planted")


@app.get("/fails-late")
def fails_late() -> StreamingResponse:
    def parts() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError("planted")

    return StreamingResponse(parts())


@app.get("/parts")
def parts() -> StreamingResponse:
    return StreamingResponse(iter([b"one,", b"two"]))


@app.get("/away")
def away() -> RedirectResponse:
    answer = RedirectResponse("/echo/there?from=away")
    answer.set_cookie("known", "1")
    return answer


@pytest.fixture(scope="module")
def _loop() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, start_blocking_portal() as portal:
        patch.setattr(TestClient, "portal", portal)
        yield


REQUESTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a query": ("GET", "/echo/a?b=c&b=%E6%BC%8F", {}),
    "a path with a slash and Chinese": ("GET", "/echo/%E6%BC%8F%2Fx y", {}),
    "a head": ("HEAD", "/echo/a", {}),
    "JSON": ("POST", "/echo/a", {"json": {"text": "漏雨"}, "headers": {"X-One": "1"}}),
    "a form": ("POST", "/echo/a", {"data": {"text": "漏雨"}}),
    "a file": ("POST", "/echo/a", {"content": b"\x00\xff" * 70_000}),
    "a failure": ("GET", "/fails", {}),
    "a failure half way": ("GET", "/fails-late", {}),
    "parts": ("GET", "/parts", {}),
    "a redirection": ("GET", "/away", {}),
    "nothing": ("GET", "/nowhere", {}),
}


@pytest.mark.parametrize("what", REQUESTS)
@pytest.mark.usefixtures("_loop")
def test_it_is_answered_as_starlettes_client_is(what: str) -> None:
    method, path, more = REQUESTS[what]
    address = ("192.0.2.1", 4711)
    for client in (
        own := AppClient(app, headers={"X-All": "yes"}, client=address),
        known := TestClient(app, headers={"X-All": "yes"}, client=address, raise_server_exceptions=False),
    ):
        client.cookies.set("before", "1")
    ours, theirs = own.request(method, path, **more), known.request(method, path, **more)
    assert (ours.status_code, ours.headers.multi_items(), ours.content) == (
        theirs.status_code,
        theirs.headers.multi_items(),
        theirs.content,
    )
    assert dict(own.cookies) == dict(known.cookies)
