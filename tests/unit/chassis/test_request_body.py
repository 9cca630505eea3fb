from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from services.chassis.web.problems import Problem
from services.chassis.web.request_body import guarded

JSON = [(b"content-type", b"application/json; charset=utf-8")]


def _read(parts: list[bytes], limit: int = 100, headers: list[tuple[bytes, bytes]] = JSON) -> int:
    """Reads a body that comes in `parts`; returns how many were taken."""

    async def read() -> int:
        coming = iter(enumerate(parts, 1))
        taken = 0

        async def receive() -> Message:
            nonlocal taken
            taken, part = next(coming)
            return {"type": "http.request", "body": part, "more_body": taken < len(parts)}

        guard = guarded({"headers": headers}, receive, limit)
        while (await guard())["more_body"]:
            pass
        return taken

    return asyncio.run(read())


@given(st.integers(0, 14))
def test_a_nul_is_found_wherever_the_body_is_parted(cut: int) -> None:
    body = b'{"a": "\\u0000"}'
    with pytest.raises(Problem) as refused:
        _read([body[:cut], body[cut:]])
    assert refused.value.members["errors"][0]["field"] == "body.a"


def test_no_part_is_taken_after_the_limit_is_passed() -> None:
    parts = [b"a" * 60] * 10
    with pytest.raises(Problem, match="413"):
        _read(parts)
    assert _read(parts[:1]) == 1


def test_a_body_of_just_the_limit_passes() -> None:
    assert _read([b"a" * 50, b"a" * 50]) == 2


def test_what_is_not_json_is_not_read_as_json() -> None:
    assert _read([b'"\\u0000"'], headers=[(b"content-type", b"text/csv")]) == 1


@pytest.mark.parametrize("body", [b'{"a": "\\u0000"', b"\\u0000", b"[" * 5000 + b'"\\u0000"'])
def test_what_is_no_json_is_left_to_its_reader(body: bytes) -> None:
    assert _read([body], limit=10_000) == 1
