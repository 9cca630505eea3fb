"""Whatever is sent: an answer that names the field and the remedy, never a 5xx, and nothing stored."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.intake.conftest import Intake, fresh_key, nothing_but, problem

GOOD: dict[str, Any] = {"text": "楼顶漏雨"}

BODIES: dict[str, tuple[Any, int, str, str]] = {
    # what: (body, or bytes as they are; status; field; remedy)
    "nothing": (b"", 422, "body", "add it"),
    "no JSON": (b"{text: 1}", 400, "body", "send JSON"),
    "half of it": (b'{"text": "a', 400, "body", "send JSON"),
    "not UTF-8": (b'{"text": "\xff\xfe"}', 400, "body", "UTF-8"),
    "GBK": ('{"text": "楼顶漏雨"}'.encode("gbk"), 400, "body", "UTF-8"),
    "a list": ([], 422, "body", "object"),
    "a string": ("漏水", 422, "body", "object"),
    "null": (None, 422, "body", "send a JSON object"),
    "nested deeply": (b'{"text": ' + b"[" * 50_000, 400, "body", "nested deeply"),
    "a number of thousands of digits": (b'{"text": ' + b"1" * 5000 + b"}", 400, "body", "thousands of digits"),
    "1 MB of text": (GOOD | {"text": "漏" * 350_000}, 413, "body", "shorten the text"),
    "20,001 characters": (GOOD | {"text": "漏" * 20_001}, 422, "body.text", "at most 20000"),
    "no text": ({"address": "凉城路"}, 422, "body.text", "add it"),
    "text null": ({"text": None}, 422, "body.text", "string"),
    "text a number": ({"text": 12345}, 422, "body.text", "string"),
    "text a list": ({"text": ["漏水"]}, 422, "body.text", "string"),
    "text empty": ({"text": ""}, 422, "body.text", "write something"),
    "text blank": ({"text": " \n\t　"}, 422, "body.text", "write something"),
    "NUL": (GOOD | {"text": "漏\x00水"}, 422, "body.text", "leave it out"),
    "NUL in the caller's name": (GOOD | {"caller": {"name": "王\x00"}}, 422, "body.caller.name", "leave it out"),
    "a lone surrogate": (b'{"text": "\\ud83d"}', 422, "body.text", "half of a surrogate pair"),
    "a lone surrogate in the address": (b'{"text": "a", "address": "\\udc00x"}', 422, "body.address", "surrogate"),
    "a surrogate in bytes": (b'{"text": "\xed\xa0\x80"}', 422, "body.text", "half of a surrogate pair"),
    "a NUL in a field's name": (b'{"text": "a", "te\\u0000xt": 1}', 422, "body", "leave it out"),
    "30 February": (GOOD | {"occurred_at": "2026-02-30T08:00:00+08:00"}, 422, "body.occurred_at", "as in 2026-07-01"),
    "hour 25": (GOOD | {"occurred_at": "2026-06-30T25:00:00+08:00"}, 422, "body.occurred_at", "as in 2026-07-01"),
    "words": (GOOD | {"occurred_at": "昨天"}, 422, "body.occurred_at", "as in 2026-07-01"),
    "a date alone": (GOOD | {"occurred_at": "2026-06-30"}, 422, "body.occurred_at", "zone"),
    "no zone": (GOOD | {"occurred_at": "2026-06-30T08:00:00"}, 422, "body.occurred_at", "add the zone"),
    "seconds since 1970": (GOOD | {"occurred_at": 1782806400}, 422, "body.occurred_at", "as in 2026-07-01"),
    "infinity": (b'{"text": "a", "occurred_at": Infinity}', 422, "body.occurred_at", "as in 2026-07-01"),
    "tomorrow": (GOOD | {"occurred_at": "2026-07-02T08:00:00+08:00"}, 422, "body.occurred_at", "in the future"),
    "the year 9999": (GOOD | {"occurred_at": "9999-12-31T23:59:59-23:59"}, 422, "body.occurred_at", "in the future"),
    "the year 1": (GOOD | {"occurred_at": "0001-01-01T00:00:00+23:59"}, 422, "body.occurred_at", "correct the year"),
    "the year 1999": (GOOD | {"occurred_at": "1999-12-31T00:00:00Z"}, 422, "body.occurred_at", "correct the year"),
    "unknown field": (GOOD | {"priority": 1}, 422, "body.priority", "leave it out, or correct its name"),
    "an actor of the sender's own": (GOOD | {"actor": "admin"}, 422, "body.actor", "leave it out"),
    "unknown field of the caller": (GOOD | {"caller": {"wechat": 1}}, 422, "body.caller.wechat", "leave it out"),
    "unknown channel": (GOOD | {"channel": "fax"}, 422, "body.channel", "photo-report"),
    "channel null": (GOOD | {"channel": None}, 422, "body.channel", "phone"),
    "caller a string": (GOOD | {"caller": "王女士"}, 422, "body.caller", "object"),
    "phone of letters": (GOOD | {"caller": {"phone": "没有"}}, 422, "body.caller.phone", "give 5 to 15 digits"),
    "phone and a name": (GOOD | {"caller": {"phone": "13812345678王"}}, 422, "body.caller.phone", "give 5 to 15"),
    "phone too short": (GOOD | {"caller": {"phone": "1234"}}, 422, "body.caller.phone", "give 5 to 15 digits"),
    "phone too long": (GOOD | {"caller": {"phone": "1" * 16}}, 422, "body.caller.phone", "give 5 to 15 digits"),
    "phone a number": (GOOD | {"caller": {"phone": 13812345678}}, 422, "body.caller.phone", "send a string"),
    "name blank": (GOOD | {"caller": {"name": " "}}, 422, "body.caller.name", "leave the field out"),
    "name too long": (GOOD | {"caller": {"name": "王" * 101}}, 422, "body.caller.name", "at most 100"),
    "address too long": (GOOD | {"address": "路" * 301}, 422, "body.address", "at most 300"),
}


def encoded(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("what", BODIES)
def test_a_wrong_body_is_refused_by_field_and_remedy(lasting: Intake, what: str) -> None:
    body, status, field, remedy = BODIES[what]
    headers = {"Content-Type": "application/json", **fresh_key()}
    answer = lasting.client("hub").post("/tickets", content=encoded(body), headers=headers)
    problem(answer, status, field=field, remedy=remedy)
    assert nothing_but(lasting.rows())


def test_what_was_sent_is_not_repeated_in_the_answer_nor_in_the_log(lasting: Intake, logged: list[Any]) -> None:
    secret = {"name": "欧阳建国" * 30, "phone": "13812345678 or so", "wechat": "ouyang-88"}
    answer = lasting.client("hub").post("/tickets", json={"text": 1, "caller": secret}, headers=fresh_key())
    problem(answer, 422, field="body.caller.phone")
    for kept_back in ("欧阳", "13812345678", "ouyang-88"):
        assert kept_back not in answer.text + str(logged)


@pytest.mark.parametrize(
    ("content_type", "status"), [("text/plain", 422), ("application/x-www-form-urlencoded", 422), ("", 422)]
)
def test_another_content_type_is_refused(lasting: Intake, content_type: str, status: int) -> None:
    headers = {"Content-Type": content_type, **fresh_key()}
    answer = lasting.client("hub").post("/tickets", content=encoded(GOOD), headers=headers)
    problem(answer, status, field="body", remedy="send a JSON object with Content-Type: application/json")
    assert nothing_but(lasting.rows())


QUERIES = {
    "a state of ours there is none": ("state=done", "query.state", "received"),
    "no page": ("limit=0", "query.limit", "greater than or equal to 1"),
    "too much": ("limit=201", "query.limit", "less than or equal to 200"),
    "no number": ("limit=many", "query.limit", "send a whole number"),
    "an empty cursor": ("cursor=", "query.cursor", "take it from `next`"),
    "a cursor of another": ("cursor=MjAyNi0wNy0wMQ==", "query.cursor", "take it from `next`"),
    "no base64": ("cursor=%E6%BC%8F", "query.cursor", "take it from `next`"),
    "bytes": ("cursor=_____w==", "query.cursor", "take it from `next`"),
    "a wrong time": ("cursor=bm93IDAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMA==", "query.cursor", "`next`"),
    "a wrong id": ("cursor=MjAyNi0wNy0wMVQwMDowMDowMCswMDowMCB4", "query.cursor", "take it from `next`"),
    "the first moment": (
        "cursor=MDAwMS0wMS0wMVQwMDowMDowMCsyMzo1OSAwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDA=",
        "query.cursor",
        "take it from `next`",
    ),
    "an endless cursor": ("cursor=" + "A" * 300, "query.cursor", "at most 200"),
}


@pytest.mark.parametrize("what", QUERIES)
def test_a_wrong_query_is_refused_by_field_and_remedy(lasting: Intake, what: str) -> None:
    query, field, remedy = QUERIES[what]
    problem(lasting.client("hub").get(f"/tickets?{query}"), 422, field=field, remedy=remedy)


def test_a_wrong_ticket_id_is_refused_and_an_unknown_one_is_not_found(lasting: Intake) -> None:
    client = lasting.client("hub")
    problem(client.get("/tickets/12"), 422, field="path.ticket_id", remedy="send a UUID")
    unknown = client.get("/tickets/00000000-0000-0000-0000-000000000000")
    problem(unknown, 404, field="ticket_id", remedy="take it from the answer to POST /tickets")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = dict.fromkeys(("text", "address", "channel", "occurred_at", "caller"), JSON)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(body=st.fixed_dictionaries({}, optional=FIELDS) | JSON, raw=st.none() | st.binary(max_size=60))
def test_no_body_makes_the_service_fail(intake: Intake, body: Any, raw: bytes | None) -> None:
    content = json.dumps(body).encode() if raw is None else raw
    headers = {"Content-Type": "application/json", **fresh_key()}
    answer = intake.client("hub").post("/tickets", content=content, headers=headers)
    if answer.status_code != 202:
        assert answer.status_code in (400, 413, 422)
        problem(answer, answer.status_code)
