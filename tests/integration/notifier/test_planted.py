"""What a department writes when it names a webhook holds no person: it is refused, and neither kept nor echoed."""

from __future__ import annotations

from urllib.parse import quote

from services.chassis.database.work import Workshop
from tests.contract.strings import of_routes
from tests.harness.planted import PHONE, SAID, Planting, found_in_tables
from tests.integration.applications import As

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
    assert sorted(of_routes("notifier") - planting.fields) == []
    assert planting.found_in_answers() == {}
    assert found_in_tables(workshop.engine) == {}
