from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from services.chassis import logs
from services.chassis.messaging.errors import cause_of
from tests.harness.planted import SAID, traces

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def _logging_is_left_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = [*root.handlers], root.level
    yield
    root.handlers, root.level = handlers, level


def _configured(capsys: pytest.CaptureFixture[str]) -> Lines:
    logs.configure("intake", "2")
    return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_says_who_speaks_and_what_it_belongs_to(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _configured(capsys)
    with structlog.contextvars.bound_contextvars(topic="tickets", offset=12):
        structlog.get_logger("relay").info("published", count=3)
    structlog.get_logger("relay").info("idle")
    inside, outside = lines()
    assert inside.items() >= {
        "service": "intake", "instance": "2", "logger": "relay", "level": "info",
        "event": "published", "count": 3, "topic": "tickets", "offset": 12,
    }.items()  # fmt: skip
    assert "offset" not in outside


def test_libraries_speak_the_same_way_and_chatter_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _configured(capsys)
    with structlog.contextvars.bound_contextvars(topic="tickets"):
        logging.getLogger("kafka.coordinator").warning("lost %s", "node-1")
    logging.getLogger("kafka.coordinator").info("heartbeat")
    logging.getLogger("uvicorn.access").warning("GET /tickets?phone=1")
    (line,) = lines()
    assert (line["event"], line["logger"], line["topic"]) == ("lost node-1", "kafka.coordinator", "tickets")


def test_what_a_library_of_kafka_repeats_is_shown_once_in_a_while(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(logs.time, "monotonic", lambda: now)
    lines = _configured(capsys)
    for now in (0.0, 1.0, 9.0, 11.0):
        for library in ("kafka.net.connection", "aiokafka"):
            logging.getLogger(library).error("no connection at %s", now)
        logging.getLogger("kafka.net.connection").error("another place in the code")
        structlog.get_logger("services.x").warning("ours")
    shown = [line["event"] for line in lines()]
    assert shown.count("ours") == 4
    assert shown.count("another place in the code") == 2
    assert [event for event in shown if event.startswith("no")] == ["no connection at 0.0"] * 2 + [
        "no connection at 11.0"
    ] * 2


def test_the_level_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("intake", "1", "warning")
    structlog.get_logger("x").info("quiet")
    structlog.get_logger("x").warning("loud")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["loud"]


def test_an_exception_comes_with_its_trace_masked(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _configured(capsys)
    try:
        raise ValueError("caller 13812345678 hung up")
    except ValueError:
        structlog.get_logger("x").exception("failed")
    (line,) = lines()
    assert "Traceback" in line["exception"]
    assert "13812345678" not in line["exception"]


def test_whatever_is_logged_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _configured(capsys)
    odd = {"nul": "a\x00b", "half": "\ud800", "lines": "a\nb", "bytes": b"\xff", "id": UUID(int=7), 5: {1, 2}}
    structlog.get_logger("x").info("odd", value=odd)
    (line,) = lines()
    assert line["value"]["lines"] == "a\nb"


PERSONAL = [
    "13812345678",
    "138 1234 5678",
    "138-1234-5678",
    "+8613812345678",
    "+86 138 1234 5678",
    "0086-13812345678",
    "１３８１２３４５６７８",
    "02165401234",
    "021-65401234",
    "(021) 6540 1234",
    "0571-87654321",
    "65401234",
    "6540-1234",
    "310109199001011234",
    "31010919900101123X",
]


@pytest.mark.parametrize("number", PERSONAL)
def test_a_number_of_a_person_is_masked_in_every_value(capsys: pytest.CaptureFixture[str], number: str) -> None:
    lines = _configured(capsys)
    structlog.get_logger("x").info(f"来电{number}。", value=number, nested={"a": [{number: (number,)}]})
    (line,) = lines()
    text = json.dumps(line, ensure_ascii=False)
    assert number not in text
    assert line["value"] == logs.MASK
    assert line["event"] == f"来电{logs.MASK}。"


def test_a_number_logged_as_an_integer_is_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _configured(capsys)
    structlog.get_logger("x").info("call", phone=13812345678, offset=1234, ok=True, seconds=1.5)
    (line,) = lines()
    assert (line["phone"], line["offset"], line["ok"], line["seconds"]) == (logs.MASK, 1234, True, 1.5)


MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
AROUND = st.text(st.characters(exclude_categories=["Nd"], exclude_characters="-"), max_size=5).filter(
    lambda text: not any(char.isascii() and char.isalnum() for char in text)
)


@given(AROUND, MOBILE, AROUND, st.sampled_from(["", " ", "-"]))
def test_no_mobile_number_survives_in_any_text(before: str, number: str, after: str, gap: str) -> None:
    written = gap.join((number[:3], number[3:7], number[7:]))
    masked = logs.mask(before + written + after)
    assert number[3:7] not in masked
    assert number[7:] not in masked


@given(st.uuids())
def test_ids_stay_readable(event_id: UUID) -> None:
    assert logs.mask(f"event {event_id} on tickets-3@123456") == f"event {event_id} on tickets-3@123456"


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=8, max_size=8))
def test_traces_stay_readable(trace: bytes, span: bytes) -> None:
    traceparent = f"00-{trace.hex()}-{span.hex()}-01"
    assert logs.mask(traceparent) == traceparent


@pytest.mark.parametrize("text", ["2026-07-01T08:30:00.123456+00:00", "20260701", "310109", "v3.0.12", "1h 30min"])
def test_times_codes_and_versions_stay_readable(text: str) -> None:
    assert logs.mask(text) == text


class Order(BaseModel):
    flat: int


def _bad_model() -> None:
    Order.model_validate({"flat": f"{SAID}", SAID: 1})


def _bad_number() -> None:
    int(SAID)


def _bad_key() -> None:
    {}[SAID]


def _bad_time() -> None:
    datetime.fromisoformat(SAID)


def _by_the_database() -> None:
    detail = f"duplicate key value violates unique constraint\nDETAIL:  Key (name)=({SAID}) already exists."
    raise IntegrityError("INSERT", {"name": SAID}, psycopg.errors.UniqueViolation(detail), hide_parameters=True)


def _because_of_another() -> None:
    try:
        _bad_model()
    except ValueError as error:
        raise RuntimeError(f"cannot go on with '{SAID}'") from error


@pytest.mark.parametrize("fail", [_bad_model, _bad_number, _bad_key, _bad_time, _by_the_database, _because_of_another])
def test_an_exception_is_logged_without_what_it_was_given(
    capsys: pytest.CaptureFixture[str], fail: Callable[[], None]
) -> None:
    lines = _configured(capsys)
    try:
        fail()
    except Exception as error:
        structlog.get_logger("x").error("by hand", exc_info=error)
        logging.getLogger("library").exception("by a library")
        structlog.get_logger("x").warning("in a word", cause=cause_of(error))
    first, second, third = lines()
    for line in (first, second, third):
        assert traces(json.dumps(line, ensure_ascii=False)) == set()
    assert fail.__name__ in first["exception"]
    assert fail.__name__ in second["exception"]


def test_a_trace_says_where_and_what(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _configured(capsys)
    try:
        _because_of_another()
    except RuntimeError:
        structlog.get_logger("x").exception("failed")
    (line,) = lines()
    trace = line["exception"]
    assert trace.index("ValidationError: flat: Input should be a valid integer") < trace.index("which led to")
    assert trace.endswith("RuntimeError: cannot go on with …")
    assert "in _because_of_another" in trace
