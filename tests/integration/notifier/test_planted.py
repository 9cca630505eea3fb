"""What a department writes when it names a webhook or an officer holds no caller: refused, neither kept nor echoed."""

from __future__ import annotations

from urllib.parse import quote

from services.chassis.database.work import Workshop
from tests.contract.strings import of_routes
from tests.harness.planted import PHONE, SAID, Planting, found_in_tables
from tests.integration.applications import As
from tests.integration.notifier.directory import officer

OWN_ADDRESS = "https://hooks.example.com/12345"


def test_what_is_planted_in_every_field_is_read_nowhere(workshop: Workshop, as_: As) -> None:
    planting, admin = Planting(), as_("admin")
    for url in (f"https://hooks.example.com/{PHONE}", f"https://hooks.example.com/?{quote(SAID)}", SAID):
        body = {"department": "housing", "url": url}
        planting.send(admin, "POST", "/webhooks", 422, "WebhookIn.url", json=body)
    wrong = {"department": "housing", "url": OWN_ADDRESS, "events": [SAID]}
    planting.send(admin, "POST", "/webhooks", 422, "WebhookIn.events", json=wrong)
    planting.send(admin, "POST", "/webhooks", 201, json={"department": "housing", "url": OWN_ADDRESS})
    planting.send(admin, "GET", "/webhooks", 200)
    hub = as_("hub")
    for field, wrong in (
        ("OfficerIn.unit", {"unit": SAID}),
        ("OfficerIn.name", {"name": SAID}),
        ("WayIn.address", {"ways": [{"channel": "sms", "address": SAID}]}),
    ):
        planting.send(hub, "POST", "/officers", 422, field, json=officer(**wrong))
        planting.send(hub, "POST", "/officers/batch", 422, field, json={"officers": [officer(**wrong)]})
    for path in ("/officer-notices", "/escalations"):
        planting.send(hub, "GET", path, 422, f"GET {path} cursor", params={"cursor": SAID})
    when = {"time": "2026-07-01T00:00:00+08:00"}
    asked = {"type": "ticket.signed.v1", "event": {"lead": SAID, "type_code": PHONE}}
    for body in ({"type": SAID, "event": {}}, asked):
        planting.send(hub, "POST", "/telling-rules/explain", 422, "EventIn.type", "EventIn.event", json=when | body)
    assert sorted(of_routes("notifier") - planting.fields) == []
    assert planting.found_in_answers() == {}
    assert found_in_tables(workshop.engine) == {}
