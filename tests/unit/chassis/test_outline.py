"""The outline of a record shows its codes, ids and times, and nothing that people wrote."""

from __future__ import annotations

import json

from services.chassis.web.record_outline import outline_of, outline_of_headers
from tests.harness.planted import NAME, PHONE, SAID, traces

EVENT = {
    "ticket_id": "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
    "state": "dispatched",
    "lead": "traffic-police",
    "occurred_at": "2026-07-01T08:30:00+08:00",
    "version": 3,
    "unit_solved": False,
    "place": {"sub_district": "310109016", "estate_name": None},
}


def test_an_event_without_text_is_shown_whole() -> None:
    assert json.loads(outline_of(json.dumps(EVENT).encode())) == EVENT


def test_what_people_wrote_is_described_by_its_length() -> None:
    written = {"text": SAID, "phone": int(PHONE), SAID: [NAME, PHONE, {"deep": SAID}], "spoken": "a few words"}
    shown = outline_of(json.dumps(EVENT | written, ensure_ascii=False).encode())
    assert traces(shown) == set()
    assert json.loads(shown)["text"] == f"… ({len(SAID)} characters)"
    assert json.loads(shown)["spoken"] == "… (11 characters)"
    assert json.loads(shown)["state"] == "dispatched"


def test_what_is_not_json_is_described_by_its_length() -> None:
    assert outline_of(SAID.encode()) == f"not JSON, {len(SAID.encode())} bytes"
    assert outline_of(b"\xff" * 7) == "not JSON, 7 bytes"


def test_headers_are_outlined_too() -> None:
    headers = [("ce_type", b"ticket.signed.v1"), ("ce_source", b"/310109/intake"), (SAID, SAID.encode())]
    shown = outline_of_headers(headers)
    assert shown[0] == ("ce_type", "ticket.signed.v1")
    assert traces(str(shown)) == set()
